"""The steps of the reconciliation: how far each is, and which comes next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from procedure.reconciliation.checklist import Checklist
from procedure.reconciliation.forecast import (
    NOT_CHECKED,
)
from procedure.reconciliation.overview import ReconciliationOverview


class Mark(StrEnum):
    """How far a step is: nothing to do yet, to be done, done, or with something left to settle."""

    LATER = "later"
    NOW = "now"
    DONE = "done"
    LEFT = "left"


STEPS = ("import", "check", "preflight", "checklist", "files", "report", "proof", "carts", "sign")


def marks(now: ReconciliationOverview, points: Checklist) -> dict[str, Mark]:
    """Return how far each step is, in the order of `STEPS`."""
    if now.signed:
        return dict.fromkeys(STEPS, Mark.DONE)
    if not now.rows:
        return dict.fromkeys(STEPS, Mark.LATER) | {"import": Mark.NOW}
    unsent, uploaded = sum(now.waiting.values()), [file for file in now.files if file.uploaded]
    waits = bool(now.left) or any(not cart.safe for cart in now.carts)
    return {
        "import": Mark.DONE,
        "check": Mark.NOW if now.to_check else Mark.DONE,
        "preflight": Mark.NOW if now.forecast[NOT_CHECKED] else Mark.DONE,
        "checklist": _checklist(points),
        "files": Mark.NOW if unsent else Mark.DONE,
        "report": _mark(len(now.files), left=len(now.files) - len(uploaded)),
        "proof": _mark(now.sent, left=now.to_prove, settle=now.counts.to_settle),
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


def next_step(marks: Mapping[str, Mark], *, asks: bool) -> str:
    """Return the step at which something is to be done; the signature when nothing is left.

    Without a key to ask Alma with (`asks`), nobody waits for the pre-flight. The block is put back
    once everything else is done.
    """
    last = ("carts", "sign") if asks else ("preflight", "carts", "sign")
    open_steps = [step for step in STEPS if step not in last and marks[step] is Mark.NOW]
    left = [step for step in ("proof", "checklist") if marks[step] is Mark.LEFT]
    carts = ["carts"] if marks["carts"] is Mark.NOW else []
    return next(iter([*open_steps, *left, *carts]), "sign")
