"""Backups without anybody's asking: during a declared outage, and before the schema changes."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from dashboard.core.context import AppContext
from dashboard.settings import Settings
from dashboard.ui.failure_log import log_failure
from procedure.errors import BackupRefused, ProcedureError
from procedure.io.backups.backup_folder import BackupFolder, is_backup_due

LOOK_EVERY = 30.0  # seconds
RETRY_AFTER = 900.0  # seconds

_log = logging.getLogger(__name__)
_tasks: set[asyncio.Task[None]] = set()


def backup_folder(settings: Settings) -> BackupFolder | None:
    """Return where backups are made without asking, None where none are."""
    if not settings.backups_kept:
        return None
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
    if context.make_backup is not None and not context.demo and not _tasks:
        _tasks.add(asyncio.get_running_loop().create_task(_keep_backing_up(context)))


async def _keep_backing_up(context: AppContext) -> None:
    while True:
        try:
            await make_due_backup(context)
        except Exception as error:  # the next look may succeed
            context.backup_failed = True
            log_failure(error)
        await asyncio.sleep(RETRY_AFTER if context.backup_failed else LOOK_EVERY)


async def make_due_backup(context: AppContext) -> None:
    """Make a backup in a thread if one is due; a refusal is logged and kept for coordinators."""
    if not context.leadership.leads:
        return  # another process on the same database makes them
    context.models.update()
    outage, declared = context.models.outages.current(), None
    if outage is not None:
        declared = outage.declared.at
    # Where the disk of the database is full, the backup cannot be remembered beside it.
    last = max(filter(None, (context.last_times().backup, context.backup_made)), default=None)
    if context.make_backup is None or not is_backup_due(declared, last, context.now()):
        context.backup_failed = False
        return
    at = context.now()
    try:
        await asyncio.to_thread(context.make_backup, at)
    except ProcedureError as refusal:
        _log.error("The backup during an outage was not made: %s", refusal)
        context.backup_failed = True
    else:
        context.backup_made, context.backup_failed = at, False
