"""Opens the database of the settings for a command."""

from __future__ import annotations

from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.io.database.database import Database, open_database
from procedure.outages.declared_outage import OutageLog


def open_existing(settings: Settings | None = None, *, create: bool = False) -> Database:
    """Open the database of the settings; unless `create` is given, it must exist.

    Raises:
        JournalError: see `open_database`.
    """
    url = (settings or Settings.from_env()).database_url
    return open_database(url, now=utc_now, create=create)


def outage_log(database: Database) -> OutageLog:
    """Return the outages that were declared."""
    log = OutageLog()
    log.extend(database.journal.since(kinds=OutageLog.KINDS))
    return log
