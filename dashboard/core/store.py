"""The interface to the stored data."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from procedure.errors import JournalUnwritable
from procedure.journal import Journal
from procedure.monitoring.history import History
from procedure.readiness.readiness import LastTimes

if TYPE_CHECKING:
    from procedure.access.enrolled_names import EnrolledNames
    from procedure.io.database.pending_loan_notes import SqlNotes
    from procedure.io.offline_lists.list_store import ListStore
    from procedure.io.spool.spool import Spool
    from procedure.io.sql_accounts import SqlAccounts


class Store(Protocol):
    """The database and the files beside it.

    journal: the journal.
    history: the outcomes of probes.
    notes: the notes about pending loans, which are never in the journal.
    accounts: the accounts of staff, their sign-ins, and the enrolled workstations.
    enrolled_names: the names of enrolled workstations, which no other browser may use.
    lists: last night's lists of the library system's accounts and items.
    spool: stores loans while the database cannot; None in a notebook.
    makes_backups: whether backups are made automatically.
    """

    @property
    def journal(self) -> Journal: ...
    @property
    def history(self) -> History: ...
    @property
    def notes(self) -> SqlNotes: ...
    @property
    def accounts(self) -> SqlAccounts: ...
    @property
    def enrolled_names(self) -> EnrolledNames: ...
    @property
    def lists(self) -> ListStore: ...
    @property
    def spool(self) -> Spool | None: ...
    @property
    def makes_backups(self) -> bool: ...

    def write_fault(self) -> JournalUnwritable | None:
        """Return the reason why nothing can be recorded, or None."""
        ...

    def check_writing(self) -> Future[None]:
        """Try to commit a transaction that changes nothing; the future may raise `JournalError`."""
        ...

    def purge(self) -> None:
        """Delete the identifiers that are due for deletion; this may block for seconds.

        Raises:
            JournalError, OSError: some identifiers cannot be deleted.
        """
        ...

    def back_up(self, at: datetime) -> None:
        """Make a backup, with `at` in its file name; this blocks until it is made.

        Raises:
            BackupRefused: the backup cannot be made.
            JournalGone, JournalMissing: the database is not at its path.
        """
        ...

    def last_times(self) -> LastTimes:
        """Return the times of the last backup and the last drill."""
        ...
