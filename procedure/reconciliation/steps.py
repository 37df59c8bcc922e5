"""The steps of the reconciliation, and their progress."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from procedure.reconciliation.checklist import (
    BLOCK_BACK,
    DESK_CHOSEN,
    FILE_PER_DESK,
    TRIAL_SEEN,
    Checklist,
)
from procedure.reconciliation.forecast import unasked

if TYPE_CHECKING:  # the overview imports pandas, which would delay the server's first response
    from procedure.reconciliation.overview import ReconciliationOverview
    from procedure.reconciliation.systems.library_system import LibrarySystem


class Mark(StrEnum):
    """The progress of a step: not yet due, due now, done, or done with something left to do."""

    LATER = "later"
    NOW = "now"
    DONE = "done"
    LEFT = "left"


STEPS = ("import", "check", "preflight", "send", "proof", "carts", "sign")


def steps_of(system: LibrarySystem) -> tuple[str, ...]:
    """Return the steps that apply to a system."""
    missing = {"preflight": not system.has_api, "send": not system.has_file}
    return tuple(step for step in STEPS if not missing.get(step, False))


def marks(
    overview: ReconciliationOverview, points: Checklist, system: LibrarySystem
) -> dict[str, Mark]:
    """Return the progress of each step that applies to the system, in order."""
    steps = steps_of(system)
    if overview.signed:
        left = {"carts": Mark.NOW} if overview.carts else {}
        if points.to_put_back is not None or overview.pending:
            left["sign"] = Mark.LEFT
        return dict.fromkeys(steps, Mark.DONE) | left
    if not overview.rows:
        return dict.fromkeys(steps, Mark.LATER) | {"import": Mark.NOW}
    every = _marks(overview, points, system)
    return {step: every[step] for step in steps}


def _marks(
    overview: ReconciliationOverview, points: Checklist, system: LibrarySystem
) -> dict[str, Mark]:
    waits = bool(overview.left) or any(not cart.safe for cart in overview.carts)
    return {
        "import": Mark.DONE,
        "check": Mark.NOW if overview.to_check else Mark.DONE,
        "preflight": Mark.NOW if unasked(overview.forecast) else Mark.DONE,
        "send": _send(overview, points),
        "proof": _proof(overview, system),
        "carts": Mark.LATER if waits else Mark.NOW if overview.carts else Mark.DONE,
        "sign": Mark.LATER if waits or overview.pending else Mark.NOW,
    }


def _send(overview: ReconciliationOverview, points: Checklist) -> Mark:
    if overview.to_write or any(not file.uploaded for file in overview.files):
        return Mark.NOW
    return Mark.LEFT if overview.files and points.open_before else Mark.DONE


def _proof(overview: ReconciliationOverview, system: LibrarySystem) -> Mark:
    if overview.to_prove or (not system.has_file and overview.counts.on_the_way):
        return Mark.NOW
    if overview.counts.to_settle:
        return Mark.LEFT
    return Mark.DONE if overview.sent else Mark.LATER


def next_step(marks: Mapping[str, Mark], *, asks: bool) -> str:
    """Return the next step with something to do or, if there is none, the signature.

    `preflight`, which queries Alma before the upload, is skipped unless there is a key for Alma's
    API (`asks`).
    """
    last = ("carts", "sign") if asks else ("preflight", "carts", "sign")
    open_steps = [step for step in marks if step not in last and marks[step] is Mark.NOW]
    left = ["proof"] if marks["proof"] is Mark.LEFT else []
    carts = ["carts"] if marks["carts"] is Mark.NOW else []
    return next(iter([*open_steps, *left, *carts]), "sign")


def can_tick(
    point: str, overview: ReconciliationOverview, points: Checklist, system: LibrarySystem
) -> bool:
    """Return whether a checklist point can be ticked now.

    A signature freezes the checklist, except that staff can still restore a lifted block (see
    `procedure.reconciliation.checklist`).
    """
    if point == BLOCK_BACK:
        return points.to_put_back is not None
    if overview.signed or not overview.rows or point not in points.points:
        return False
    trial_sent = any(file.export.trial and file.uploaded for file in overview.files)
    facts = {
        DESK_CHOSEN: bool(overview.files),
        FILE_PER_DESK: bool(overview.files) and not overview.to_write,
        TRIAL_SEEN: overview.is_trial_read or (system.read_report is None and trial_sent),
    }
    return facts.get(point, True)
