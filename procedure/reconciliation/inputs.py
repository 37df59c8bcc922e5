"""Immutable inputs to the reconciliation."""

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
    """A file for Alma, and the journal position of its export.

    `began` and `ended` are the times of its first and last loan; `returns` holds its R rows.
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
    """A return that has not been voided; `settled` is `by_api`, `by_hand` or empty.

    `is_sent` is true if it is settled, in a file, or sent to Alma's API with an unknown outcome.
    """

    returned: Return
    settled: str
    is_sent: bool


@dataclass(frozen=True, slots=True)
class LoanRecords:
    """The journal's information on loans and their reconciliation, up to a position.

    `rows` holds the loans in chronological order, without double scans. `uploaded` maps exports to
    the time of their upload (aware); `files` are in journal order. `pending` is the number of
    pending loans.
    """

    position: int
    rows: Sequence[LoanRow]
    histories: Mapping[UUID, LoanHistory]
    uploaded: Mapping[UUID, datetime]
    files: Sequence[SentFile]
    returns: Sequence[StandingReturn]
    items: Mapping[str, ItemSeen]
    patrons: Mapping[str, PatronSeen]
    signed: Sequence[SignedOff]
    pending: int
