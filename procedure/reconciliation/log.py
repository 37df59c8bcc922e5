"""Reconciliation: how far each loan has come on its way into Alma, folded from the journal.

The state of one row is worked out in `procedure.reconciliation.row_state`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from procedure.circulation.loan_row import LoanRow
from procedure.circulation.log import KINDS as LOG_KINDS
from procedure.circulation.log import CirculationLog
from procedure.circulation.offline_file import in_order
from procedure.circulation.transactions import Export, Return, Transaction
from procedure.journal import Recorded
from procedure.reconciliation.alma_records import ItemSeen, UserSeen
from procedure.reconciliation.entries import (
    Corrected,
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    ManualHandling,
    SettledByHand,
)
from procedure.reconciliation.row_state import (
    SETTLED,
    LoanHistory,
    ReconciledLoan,
    ReconciliationState,
    Uploads,
)
from procedure.reconciliation.signature import SignedOff
from procedure.reconciliation.touched import items_touched

KINDS = (
    *LOG_KINDS, "item_seen", "user_seen", "uploaded", "report_taken", "proved",
    "loan_intended", "loan_answered", "signed_off",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StateCounts:
    """How many rows are in which state.

    `accounted` are those of which it is known where they are: in Alma, settled by hand, void, or
    refused for a reason. `to_settle` of them are still refused: whoever tells the one number
    tells the other, in the same sentence.
    """

    states: Counter[ReconciliationState]

    @property
    def rows(self) -> int:
        """All of them."""
        return self.states.total()

    @property
    def to_settle(self) -> int:
        """Those that somebody has to settle."""
        return self.states[ReconciliationState.REFUSED]

    @property
    def to_bring(self) -> int:
        """Those that wait to be brought into Alma: neither there, nor settled by hand, nor void."""
        return self.rows - sum(self.states[state] for state in SETTLED)

    @property
    def accounted(self) -> int:
        """Those that are accounted for."""
        settled = (
            ReconciliationState.CONFIRMED,
            ReconciliationState.RESOLVED,
            ReconciliationState.VOID,
            ReconciliationState.REFUSED,
        )
        return sum(self.states[state] for state in settled)


class ReconciliationLog:
    """The fold of the loan log and of what is known of its way back; `extend` takes what is new.

    A second reading of a loan is no row of it: there is nothing to bring into Alma.
    """

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.log = CirculationLog()
        self.position = 0
        self.items: dict[str, ItemSeen] = {}
        self.users: dict[str, UserSeen] = {}
        self.uploads = Uploads()
        self.signed: list[SignedOff] = []
        self._trails: dict[UUID, LoanHistory] = {}
        self._sent_at: dict[UUID, int] = {}
        self._line: dict[UUID, int] = {}
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> set[str]:
        """Fold what the journal has committed since; return the barcodes that it speaks of."""
        fresh = [one for one in recorded if one.position > self.position]
        self.log.extend(fresh)
        for one in fresh:
            self.position = one.position
            take = _FOLDS.get(type(one.entry))
            if take is not None:
                take(self, one.position, one.entry)
        return {item for one in fresh for item in items_touched(self, one.entry)}

    def row(self, loan: UUID) -> ReconciledLoan | None:
        """Return the row of a loan, None when the log has no such loan or it repeats another."""
        found = self.log.row(loan)
        return None if found is None or found.repeats is not None else self._row(found)

    def rows(self, **wanted: Any) -> list[ReconciledLoan]:
        """Return the rows in order of time; `wanted` as for `CirculationLog.rows`."""
        return [self._row(one) for one in self.log.rows(**wanted) if one.repeats is None]

    def rows_about(self, item: str) -> list[ReconciledLoan]:
        """Return the rows of an item, as it was scanned or as it was corrected to."""
        rows = self.rows(item=item)
        also = self.log.lines.corrected_to(item)
        if not also:
            return rows
        mended = (row for loan in also if (row := self.row(loan)) is not None)
        return list({row.loan.id: row for row in (*rows, *mended)}.values())

    def repeated(self, item: str) -> list[UUID]:
        """Return the loans of an item that are second readings of others: none of them is a row."""
        return [row.loan.id for row in self.log.rows(item=item) if row.repeats is not None]

    def rows_of(self, export: Export) -> list[ReconciledLoan]:
        """Return the rows of a file in the order of its lines."""
        return [row for loan in export.loans if (row := self.row(loan)) is not None]

    def in_upload_order(self) -> list[ReconciledLoan]:
        """Return all that stands, as it will be uploaded: file by file, then the rest by desk."""
        sent = [row for export in self._files() for row in self._held_by(export)]
        return [*sent, *sorted(self._in_no_file(self.rows()), key=_desk)]

    def lines_to_upload(self) -> list[Transaction]:
        """Return what stands, as corrected, in the order of its upload: loans, and R rows."""
        found: list[Transaction] = []
        for export in self._files():
            loans = [row.corrected for row in self._held_by(export)]
            found += in_order(loans, self.log.lines.returns(export.returns))
        waiting = sorted(self._in_no_file(self.rows()), key=_desk)
        return [*found, *(row.corrected for row in waiting)]

    def lines_of(self, item: str, rows: Iterable[ReconciledLoan]) -> list[Transaction]:
        """Return those of `lines_to_upload` that are of one item, given its rows, in that order."""
        gone_up = self.log.lines.gone_up
        loans, backs = (
            defaultdict[UUID, list[ReconciledLoan]](list),
            defaultdict[UUID, list[Return]](list),
        )
        for row in rows:
            if row.trail.export is not None:
                loans[row.trail.export[1].id].append(row)
        for back in self.log.lines.returned(item):
            if back.id in gone_up:
                backs[gone_up[back.id]].append(back)
        found: list[Transaction] = []
        for file in sorted({*loans, *backs}, key=self._sent_at.__getitem__):
            lines = sorted(loans[file], key=lambda row: self._line[row.loan.id])
            found += in_order([row.corrected for row in lines], backs[file])
        waiting = sorted(self._in_no_file(rows), key=lambda row: (row.loan.desk, row.log.order))
        return [*found, *(row.corrected for row in waiting)]

    def _files(self) -> list[Export]:
        return sorted(self.log.exports, key=lambda export: self._sent_at[export.id])

    def _held_by(self, export: Export) -> Iterator[ReconciledLoan]:
        """Give the rows of a file that no later file has taken over."""
        for row in self.rows_of(export):
            if row.trail.export is not None and row.trail.export[1].id == export.id:
                yield row

    def _in_no_file(self, rows: Iterable[ReconciledLoan]) -> Iterator[ReconciledLoan]:
        return (row for row in rows if row.trail.export is None and row.log.stands)

    def as_sent(self, export: Export) -> list[Transaction]:
        """Return the loans of a file as they were written into it, and its R rows."""
        return self.log.lines_of(export)

    def tally(self) -> StateCounts:
        """Count the rows by state."""
        return StateCounts(Counter(row.state for row in self.rows()))

    def _row(self, found: LoanRow) -> ReconciledLoan:
        return ReconciledLoan(found, self.trail(found.loan.id), self.uploads)

    def trail(self, loan: UUID) -> LoanHistory:
        """Return what was said of a loan; an empty trail is begun when nothing was."""
        found = self._trails.get(loan)
        if found is None:
            found = self._trails[loan] = LoanHistory()
        return found

    def export(self, position: int, export: Export) -> None:
        """Fold an export: it is now the one that holds its loans."""
        self._sent_at.setdefault(export.id, position)
        for line, loan in enumerate(export.loans):
            self.trail(loan).export = (position, export)
            self._line[loan] = line

    def report(self, position: int, report: JobReportRecorded) -> None:
        """Fold a report: refused rows, and those that an earlier report of the file refused."""
        self.uploads.add(report)
        export = self.log.export(report.export)
        for loan in () if export is None else export.loans:
            trail = self.trail(loan)
            if trail.export is not None and trail.export[1].id == report.export:
                trail.refusal = None
        for loan, message in report.refused:
            self.trail(loan).refusal = (position, message)


def _desk(row: ReconciledLoan) -> str:
    return row.loan.desk


def _set(name: str) -> Callable[[ReconciliationLog, int, Any], None]:
    def take(found: ReconciliationLog, position: int, entry: Any) -> None:
        setattr(found.trail(entry.loan), name, (position, entry))

    return take


def _resolve(found: ReconciliationLog, _: int, entry: SettledByHand) -> None:
    found.trail(entry.loan).resolved = entry


def _intend(found: ReconciliationLog, _: int, entry: LoanRequested) -> None:
    found.trail(entry.loan).intent = entry


def _correct(found: ReconciliationLog, position: int, entry: Corrected) -> None:
    found.trail(entry.loan).corrections.append((position, entry))


def _see_item(found: ReconciliationLog, _: int, entry: ItemSeen) -> None:
    found.items[entry.barcode] = entry


def _see_user(found: ReconciliationLog, _: int, entry: UserSeen) -> None:
    found.users[entry.identifier] = entry


def _sign(found: ReconciliationLog, _: int, entry: SignedOff) -> None:
    found.signed.append(entry)


def _upload(found: ReconciliationLog, _: int, entry: FileUploaded) -> None:
    found.uploads.add(entry)


_FOLDS: dict[type[Any], Callable[[ReconciliationLog, int, Any], None]] = {
    Export: ReconciliationLog.export,
    JobReportRecorded: ReconciliationLog.report,
    FileUploaded: _upload,
    LoanVerified: _set("proof"),
    LoanAnswered: _set("answer"),
    ManualHandling: _set("handed_on"),
    SettledByHand: _resolve,
    LoanRequested: _intend,
    SignedOff: _sign,
    Corrected: _correct,
    ItemSeen: _see_item,
    UserSeen: _see_user,
}
