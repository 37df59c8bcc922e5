"""The reconciliation's overview, computed after each change and shared by all dashboard pages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from procedure.circulation.transactions import Export
from procedure.pandas_types import Frame, Values
from procedure.reconciliation.carts import (
    CartCount,
    CartedItem,
    by_item,
    count_carts,
    judged,
)
from procedure.reconciliation.checklist import Checklist
from procedure.reconciliation.forecast import (
    AlmaSnapshot,
    Forecast,
    forecast_upload,
    next_change,
)
from procedure.reconciliation.from_cart import return_before
from procedure.reconciliation.inputs import LoanRecords, SentFile
from procedure.reconciliation.journal_entries import JobReportRecorded, SignedOff
from procedure.reconciliation.loan_table import lines_to_upload, loan_table
from procedure.reconciliation.open_points import OpenPoint, open_points
from procedure.reconciliation.reconciled_loan import (
    DUE_SHIFTED,
    NOT_IN_ALMA,
    TO_UPLOAD,
    ReconciledLoan,
    ReconciliationState,
    Stage,
)
from procedure.reconciliation.sign_off import current_rows, is_current
from procedure.reconciliation.stage_counts import (
    DayCounts,
    StageCounts,
    by_desk_and_day,
    count_stages,
    count_stages_by,
)

_TO_WRITE = (ReconciliationState.RECORDED, ReconciliationState.REFUSED)


@dataclass(frozen=True, slots=True)
class FileState:
    """A file for Alma, with the number of its rows at each stage (`counts`).

    Rows that are in a later file or covered by an earlier signature are not counted. `began` and
    `ended` are the times of the file's first and last loan.
    """

    export: Export
    began: datetime
    ended: datetime
    counts: StageCounts
    uploaded: datetime | None
    report: JobReportRecorded | None


@dataclass(frozen=True)
class ReconciliationOverview:
    """Everything that the reconciliation pages show.

    - `to_check`, `to_settle`: the rows at these stages; `to_settle` is sorted by reason, the most
      frequent first.
    - `table`: the rows of the loan table that `current_rows` returns, with the kind of forecast in
      a `forecast` column (empty for a voided loan that is not in a file).
    - `signed`: the newest signature whose counts still hold, or None.
    - `to_write`: the number of rows to write to a file, by desk.
    - `left`: by desk, the number of rows that must be dealt with before the items on the desk's
      cart are returned.
    - `forecast`: the number of rows to upload, by kind of forecast.
    - `sent`: the number of uploaded rows that have not been voided.
    - `to_prove`: the number of uploaded rows whose outcome is unknown.
    - `due_shifted`: the number of rows whose due date Alma set to the time of the upload.
    - `from_cart`: the number of loans made from a cart that are still to be written to a file.
    - `cart_counts`: the number of returns, by desk and outcome.
    - `is_trial_read`: whether a trial (a small first file) has been written since the last
      signature, and the report on this trial has been read.
    - `next_change`: the next time at which a forecast may change without new data, or None.
    - `pending`: the number of pending loans, which are not rows but prevent signing.
    """

    table: Frame
    days: tuple[DayCounts, ...]
    counts: StageCounts
    to_write: Counter[str]
    left: Counter[str]
    files: tuple[FileState, ...]
    forecast: Counter[str]
    predicted: Mapping[UUID, Forecast]
    to_settle: tuple[ReconciledLoan, ...]
    carts: tuple[CartedItem, ...]
    cart_counts: tuple[CartCount, ...] = ()
    sent: int = 0
    to_prove: int = 0
    due_shifted: int = 0
    from_cart: int = 0
    is_trial_read: bool = False
    signed: SignedOff | None = None
    to_check: tuple[ReconciledLoan, ...] = ()
    next_change: datetime | None = None
    pending: int = 0

    @cached_property
    def rows(self) -> Sequence[ReconciledLoan]:
        return tuple(self.table.row)

    def rows_to_look_up(self) -> list[ReconciledLoan]:
        return [row for row in self.table.row if row.is_to_look_up]

    @property
    def lacking(self) -> list[ReconciledLoan]:
        """The rows settled by hand that Alma turned out not to have."""
        return list(self.table.row[self.table.reason == NOT_IN_ALMA])

    def open_points(self, checklist: Checklist) -> tuple[OpenPoint, ...]:
        return open_points(
            self.table,
            checklist.as_signed() if self.signed else checklist,
            pending=self.pending,
            on_carts=len(self.carts),
            has_files=bool(self.files),
        )

    @property
    def to_upload(self) -> int:
        return self.forecast.total()

    @property
    def desks(self) -> tuple[str, ...]:
        """The codes of the desks with rows, sorted."""
        return tuple(dict.fromkeys(day.desk for day in self.days))

    def rows_to_upload(self) -> list[ReconciledLoan]:
        return list(self.table.row[self.table.state.isin(TO_UPLOAD)])

    def rows_to_prove(self, *, again: bool = False) -> list[ReconciledLoan]:
        """Return the uploaded rows to look up in Alma, without rows settled by hand or purged.

        Rows that were missing from Alma are included, because Alma's job may not have run yet when
        Alma was queried. If `again` is true, rows that have already been verified are included too.
        """
        chosen = _is_sent(self.table) & (self.table.state != ReconciliationState.SETTLED_BY_HAND)
        rows = self.table.row[chosen if again else chosen & ~self.table.is_verified]
        return [row for row in rows if not row.is_purged]


def overview(records: LoanRecords, facts: AlmaSnapshot) -> ReconciliationOverview:
    table: Frame = loan_table(records.rows, records.histories, records.uploaded)
    lines = lines_to_upload(table, records.files)
    predicted = {forecast.loan: forecast for forecast in forecast_upload(lines, facts)}
    forecasts = (predicted.get(row.loan.id) for row in table.row)
    table["forecast"] = [forecast.kind if forecast else "" for forecast in forecasts]
    signed = next((entry for entry in reversed(records.signed) if is_current(entry, table)), None)
    carts = _carts(table, records)
    on_carts = {item.returned.id for item in carts}
    current = current_rows(table, records.signed)
    days = tuple(by_desk_and_day(current))
    return ReconciliationOverview(
        table=current,
        days=days,
        counts=count_stages(current),
        to_write=_counts(current.desk[current.waits]),
        left=_left_by_desk(days),
        files=tuple(_files(current, records.files)),
        forecast=_counts(current.forecast[current.state.isin(TO_UPLOAD)]),
        predicted=predicted,
        to_settle=tuple(_by_reason(current)),
        carts=tuple(carts),
        cart_counts=tuple(count_carts(records.returns, on_carts)),
        sent=int(_is_sent(current).sum()),
        to_prove=int((current.state == ReconciliationState.UPLOADED).sum()),
        due_shifted=int((current.reason == DUE_SHIFTED).sum()),
        from_cart=_lent_from_cart(table, records),
        is_trial_read=_is_trial_read(records),
        signed=signed,
        to_check=tuple(current.row[current.stage == Stage.TO_CHECK]),
        next_change=next_change(lines, facts),
        pending=records.pending,
    )


def _counts(column: Values) -> Counter[Any]:
    return Counter({value: int(count) for value, count in column.value_counts().items() if count})


def _is_trial_read(records: LoanRecords) -> bool:
    until = max((entry.position for entry in records.signed), default=0)
    fresh = (file for file in records.files if file.position > until)
    return any(file.export.trial and file.report is not None for file in fresh)


def _left_by_desk(days: Iterable[DayCounts]) -> Counter[str]:
    left: Counter[str] = Counter()
    for day in days:
        left[day.desk] += day.counts.left
    return +left


def _is_sent(table: Frame) -> Values:
    return table.uploaded.notna() & (table.state != ReconciliationState.VOID)


def _by_reason(table: Frame) -> list[ReconciledLoan]:
    """Return the rows to settle, those with the most frequent reason first."""
    refused = table[table.stage == Stage.TO_SETTLE]
    often = refused.groupby("reason").reason.transform("size")
    keys = refused.assign(often=-often)
    return list(keys.sort_values(["often", "reason"], kind="stable").row)


def _files(table: Frame, files: Iterable[SentFile]) -> Iterable[FileState]:
    counts = count_stages_by(table[table.sent > 0], "sent")
    for file in files:
        if (file.position,) in counts or file.report is None:
            counted = counts.get((file.position,), StageCounts())
            ends = (file.began, file.ended)
            yield FileState(file.export, *ends, counted, file.uploaded, file.report)
        # Leave out a file with a report if all its rows are in later files or signed off.


def _carts(table: Frame, records: LoanRecords) -> list[CartedItem]:
    left = [record.returned for record in records.returns if not record.settled]
    about = by_item(_rows_of_items(table, {returned.item for returned in left}))
    on_cart = (judged(returned, about.get(returned.item, ())) for returned in left)
    return sorted(
        (item for item in on_cart if item is not None),
        key=lambda item: (item.returned.at, item.returned.id),
    )


def _rows_of_items(table: Frame, items: set[str]) -> list[ReconciledLoan]:
    """Return the rows of these items, as scanned or as corrected."""
    return [
        row
        for row in table.row
        if row.loan.item in items
        or any(change.item in items for _, change in row.history.corrections)
    ]


def _lent_from_cart(table: Frame, records: LoanRecords) -> int:
    """Count the loans to be written that were made from a cart before the return reached Alma."""
    backs: dict[str, list[Any]] = {}
    for record in records.returns:
        backs.setdefault(record.returned.item, []).append(record.returned)
    sent = {record.returned.id for record in records.returns if record.is_sent}
    rows = _rows_of_items(table, set(backs))
    others: dict[str, list[Any]] = {}
    for row in rows:
        if row.log.is_valid:
            others.setdefault(row.loan.item, []).append(row.loan)
    to_write = (
        row.corrected
        for row in rows
        if row.log.is_valid and row.state in _TO_WRITE and not row.is_to_check
    )
    before = (
        return_before(loan, backs.get(loan.item, ()), others.get(loan.item, ()), sent)
        for loan in to_write
    )
    return sum(returned is not None for returned in before)
