"""Where the way back stands: every row, the files, what is foretold, the carts, the steps.

One value for all pages of a process, folded again only when the journal has moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from procedure.cart import CartRow
from procedure.checklist import Checklist
from procedure.circulation import Export
from procedure.exporting import waiting
from procedure.findings import ReportTaken
from procedure.from_cart import lent_from_cart
from procedure.preflight import NOT_CHECKED, Prediction
from procedure.reconciliation import Reconciliation, Tally
from procedure.row_state import Row, RowState
from procedure.sign_off import SETTLED, stands
from procedure.signature import SignedOff

TO_UPLOAD = (RowState.RECORDED, RowState.EXPORTED)
_TO_WRITE = (RowState.RECORDED, RowState.REFUSED)
# What is foretold of a row that needs nobody.
EASY = ("ok", "renewal", "due_at_risk")
DUE_SHIFTED = "due_shifted"


@dataclass(frozen=True, slots=True)
class FileState:
    """One file for Alma and its rows that no later file has taken over.

    `began` and `ended` are the first and the last loan in it. `states` counts its rows.
    """

    export: Export
    began: datetime
    ended: datetime
    states: Counter[RowState]
    uploaded: datetime | None
    report: ReportTaken | None

    @property
    def to_settle(self) -> int:
        """Rows that somebody has to settle."""
        return self.states[RowState.REFUSED]

    @property
    def unproved(self) -> int:
        """Rows of which Alma has not been asked yet."""
        return sum(self.states[one] for one in (*TO_UPLOAD, RowState.UPLOADED))


@dataclass(frozen=True)
class Standing:
    """All that a page of the way back shows; `refused` are the rows to settle, by reason.

    `rows` leave out what was settled and signed before others came; `signed` is the signature that
    stands on these counts. `waiting` counts by desk the rows that are in no file, `unsettled` those
    that keep its cart closed. `from_cart` counts those to be written that were lent from a cart.
    """

    rows: tuple[Row, ...]
    tally: Tally
    waiting: Counter[str]
    unsettled: Counter[str]
    files: tuple[FileState, ...]
    predicted: Mapping[UUID, Prediction]
    refused: tuple[Row, ...]
    carts: tuple[CartRow, ...]
    from_cart: int
    signed: SignedOff | None = None

    @cached_property
    def to_upload(self) -> tuple[Row, ...]:
        """Rows that no upload has taken yet."""
        return tuple(row for row in self.rows if row.state in TO_UPLOAD)

    @cached_property
    def forecast(self) -> Counter[str]:
        """What is foretold of the rows to be uploaded, by kind."""
        return Counter(self.predicted[row.loan.id].kind for row in self.to_upload)

    @cached_property
    def sent(self) -> tuple[Row, ...]:
        """Rows in a file that was uploaded, void ones apart."""
        return tuple(row for row in self.rows if row.uploaded and row.state is not RowState.VOID)

    @cached_property
    def due_shifted(self) -> tuple[Row, ...]:
        """Rows in Alma whose due date was set to the moment of the upload."""
        return tuple(row for row in self.rows if row.reason == DUE_SHIFTED)

    @cached_property
    def to_prove(self) -> tuple[Row, ...]:
        """Rows that were sent, not settled by a person, and of which no proof was found yet."""
        return tuple(
            row for row in self.sent if row.state is not RowState.RESOLVED and row.proof is None
        )

    @cached_property
    def desks(self) -> tuple[str, ...]:
        """The desks that have rows, in the order of their codes."""
        return tuple(sorted({row.loan.desk for row in self.rows}))


def standing(
    found: Reconciliation, predicted: Mapping[UUID, Prediction], carts: Sequence[CartRow]
) -> Standing:
    """Look at everything once."""
    everything = tuple(found.rows())
    tally = Tally(Counter(row.state for row in everything))
    signed = next((one for one in reversed(found.signed) if stands(one, tally)), None)
    rows = everything if signed else _since_signed(found, everything)
    unsettled = Counter(row.loan.desk for row in rows if row.state not in SETTLED)
    refused = [row for row in rows if row.state is RowState.REFUSED]
    return Standing(
        rows,
        tally if signed else Tally(Counter(row.state for row in rows)),
        waiting(found.log),
        unsettled,
        tuple(_files(found, rows)),
        predicted,
        tuple(_grouped(refused)),
        tuple(carts),
        len(lent_from_cart(found.log, (row.corrected for row in rows if row.state in _TO_WRITE))),
        signed,
    )


def _since_signed(found: Reconciliation, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Leave out what an earlier outage's signature covers, as far as it is settled still."""
    until = max((one.position for one in found.signed), default=0)
    return tuple(row for row in rows if row.log.position > until or row.state not in SETTLED)


def _files(found: Reconciliation, rows: Iterable[Row]) -> list[FileState]:
    states: dict[UUID, Counter[RowState]] = {}
    for row in rows:
        if row.trail.export is not None:
            states.setdefault(row.trail.export[1].id, Counter())[row.state] += 1
    files: list[FileState] = []
    for export in found.log.exports:
        ends = [found.row(export.loans[end]) for end in (0, -1)] if export.loans else []
        began, ended = (export.at if end is None else end.loan.at for end in ends or (None, None))
        uploads = found.uploads
        if export.id not in states and export.id in uploads.reports:
            continue  # all of it was taken over by later files, or signed
        files.append(
            FileState(
                *(export, began, ended, states.get(export.id, Counter())),
                uploads.at.get(export.id),
                uploads.reports.get(export.id),
            )
        )
    return files


def _grouped(refused: Sequence[Row]) -> list[Row]:
    """Put rows of one reason together, the most frequent reason first."""
    often = Counter(row.reason for row in refused)
    return sorted(refused, key=lambda row: (-often[row.reason], row.reason, row.loan.at))


class Mark(StrEnum):
    """How far a step is: nothing to do yet, to be done, done, or with something left to settle."""

    LATER = "later"
    NOW = "now"
    DONE = "done"
    LEFT = "left"


STEPS = ("import", "preflight", "checklist", "files", "report", "proof", "carts", "sign")


def marks(now: Standing, points: Checklist) -> dict[str, Mark]:
    """Tell how far each step is, in the order of `STEPS`."""
    if now.signed:
        return dict.fromkeys(STEPS, Mark.DONE)
    if not now.rows:
        return dict.fromkeys(STEPS, Mark.LATER) | {"import": Mark.NOW}
    unsent, uploaded = sum(now.waiting.values()), [one for one in now.files if one.uploaded]
    waits = bool(now.unsettled) or any(not cart.safe for cart in now.carts)
    return {
        "import": Mark.DONE,
        "preflight": Mark.NOW if now.forecast[NOT_CHECKED] else Mark.DONE,
        "checklist": _checklist(points),
        "files": Mark.NOW if unsent else Mark.DONE,
        "report": _mark(now.files, left=len(now.files) - len(uploaded)),
        "proof": _mark(now.sent, left=len(now.to_prove), settle=len(now.refused)),
        "carts": Mark.LATER if waits else Mark.NOW if now.carts else Mark.DONE,
        "sign": Mark.LATER if waits else Mark.NOW,
    }


def _checklist(points: Checklist) -> Mark:
    if points.open_before:
        return Mark.NOW
    return Mark.LEFT if points.to_put_back else Mark.DONE


def _mark(of: Sequence[object], *, left: int, settle: int = 0) -> Mark:
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
