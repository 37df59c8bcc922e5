"""Where the way back stands: every row, the files, what is foretold, the carts, the steps.

One value for all pages of a process, told anew by `procedure.reconciliation.ledger` when something
changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from procedure.circulation.transactions import Export
from procedure.reconciliation.cart_count import CartCount
from procedure.reconciliation.carts import CartedItem
from procedure.reconciliation.checklist import Checklist
from procedure.reconciliation.entries import JobReportRecorded
from procedure.reconciliation.forecast import NOT_CHECKED, Forecast
from procedure.reconciliation.item_book import ItemBook
from procedure.reconciliation.log import ReconciliationLog, StateCounts
from procedure.reconciliation.row_book import DUE_SHIFTED, TO_UPLOAD, RowBook, is_sent, is_to_prove
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState
from procedure.reconciliation.sign_off import SETTLED, DayStates, states_by_day
from procedure.reconciliation.signature import SignedOff

_BY_HAND = ReconciliationState.RESOLVED
# What is foretold of a row that needs nobody.
EASY = ("ok", "renewal", "due_at_risk")


@dataclass(frozen=True, slots=True)
class FileState:
    """One file for Alma and its rows that no later file has taken over.

    `began` and `ended` are the first and the last loan in it. `states` counts its rows.
    """

    export: Export
    began: datetime
    ended: datetime
    states: Counter[ReconciliationState]
    uploaded: datetime | None
    report: JobReportRecorded | None

    @property
    def to_settle(self) -> int:
        """Rows that somebody has to settle."""
        return self.states[ReconciliationState.REFUSED]

    @property
    def unproved(self) -> int:
        """Rows of which Alma has not been asked yet."""
        return sum(self.states[one] for one in (*TO_UPLOAD, ReconciliationState.UPLOADED))


@dataclass(frozen=True)
class ReconciliationOverview:
    """All that a page of the way back shows; `refused` are the rows to settle, by reason.

    `to_check` are those rows that are in no file until a person decides about the scan.

    `rows` leave out what was settled and signed before others came; `signed` is the signature that
    stands on these counts. `waiting` counts by desk the rows that are in no file, `unsettled` those
    that keep its cart closed. `forecast` counts the rows to be uploaded by what is foretold of
    them. `sent` were uploaded, void ones apart; `to_prove` of those wait for a proof, and of
    `due_shifted` the due date was set to the moment of the upload. `from_cart` counts those to be
    written that were lent from a cart. `cart_counts` tell what became of the books of the carts.
    """

    rows: tuple[ReconciledLoan, ...]
    days: tuple[DayStates, ...]
    tally: StateCounts
    waiting: Counter[str]
    unsettled: Counter[str]
    files: tuple[FileState, ...]
    forecast: Counter[str]
    predicted: Mapping[UUID, Forecast]
    refused: tuple[ReconciledLoan, ...]
    carts: tuple[CartedItem, ...]
    cart_counts: tuple[CartCount, ...] = ()
    sent: int = 0
    to_prove: int = 0
    due_shifted: int = 0
    from_cart: int = 0
    signed: SignedOff | None = None
    to_check: tuple[ReconciledLoan, ...] = ()

    @property
    def to_upload(self) -> int:
        """How many rows no upload has taken yet."""
        return self.forecast.total()

    @property
    def desks(self) -> tuple[str, ...]:
        """The desks that have rows, in the order of their codes."""
        return tuple(dict.fromkeys(one.desk for one in self.days))

    def rows_to_upload(self) -> list[ReconciledLoan]:
        """Return the rows that no upload has taken yet."""
        return [row for row in self.rows if row.state in TO_UPLOAD]

    def rows_to_prove(self, *, again: bool = False) -> list[ReconciledLoan]:
        """Return what was sent and not settled by a person: unproved rows, or `again` all."""
        if again:
            return [row for row in self.rows if is_sent(row) and row.state is not _BY_HAND]
        return [row for row in self.rows if is_to_prove(row)]


def overview(
    found: ReconciliationLog, rows: RowBook, items: ItemBook, signed: SignedOff | None
) -> ReconciliationOverview:
    """Tell what the books say now."""
    counts = rows.counts
    unsettled, tally = Counter[str](), Counter[ReconciliationState]()
    for (desk, _, state), count in counts["day"].items():
        tally[state] += count
        if state not in SETTLED:
            unsettled[desk] += count
    return ReconciliationOverview(
        rows=tuple(rows.rows),
        days=tuple(states_by_day(counts["day"])),
        tally=StateCounts(tally),
        waiting=counts["waiting"].copy(),
        unsettled=unsettled,
        files=tuple(_files(found, counts["file"])),
        forecast=counts["forecast"].copy(),
        predicted=items.predicted.copy(),
        refused=tuple(rows.by_reason()),
        carts=items.carts,
        cart_counts=items.cart_counts,
        sent=counts["sent"].total(),
        to_prove=counts["to_prove"].total(),
        due_shifted=counts[DUE_SHIFTED].total(),
        from_cart=items.from_cart,
        signed=signed,
        to_check=tuple(rows.to_check),
    )


def _files(
    found: ReconciliationLog, counts: Counter[tuple[UUID, ReconciliationState]]
) -> list[FileState]:
    states: dict[UUID, Counter[ReconciliationState]] = defaultdict(Counter)
    for (export, state), count in counts.items():
        states[export][state] = count
    files: list[FileState] = []
    for export in found.log.exports:
        ends = [found.row(export.loans[end]) for end in (0, -1)] if export.loans else []
        began, ended = (export.at if end is None else end.loan.at for end in ends or (None, None))
        uploads = found.uploads
        if export.id not in states and export.id in uploads.reports:
            continue  # all of it was taken over by later files, or signed
        files.append(
            FileState(
                *(export, began, ended, states[export.id]),
                uploads.at.get(export.id),
                uploads.reports.get(export.id),
            )
        )
    return files


class Mark(StrEnum):
    """How far a step is: nothing to do yet, to be done, done, or with something left to settle."""

    LATER = "later"
    NOW = "now"
    DONE = "done"
    LEFT = "left"


STEPS = ("import", "check", "preflight", "checklist", "files", "report", "proof", "carts", "sign")


def marks(now: ReconciliationOverview, points: Checklist) -> dict[str, Mark]:
    """Tell how far each step is, in the order of `STEPS`."""
    if now.signed:
        return dict.fromkeys(STEPS, Mark.DONE)
    if not now.rows:
        return dict.fromkeys(STEPS, Mark.LATER) | {"import": Mark.NOW}
    unsent, uploaded = sum(now.waiting.values()), [one for one in now.files if one.uploaded]
    waits = bool(now.unsettled) or any(not cart.safe for cart in now.carts)
    return {
        "import": Mark.DONE,
        "check": Mark.NOW if now.to_check else Mark.DONE,
        "preflight": Mark.NOW if now.forecast[NOT_CHECKED] else Mark.DONE,
        "checklist": _checklist(points),
        "files": Mark.NOW if unsent else Mark.DONE,
        "report": _mark(len(now.files), left=len(now.files) - len(uploaded)),
        "proof": _mark(now.sent, left=now.to_prove, settle=len(now.refused) - len(now.to_check)),
        "carts": Mark.LATER if waits else Mark.NOW if now.carts else Mark.DONE,
        "sign": Mark.LATER if waits else Mark.NOW,
    }


def _checklist(points: Checklist) -> Mark:
    if points.open_before:
        return Mark.NOW
    return Mark.LEFT if points.to_put_back else Mark.DONE


def _mark(of: int, *, left: int, settle: int = 0) -> Mark:
    if not of:
        return Mark.LATER
    if left:
        return Mark.NOW
    return Mark.LEFT if settle else Mark.DONE


def next_step(found: Mapping[str, Mark], *, asks: bool) -> str:
    """Return the step at which something is to be done; the signature when nothing is left.

    Without a key to ask Alma with (`asks`), nobody waits for the pre-flight. The block is put back
    once everything else is done.
    """
    last = ("carts", "sign") if asks else ("preflight", "carts", "sign")
    open_steps = [one for one in STEPS if one not in last and found[one] is Mark.NOW]
    left = [step for step in ("proof", "checklist") if found[step] is Mark.LEFT]
    carts = ["carts"] if found["carts"] is Mark.NOW else []
    return next(iter([*open_steps, *left, *carts]), "sign")
