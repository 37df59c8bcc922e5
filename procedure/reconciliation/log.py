"""Reconciliation: the last that the journal says of each loan and file, folded entry by entry.

What state follows from it is worked out in `procedure.reconciliation.loan_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from procedure.circulation.loan_row import LoanRow
from procedure.circulation.log import KINDS as LOG_KINDS
from procedure.circulation.log import CirculationLog
from procedure.circulation.settlement import Corrected, ManualHandling, SettledByHand
from procedure.circulation.transactions import Export, Return, Transaction
from procedure.journal import Recorded
from procedure.reconciliation.alma_records import ItemSeen, UserSeen
from procedure.reconciliation.entries import (
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    SignedOff,
)
from procedure.reconciliation.records import (
    LoanRecords,
    SentFile,
    StandingReturn,
    StateCounts,
    count_states,
)
from procedure.reconciliation.row_state import (
    NO_HISTORY,
    LoanHistory,
    ReconciledLoan,
)

KINDS = (
    *LOG_KINDS, "item_seen", "user_seen", "uploaded", "report_taken", "proved",
    "loan_intended", "loan_answered", "signed_off",
)  # fmt: skip


class Uploads:
    """When each export was uploaded, and the reports that came of it."""

    def __init__(self) -> None:
        self.at: dict[UUID, datetime] = {}
        self.reports: dict[UUID, JobReportRecorded] = {}

    def add(self, entry: FileUploaded | JobReportRecorded) -> None:
        """Fold one; a report says that the file was uploaded, even if nobody said so."""
        if isinstance(entry, JobReportRecorded):
            self.reports[entry.export] = entry
            self.at.setdefault(entry.export, entry.at)
        else:
            self.at[entry.export] = entry.at


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
        self._histories: dict[UUID, LoanHistory] = {}
        self._sent_at: dict[UUID, int] = {}
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; entries of other kinds are passed over."""
        fresh = [one for one in recorded if one.position > self.position]
        self.log.extend(fresh)
        for one in fresh:
            self.position = one.position
            fold = _FOLDS.get(type(one.entry))
            if fold is not None:
                fold(self, one.position, one.entry)

    def row(self, loan: UUID) -> ReconciledLoan | None:
        """Return the row of a loan, None when the log has no such loan or it repeats another."""
        found = self.log.row(loan)
        return None if found is None else next(iter(self._reconciled([found])), None)

    def rows(self, **wanted: Any) -> list[ReconciledLoan]:
        """Return the rows in order of time; `wanted` as for `CirculationLog.rows`."""
        return self._reconciled(self.log.rows(**wanted))

    def rows_about(self, items: Iterable[str]) -> list[ReconciledLoan]:
        """Return the rows of items, as they were scanned or as they were corrected to."""
        rows = {row.loan.id: row for item in items for row in self._about(item)}
        return self._reconciled(sorted(rows.values(), key=_order))

    def rows_with(self, patron: str) -> list[ReconciledLoan]:
        """Return the rows of an identifier, as it was scanned or as it was corrected to."""
        corrected = (self.log.row(loan) for loan in self.log.settlements.corrected_to(patron))
        also = [row for row in corrected if row is not None]
        rows = {row.loan.id: row for row in (*self.log.rows(patron=patron), *also)}
        return self._reconciled(sorted(rows.values(), key=_order))

    def rows_of(self, export: Export) -> list[ReconciledLoan]:
        """Return the rows of a file in the order of its lines."""
        rows = (self.log.row(loan) for loan in export.loans)
        return self._reconciled([row for row in rows if row is not None])

    def table(self, rows: Iterable[LoanRow] | None = None) -> Any:
        """Return the loan table, of all loans or of these.

        See `procedure.reconciliation.loan_table`. It is imported here: a command that records a
        loan has no time to load pandas.
        """
        from procedure.reconciliation.loan_table import loan_table  # noqa: PLC0415

        known = self.log.rows() if rows is None else rows
        single = [row for row in known if row.repeats is None]
        return loan_table(single, self._histories, self.uploads.at)

    def in_upload_order(self) -> list[ReconciledLoan]:
        """Return all that stands, as it will be uploaded: file by file, then the rest by desk."""
        from procedure.reconciliation.loan_table import (  # noqa: PLC0415
            reconciled_loans,
            upload_order,
        )

        return reconciled_loans(upload_order(self.table()))

    def as_sent(self, export: Export) -> list[Transaction]:
        """Return the loans of a file as they were written into it, and its R rows."""
        return self.log.lines_of(export)

    def tally(self) -> StateCounts:
        """Count the rows by state."""
        return count_states(self.table())

    def records(self) -> LoanRecords:
        """Return what was folded so far, as values that stay as they are."""
        return LoanRecords(
            position=self.position,
            rows=[row for row in self.log.rows() if row.repeats is None],
            histories=self._histories.copy(),
            uploaded=self.uploads.at.copy(),
            files=self.files(),
            returns=self.returns(),
            items=self.items.copy(),
            users=self.users.copy(),
            signed=self.signed.copy(),
        )

    def files(self) -> list[SentFile]:
        """Return every file, in the order in which they were recorded."""
        return [self._file(export) for export in self.log.exports]

    def returns(self) -> list[StandingReturn]:
        """Return what was given back and stands, in the order of time."""
        return [self._standing(back) for back in self.log.returns()]

    def trail(self, loan: UUID) -> LoanHistory:
        """Return what was said of a loan."""
        return self._histories.get(loan, NO_HISTORY)

    def _reconciled(self, rows: Iterable[LoanRow]) -> list[ReconciledLoan]:
        from procedure.reconciliation.loan_table import reconciled_loans  # noqa: PLC0415

        return reconciled_loans(self.table(rows))

    def _about(self, item: str) -> list[LoanRow]:
        corrected = (self.log.row(loan) for loan in self.log.settlements.corrected_to(item))
        return [*self.log.rows(item=item), *(row for row in corrected if row is not None)]

    def _file(self, export: Export) -> SentFile:
        ends = [self.log.row(export.loans[end]) for end in (0, -1)] if export.loans else [None] * 2
        began, ended = (
            export.at if row is None or row.repeats is not None else row.loan.at for row in ends
        )
        return SentFile(
            *(export, self._sent_at[export.id], began, ended),
            tuple(self.log.returns_in(export)),
            self.uploads.at.get(export.id),
            self.uploads.reports.get(export.id),
        )

    def _standing(self, back: Return) -> StandingReturn:
        settlements = self.log.settlements
        by_hand, settled = back.id in settlements.returns_by_hand, settlements.is_settled(back.id)
        fate = "by_hand" if by_hand else "by_api" if settled else ""
        return StandingReturn(back, fate, settlements.is_sent(back.id))

    def change(self, loan: UUID, **last: Any) -> None:
        """Put newer entries into what is known of a loan; its earlier history is not touched."""
        self._histories[loan] = replace(self.trail(loan), **last)

    def export(self, position: int, export: Export) -> None:
        """Fold an export: it is now the one that holds its loans."""
        self._sent_at.setdefault(export.id, position)
        for line, loan in enumerate(export.loans):
            self.change(loan, export=(position, export), line=line)

    def report(self, position: int, report: JobReportRecorded) -> None:
        """Fold a report: refused rows, and those that an earlier report of the file refused."""
        self.uploads.add(report)
        export = self.log.export(report.export)
        for loan in () if export is None else export.loans:
            trail = self.trail(loan)
            if trail.refusal and trail.export is not None and trail.export[1].id == report.export:
                self.change(loan, refusal=None)
        for loan, message in report.refused:
            self.change(loan, refusal=(position, message))


def _order(row: LoanRow) -> Any:
    return row.order


def _set(name: str) -> Callable[[ReconciliationLog, int, Any], None]:
    def fold(found: ReconciliationLog, position: int, entry: Any) -> None:
        found.change(entry.loan, **{name: (position, entry)})

    return fold


def _resolve(found: ReconciliationLog, _: int, entry: SettledByHand) -> None:
    found.change(entry.loan, resolved=entry)


def _intend(found: ReconciliationLog, _: int, entry: LoanRequested) -> None:
    found.change(entry.loan, intent=entry)


def _correct(found: ReconciliationLog, position: int, entry: Corrected) -> None:
    before = found.trail(entry.loan).corrections
    found.change(entry.loan, corrections=(*before, (position, entry)))


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
