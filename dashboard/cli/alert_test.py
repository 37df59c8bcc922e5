"""`relais alert-test`: one alert to every address, to see that it arrives."""

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
    """Send a test to each address of RELAIS_ALERTS; the exit code is 1 if one does not take it.

    Example: `relais alert-test`.
    """
    settings = Settings.from_env()
    if not settings.alerts:
        raise click.UsageError("RELAIS_ALERTS is not set: give addresses of Apprise.")
    channels = AlertChannels(settings.alerts)
    apply_library_settings(load_library(settings.handbook), settings.handbook)
    text = offered_language(settings.language).say("Ceci est un essai\u202f: rien n’est en panne.")
    failed = asyncio.run(channels.send(Alert("Relais", text)))
    for name in channels.names():
        click.echo(f"{name}: {'failed' if name in failed else 'sent'}")
    ctx.exit(int(bool(failed)))
