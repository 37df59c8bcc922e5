"""`relais alert-test`: sends a test alert to every address."""

import asyncio

import click

from dashboard.core.library_settings import apply_library_settings
from dashboard.settings import Settings
from dashboard.translations import offered_language
from procedure.io.alert_channels import Alert, AlertChannels
from procedure.io.handbook_files import load_library


@click.command("alert-test")
@click.pass_context
def alert_test(ctx: click.Context) -> None:
    """Send a test alert to each address in RELAIS_ALERTS, and print why any address fails.

    The exit code is 1 if any address fails.

    Example: `relais alert-test`.
    """
    settings = Settings.from_env()
    if not settings.alerts:
        raise click.UsageError("RELAIS_ALERTS is not set: set it to Apprise addresses.")
    channels = AlertChannels(settings.alerts)
    apply_library_settings(load_library(settings.handbook), settings.handbook)
    text = offered_language(settings.language).say("Ceci est un essai\u202f: rien n’est en panne.")
    if asyncio.run(_try_each(channels, Alert("Relais", text))):
        click.echo(_FAILED, err=True)
        ctx.exit(1)


async def _try_each(channels: AlertChannels, alert: Alert) -> bool:
    """Print the result for each channel, and return whether any failed."""
    has_failed = False
    async for name, reason in channels.try_each(alert):
        click.echo(f"{name}: {f'failed: {reason}' if reason else 'sent'}")
        has_failed = has_failed or bool(reason)
    return has_failed


_FAILED = (
    "The number is the position of the address in RELAIS_ALERTS. For the format of the addresses, "
    "see https://github.com/caronc/apprise/wiki."
)
