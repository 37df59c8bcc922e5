"""Automatic backups: during a declared outage, and before the schema changes."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from dashboard.core.context import AppContext
from dashboard.core.database_store import backups_of
from dashboard.settings import Settings
from procedure.errors import BackupRefused
from procedure.io.backups.backup_folder import is_backup_due
from procedure.io.task_runner import RepeatedTask

LOOK_EVERY = 30.0  # seconds
RETRY_AFTER = 900.0  # seconds

_log = logging.getLogger(__name__)


def backup_before_migration(
    settings: Settings, now: Callable[[], datetime]
) -> Callable[[], None] | None:
    """Return a function that backs up a database from an earlier version before its migration.

    Return None if the settings disable backups. If the backup fails, a SQLite database is not
    migrated. A PostgreSQL database is migrated all the same, because its server has backups of its
    own.
    """
    if not settings.backups_kept:
        return None
    folder = backups_of(settings)

    def make() -> None:
        try:
            file = folder.make(now())
        except BackupRefused as refusal:
            if folder.is_sqlite:
                raise
            _log.warning(
                "The database is from an earlier version of Relais, and was not backed up: %s",
                refusal,
            )
        else:
            _log.warning(
                "The database is from an earlier version of Relais: its backup is %s.", file
            )

    return make


def start_backups(context: AppContext) -> None:
    """Start making backups during declared outages, unless they are disabled or this is a demo."""
    if context.store.makes_backups and not context.demo:
        backups = OutageBackups(context)
        context.upkeep.add("backup", RepeatedTask(backups.make_due, LOOK_EVERY, RETRY_AFTER))
        context.upkeep.ensure_started()


class OutageBackups:
    """Makes a backup whenever one is due during a declared outage."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        # Kept in memory too, because the time cannot be recorded if the database's disk is full.
        self._made_at: datetime | None = None

    async def make_due(self) -> None:
        """Make a backup in a thread if one is due.

        Raises:
            BackupRefused: the backup cannot be made.
        """
        context = self._context
        if not context.leadership.leads:
            return  # another process makes them
        context.folds.update()
        outage = context.folds.outages.current()
        declared = None if outage is None else outage.declared.at
        last = max(filter(None, (context.store.last_times().backup, self._made_at)), default=None)
        at = context.clock.now()
        if is_backup_due(declared, last, at):
            await asyncio.to_thread(context.store.back_up, at)
            self._made_at = at
