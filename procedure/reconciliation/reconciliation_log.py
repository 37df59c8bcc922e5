"""The log of the reconciliation: the loan log and Alma's answers.

The rules for the loans' states are in `procedure.reconciliation.reconciled_loan`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from procedure.circulation.circulation_log import KINDS as LOG_KINDS, CirculationLog
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    SettledByHand,
)
from procedure.circulation.transactions import Export, Return
from procedure.journal import Entry, Recorded
from procedure.pandas_types import Frame, Values
from procedure.reconciliation.alma_records import ItemSeen, PatronSeen
from procedure.reconciliation.inputs import LoanRecords, SentFile, StandingReturn
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    SignedOff,
    Verification,
)
from procedure.reconciliation.loan_history import NO_HISTORY, LoanHistory
from procedure.reconciliation.reconciled_loan import (
    ReconciledLoan,
    ReconciliationState,
    reconcile,
    state_without_reason,
)

KINDS = (
    *LOG_KINDS,
    "item_seen",
    "user_seen",
    "uploaded",
    "report_taken",
    "proved",
    "loan_intended",
    "loan_answered",
    "signed_off",
)


class ReconciliationLog:
    """The loan log and Alma's answers.

    Double scans have no row. `uploaded` maps the ids of exports to the time of their upload
    (aware), and `reports` maps them to Alma's reports.
    """

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.log = CirculationLog()
        self.position = 0
        self.items: dict[str, ItemSeen] = {}
        self.patrons: dict[str, PatronSeen] = {}
        self.uploaded: dict[UUID, datetime] = {}
        self.reports: dict[UUID, JobReportRecorded] = {}
        self.signed: list[SignedOff] = []
        self._histories: dict[UUID, LoanHistory] = {}
        self._sent_at: dict[UUID, int] = {}
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Add newly committed entries; ignore entries of other kinds."""
        fresh = [
            record
            for record in recorded
            if record.position > self.position and record.entry.KIND in KINDS
        ]
        self.log.extend(fresh)
        for record in fresh:
            self.position = record.position
            self._add(record.position, record.entry)

    def _add(self, position: int, entry: Entry) -> None:
        match entry:
            case Export():
                self._add_export(position, entry)
            case JobReportRecorded():
                self._add_report(position, entry)
            case FileUploaded():
                self.uploaded[entry.export] = entry.at
            case ItemSeen():
                self.items[entry.barcode] = entry
            case PatronSeen():
                self.patrons[entry.identifier] = entry
            case SignedOff():
                self.signed.append(entry)
            case _:
                self._add_to_history(position, entry)

    def _add_to_history(self, position: int, entry: Entry) -> None:
        match entry:
            case LoanVerified():
                self._add_verification(position, entry)
            case LoanRequested():
                self._change(entry.loan, intent=entry)
            case LoanAnswered():
                changes = self.history(entry.loan).proof_changes(position, entry)
                self._change(entry.loan, answer=(position, entry), **changes)
            case ManualHandling():
                self._change(entry.loan, handed_on=(position, entry))
            case SettledByHand():
                self._change(entry.loan, resolved=(position, entry))
            case Corrected():
                before = self.history(entry.loan).corrections
                self._change(entry.loan, corrections=(*before, (position, entry)))
            case _:
                pass

    def _add_verification(self, position: int, entry: LoanVerified) -> None:
        history = self.history(entry.loan)
        # A verification that could not check the loan does not replace an earlier verification.
        if entry.found is Verification.NOT_CHECKED and history.verification is not None:
            return
        changes = history.proof_changes(position, entry)
        self._change(entry.loan, verification=(position, entry), **changes)

    def row(self, loan: UUID) -> ReconciledLoan | None:
        """Return the row of a loan, or None if the loan is unknown or a double scan."""
        row = self.log.row(loan)
        return None if row is None else next(iter(self._reconciled([row])), None)

    def rows(self, **wanted: Any) -> list[ReconciledLoan]:
        """Return the rows in chronological order; for `wanted`, see `CirculationLog.rows`."""
        return self._reconciled(self.log.rows(**wanted))

    def states(self) -> Counter[ReconciliationState]:
        """Count the rows by state. This takes about 2 µs per loan."""
        history, uploaded = self._histories.get, self.uploaded
        return Counter(
            state_without_reason(row, history(row.loan.id, NO_HISTORY), uploaded)
            for row in self.log.rows()
            if row.repeats is None
        )

    def rows_about(self, items: Iterable[str]) -> list[ReconciledLoan]:
        """Return the rows whose item, as scanned or as corrected, has one of these barcodes."""
        return self._with(row for item in items for row in self._about(item, item=item))

    def rows_with(self, patron: str) -> list[ReconciledLoan]:
        """Return the rows whose patron, as scanned or as corrected, has this identifier."""
        return self._with(self._about(patron, patron=patron))

    def rows_of(self, export: Export) -> list[ReconciledLoan]:
        """Return the rows in a file, in line order."""
        rows = (self.log.row(loan) for loan in export.loans)
        return self._reconciled([row for row in rows if row is not None])

    def table(self, rows: Iterable[LoanRow] | None = None) -> Frame:
        """Return the loan table for these loans, or for all loans if `rows` is None.

        See `procedure.reconciliation.loan_table`, which is imported here because a command that
        records a loan must not load pandas.
        """
        from procedure.reconciliation.loan_table import loan_table  # noqa: PLC0415

        known = self.log.rows() if rows is None else rows
        single = [row for row in known if row.repeats is None]
        return loan_table(single, self._histories, self.uploaded)

    def records(self) -> LoanRecords:
        """Return an immutable copy of the current content."""
        return LoanRecords(
            position=self.position,
            rows=[row for row in self.log.rows() if row.repeats is None],
            histories=self._histories.copy(),
            uploaded=self.uploaded.copy(),
            files=self.files(),
            returns=self.returns(),
            items=self.items.copy(),
            patrons=self.patrons.copy(),
            signed=self.signed.copy(),
            pending=len(self.log.pending()),
        )

    def files(self) -> list[SentFile]:
        """Return all files, in journal order."""
        return [self._file(export) for export in self.log.exports]

    def returns(self) -> list[StandingReturn]:
        """Return the returns that have not been voided, in chronological order."""
        return [self._standing(returned) for returned in self.log.returns()]

    def history(self, loan: UUID) -> LoanHistory:
        return self._histories.get(loan, NO_HISTORY)

    def _reconciled(self, rows: Iterable[LoanRow]) -> list[ReconciledLoan]:
        single = (row for row in rows if row.repeats is None)
        histories = ((row, self.history(row.loan.id)) for row in single)
        return [
            reconcile(row, history, history.sent_at(self.uploaded)) for row, history in histories
        ]

    def _about(self, value: str, **scanned: Any) -> list[LoanRow]:
        corrected = map(self.log.row, self.log.settlements.corrected_to(value))
        return [*self.log.rows(**scanned), *(row for row in corrected if row is not None)]

    def _with(self, rows: Iterable[LoanRow]) -> list[ReconciledLoan]:
        distinct = {row.loan.id: row for row in rows}
        return self._reconciled(sorted(distinct.values(), key=attrgetter("order")))

    def _file(self, export: Export) -> SentFile:
        ends = [self.log.row(export.loans[end]) for end in (0, -1)] if export.loans else [None] * 2
        began, ended = (
            export.at if row is None or row.repeats is not None else row.loan.at for row in ends
        )
        return SentFile(
            export=export,
            position=self._sent_at[export.id],
            began=began,
            ended=ended,
            returns=tuple(self.log.returns_in(export)),
            uploaded=self.uploaded.get(export.id),
            report=self.reports.get(export.id),
        )

    def _standing(self, returned: Return) -> StandingReturn:
        settlements = self.log.settlements
        by_hand = returned.id in settlements.returns_by_hand
        settled = settlements.is_settled(returned.id)
        fate = "by_hand" if by_hand else "by_api" if settled else ""
        return StandingReturn(returned, fate, settlements.is_sent(returned.id))

    def _change(self, loan: UUID, **last: Values) -> None:
        self._histories[loan] = replace(self.history(loan), **last)

    def _add_export(self, position: int, export: Export) -> None:
        self._sent_at.setdefault(export.id, position)
        sent = (position, export)
        for line, loan in enumerate(export.loans):
            if loan in self._histories:
                self._change(loan, export=sent, line=line)
            else:  # the usual case; this saves a third of the time
                self._histories[loan] = LoanHistory(sent, line)

    def _add_report(self, position: int, report: JobReportRecorded) -> None:
        """Replace an earlier report on the file, and count the file as uploaded."""
        self.reports[report.export] = report
        self.uploaded.setdefault(report.export, report.at)
        export, refused = self.log.export(report.export), dict(report.refused)
        loans = refused if export is None else export.loans
        lines = 0 if export is None else len(export.loans) + len(export.returns)
        shows = export is not None and report.accounts_for(lines)
        for loan in loans:
            history, last = self.history(loan), dict[str, Any]()
            if history.export is None or history.export[1].id == report.export:
                last["refusal"] = (position, refused[loan]) if loan in refused else None
            if shows and loan not in refused:
                last["reported"] = (position, report)
            elif history.reported is not None and history.reported[1].export == report.export:
                last["reported"] = None
            self._change(loan, **last)
