"""The store backed by a database."""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from dashboard.settings import Settings
from procedure.access.enrolled_names import EnrolledNames
from procedure.errors import JournalUnwritable
from procedure.io.backups.backup_folder import BackupFolder
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.database.database import Database
from procedure.io.database.pending_loan_notes import SqlNotes
from procedure.io.database.sql_history import SqlHistory
from procedure.io.database.sql_journal import SqlJournal
from procedure.io.last_times import last_times
from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.io.purging.purge import purge
from procedure.io.spool.spool import Spool, spool_base
from procedure.io.sql_accounts import SqlAccounts
from procedure.readiness.readiness import LastTimes


@dataclass(frozen=True, slots=True)
class DatabaseStore:
    """The store for the configured database and the files beside it."""

    database: Database
    settings: Settings
    accounts: SqlAccounts
    enrolled_names: EnrolledNames
    lists: ListStore
    spool: Spool | None = None

    @property
    def journal(self) -> SqlJournal:
        return self.database.journal

    @property
    def history(self) -> SqlHistory:
        return self.database.history

    @property
    def notes(self) -> SqlNotes:
        return self.database.notes

    @property
    def makes_backups(self) -> bool:
        return self.settings.backups_kept > 0

    def write_fault(self) -> JournalUnwritable | None:
        return self.database.backend.guard.find_fault()

    def check_writing(self) -> Future[None]:
        return self.database.check_writing()

    def purge(self) -> None:
        purge(
            self.database,
            keep=self.settings.keep_identifiers,
            now=utc_now,
            new_id=new_uuid7,
            spool=spool_base(self.settings.database_url, self.settings.spool),
        )

    def back_up(self, at: datetime) -> None:
        backups_of(self.settings).make(at)

    def last_times(self) -> LastTimes:
        return last_times_of(self.settings)


def store_over(
    database: Database, settings: Settings, accounts: SqlAccounts, spool: Spool | None = None
) -> DatabaseStore:
    """Return the store for an open database."""
    names = EnrolledNames(accounts.workstations, utc_now)
    lists = ListStore(lists_folder(settings.database_url))
    return DatabaseStore(database, settings, accounts, names, lists, spool)


def backups_of(settings: Settings) -> BackupFolder:
    """Return the folder for automatic backups, which the settings may disable."""
    return BackupFolder(settings.database_url, settings.backups_kept, settings.backups)


def last_times_of(settings: Settings) -> LastTimes:
    """Return the times of the last backup and drill."""
    return last_times(settings.database_url, backups_of(settings).path)
