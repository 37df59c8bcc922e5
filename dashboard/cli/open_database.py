"""Opens the database for commands."""

from collections.abc import Callable
from dataclasses import replace

import click

from dashboard.core.setting_parsers import database_url
from dashboard.settings import Settings
from dashboard.upkeep.backups import backup_before_migration
from procedure.errors import OutageNotFound
from procedure.io.clock import utc_now
from procedure.io.database.database import Database, open_database
from procedure.outages.outage_entries import OutageLog, OutageRecord, find_outage

_GIVEN = "relais.database"


def _keep(ctx: click.Context, _: click.Parameter, url: str | None) -> None:
    if url is not None:
        try:
            ctx.meta[_GIVEN] = database_url(url)
        except ValueError as fault:
            raise click.BadParameter(str(fault)) from None


database_option = click.option(
    "--database",
    callback=_keep,
    expose_value=False,
    help="URL of the database; by default, the one in the settings.",
)


def command_settings(read: Callable[[], Settings] = Settings.from_env) -> Settings:
    """Return the settings, with the database from `--database` if that was given."""
    settings = read()
    return replace(settings, database_url=_database_named() or settings.database_url)


def open_existing(settings: Settings | None = None, *, create: bool = False) -> Database:
    """Open the database given by `--database` or the settings; it must exist unless `create`.

    Raises:
        JournalError: see `open_database`.
    """
    settings = settings or Settings.from_env()
    settings = replace(settings, database_url=_database_named() or settings.database_url)
    return open_database(
        settings.database_url,
        now=utc_now,
        create=create,
        before_migration=backup_before_migration(settings, utc_now),
    )


def _database_named() -> str | None:
    context = click.get_current_context(silent=True)
    return context and context.meta.get(_GIVEN)


def outage_log(database: Database) -> OutageLog:
    log = OutageLog()
    log.extend(database.journal.since(kinds=OutageLog.KINDS))
    return log


def find_record(records: tuple[OutageRecord, ...], outage: str) -> OutageRecord:
    """Return the outage whose id starts with this text; `last` means the newest.

    Raises:
        click.BadParameter: no outage matches, or several do.
    """
    try:
        return find_outage(records, outage)
    except OutageNotFound as refusal:
        raise click.BadParameter(str(refusal), param_hint="OUTAGE") from None
