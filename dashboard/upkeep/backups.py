"""Backups without anybody's asking: during a declared outage, and before the schema changes."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from dashboard.core.context import AppContext
from dashboard.settings import Settings
from procedure.errors import BackupRefused
from procedure.io.backups.backup_folder import BackupFolder, is_backup_due
from procedure.io.last_times import last_times
from procedure.io.upkeep import RepeatedTask
from procedure.readiness.readiness import LastTimes

LOOK_EVERY = 30.0  # seconds
RETRY_AFTER = 900.0  # seconds

_log = logging.getLogger(__name__)


def backup_folder(settings: Settings) -> BackupFolder | None:
    """Return where backups are made without asking, None where none are."""
    return _folder(settings) if settings.backups_kept else None


def last_times_of(settings: Settings) -> LastTimes:
    """Return when the last backup and drill of the settings' database were made."""
    return last_times(settings.database_url, _folder(settings).path)


def _folder(settings: Settings) -> BackupFolder:
    return BackupFolder(settings.database_url, settings.backups_kept, settings.backups)


def backup_before_migration(
    settings: Settings, now: Callable[[], datetime]
) -> Callable[[], None] | None:
    """Return what makes a backup before an older database is changed, None if none is to be.

    A refusal keeps a SQLite database as it is; a database server has backups of its own.
    """
    folder = backup_folder(settings)
    if folder is None:
        return None

    def make() -> None:
        try:
            file = folder.make(now())
        except BackupRefused as refusal:
            if folder.is_sqlite:
                raise
            _log.warning("The database is of an earlier Relais, and was not saved: %s", refusal)
        else:
            _log.warning("The database is of an earlier Relais: it was saved as %s.", file)

    return make


def start_backups(context: AppContext) -> None:
    """Make backups from now on while an outage is declared, unless the settings forbid them."""
    if context.make_backup is not None and not context.demo:
        task = RepeatedTask(partial(make_due_backup, context), LOOK_EVERY, RETRY_AFTER)
        context.upkeep.add("backup", task)
        context.upkeep.ensure_started()


async def make_due_backup(context: AppContext) -> None:
    """Make a backup in a thread if one is due.

    Raises:
        BackupRefused: the backup cannot be made.
    """
    if not context.leadership.leads:
        return  # another process on the same database makes them
    context.models.update()
    outage, declared = context.models.outages.current(), None
    if outage is not None:
        declared = outage.declared.at
    # Where the disk of the database is full, the backup cannot be remembered beside it.
    last = max(filter(None, (context.last_times().backup, context.backup_made)), default=None)
    if context.make_backup is None or not is_backup_due(declared, last, context.clock.now()):
        return
    at = context.clock.now()
    await asyncio.to_thread(context.make_backup, at)
    context.backup_made = at
