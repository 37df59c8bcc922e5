"""The inputs of the reconciliation, as values that never change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procedure.circulation.loan_row import LoanRow
from procedure.circulation.transactions import Export, Return
from procedure.reconciliation.alma_records import ItemSeen, PatronSeen
from procedure.reconciliation.journal_entries import JobReportRecorded, SignedOff
from procedure.reconciliation.loan_history import LoanHistory


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file for Alma, and the position of its record in the journal.

    `began` and `ended` are the times of its first and last loan, `returns` its R rows.
    """

    export: Export
    position: int
    began: datetime
    ended: datetime
    returns: tuple[Return, ...]
    uploaded: datetime | None
    report: JobReportRecorded | None


@dataclass(frozen=True, slots=True)
class StandingReturn:
    """A return that was not voided; `settled` is `by_api`, `by_hand` or empty.

    `is_sent` is true if it is in a file or was sent to Alma's API, whether answered or not.
    """

    returned: Return
    settled: str
    is_sent: bool


@dataclass(frozen=True, slots=True)
class LoanRecords:
    """The content of the journal up to one position, which never changes afterwards.

    `rows` are the loans in order of time, without double scans. `uploaded` is when each export was
    uploaded (aware); `files` are in the order of their records. `pending` counts pending loans that
    are neither completed nor void.
    """

    position: int
    rows: Sequence[LoanRow]
    histories: Mapping[UUID, LoanHistory]
    uploaded: Mapping[UUID, datetime]
    files: Sequence[SentFile]
    returns: Sequence[StandingReturn]
    items: Mapping[str, ItemSeen]
    users: Mapping[str, PatronSeen]
    signed: Sequence[SignedOff]
    pending: int
