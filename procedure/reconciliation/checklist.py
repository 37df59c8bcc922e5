"""The steps of the reconciliation, and the checklist of what a person has to see to in Alma.

Alma's known trouble behind the first point and the last: while the block "item is currently on
loan by another patron" is handled automatically, an upload may make the loans inconsistent. So it
is taken off before, and put back afterwards (Ex Libris Knowledge Center, Offline Circulation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from procedure.journal import Recorded
from procedure.reconciliation.forecast import unasked
from procedure.reconciliation.journal_entries import ChecklistTicked, SignedOff

if TYPE_CHECKING:
    from procedure.reconciliation.overview import ReconciliationOverview
    from procedure.reconciliation.systems.library_system import LibrarySystem

# In the order in which they are done; the last one undoes the first.
BLOCK_OFF, BLOCK_BACK = "block_off", "block_back"
CARTS_CLOSED, DESK_CHOSEN, FILE_PER_DESK = "carts_closed", "desk_chosen", "file_per_desk"
TRIAL_SEEN = "trial_seen"
BEFORE = (BLOCK_OFF, CARTS_CLOSED, DESK_CHOSEN, FILE_PER_DESK)
_BLOCK = (BLOCK_OFF, BLOCK_BACK)
POINTS = (*BEFORE, TRIAL_SEEN, BLOCK_BACK)


@dataclass(slots=True)
class Checklist:
    """The newest tick of each point since the last signature; `extend` adds new entries.

    `signed` are the ticks that the last signature has frozen, `points` those that apply to the
    library's system.
    """

    KINDS: ClassVar[tuple[str, ...]] = (ChecklistTicked.KIND, SignedOff.KIND)
    ticks: dict[str, ChecklistTicked] = field(default_factory=dict[str, ChecklistTicked])
    signed: dict[str, ChecklistTicked] = field(default_factory=dict[str, ChecklistTicked])
    points: tuple[str, ...] = POINTS

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; entries of other kinds are passed over."""
        for record in recorded:
            if isinstance(record.entry, ChecklistTicked):
                self.ticks[record.entry.point] = record.entry
            elif isinstance(record.entry, SignedOff):
                # The next outage begins anew, but a block that is off is off.
                self.signed = self.ticks
                self.ticks = (
                    {point: tick for point, tick in self.ticks.items() if point in _BLOCK}
                    if self.to_put_back
                    else {}
                )

    def tick(self, point: str) -> ChecklistTicked | None:
        """Return who did a point and when, None while it is open.

        The block that was put back before it was taken off again is open again.
        """
        last = self.ticks.get(point)
        if last is None or not last.done:
            return None
        off = self.ticks.get(BLOCK_OFF)
        stale = point == BLOCK_BACK and off is not None and off.at > last.at
        return None if stale else last

    def as_signed(self) -> Checklist:
        """Return the list as it was signed, with what was said of the block since."""
        return Checklist(self.signed | self.ticks, points=self.points)

    @property
    def open_before(self) -> tuple[str, ...]:
        """The points that are to be done before the first upload, and are not."""
        before = (point for point in BEFORE if point in self.points)
        return tuple(point for point in before if self.tick(point) is None)

    @property
    def to_put_back(self) -> datetime | None:
        """Since when the block is off and waits to be put back; None when it is not."""
        off = self.tick(BLOCK_OFF)
        return None if off is None or self.tick(BLOCK_BACK) is not None else off.at

    @property
    def since(self) -> datetime | None:
        """When the newest point was ticked; None before the first."""
        return max((tick.at for tick in self.ticks.values()), default=None)


def checklist_for(
    recorded: Iterable[Recorded], signed: SignedOff | None, points: tuple[str, ...] = POINTS
) -> Checklist:
    """Return the list as a signature froze it, with the block put back since; as now without one.

    What was ticked for a later outage is left out.
    """
    entries = list(recorded)
    if signed is None:
        checklist = Checklist(points=points)
        checklist.extend(entries)
        return checklist
    place = next(n for n, record in enumerate(entries) if record.entry == signed)
    checklist = Checklist(points=points)
    checklist.extend(entries[: place + 1])
    later = [record.entry for record in entries[place + 1 :]]
    back = [one for one in later if isinstance(one, ChecklistTicked) and one.point == BLOCK_BACK]
    return Checklist(checklist.signed | {one.point: one for one in back}, points=points)


class Mark(StrEnum):
    """How far a step is: nothing to do yet, to be done, done, or with something left to settle."""

    LATER = "later"
    NOW = "now"
    DONE = "done"
    LEFT = "left"


STEPS = ("import", "check", "preflight", "send", "proof", "carts", "sign")


def steps_of(system: LibrarySystem) -> tuple[str, ...]:
    """Return the steps that a system has: without an API nothing is asked before the upload."""
    missing = {"preflight": not system.has_api, "send": not system.has_file}
    return tuple(step for step in STEPS if not missing.get(step, False))


def marks(now: ReconciliationOverview, points: Checklist, system: LibrarySystem) -> dict[str, Mark]:
    """Return how far each step of the system is, in the order of `STEPS`."""
    steps = steps_of(system)
    if now.signed:
        left = {"carts": Mark.NOW} if now.carts else {}
        if points.to_put_back is not None or now.pending:
            left["sign"] = Mark.LEFT
        return dict.fromkeys(steps, Mark.DONE) | left
    if not now.rows:
        return dict.fromkeys(steps, Mark.LATER) | {"import": Mark.NOW}
    every = _marks(now, points, system)
    return {step: every[step] for step in steps}


def _marks(
    now: ReconciliationOverview, points: Checklist, system: LibrarySystem
) -> dict[str, Mark]:
    waits = bool(now.left) or any(not cart.safe for cart in now.carts)
    return {
        "import": Mark.DONE,
        "check": Mark.NOW if now.to_check else Mark.DONE,
        "preflight": Mark.NOW if unasked(now.forecast) else Mark.DONE,
        "send": _send(now, points),
        "proof": _proof(now, system),
        "carts": Mark.LATER if waits else Mark.NOW if now.carts else Mark.DONE,
        "sign": Mark.LATER if waits or now.pending else Mark.NOW,
    }


def _send(now: ReconciliationOverview, points: Checklist) -> Mark:
    if now.waiting or any(not file.uploaded for file in now.files):
        return Mark.NOW
    return Mark.LEFT if now.files and points.open_before else Mark.DONE


def _proof(now: ReconciliationOverview, system: LibrarySystem) -> Mark:
    if now.to_prove or (not system.has_file and now.counts.on_the_way):
        return Mark.NOW
    if now.counts.to_settle:
        return Mark.LEFT
    return Mark.DONE if now.sent else Mark.LATER


def next_step(marks: Mapping[str, Mark], *, asks: bool) -> str:
    """Return the step at which something is to be done; the signature when nothing is left.

    Without a key to ask Alma with (`asks`), nobody waits for the pre-flight.
    """
    last = ("carts", "sign") if asks else ("preflight", "carts", "sign")
    open_steps = [step for step in marks if step not in last and marks[step] is Mark.NOW]
    left = ["proof"] if marks["proof"] is Mark.LEFT else []
    carts = ["carts"] if marks["carts"] is Mark.NOW else []
    return next(iter([*open_steps, *left, *carts]), "sign")


def can_tick(
    point: str, now: ReconciliationOverview, points: Checklist, system: LibrarySystem
) -> bool:
    """Return whether what a point of the checklist says can be true by now.

    A signature freezes the list; a block that is off can still be put back.
    """
    if point == BLOCK_BACK:
        return points.to_put_back is not None
    if now.signed or not now.rows or point not in points.points:
        return False
    trial_sent = any(file.export.trial and file.uploaded for file in now.files)
    facts = {
        DESK_CHOSEN: bool(now.files),
        FILE_PER_DESK: bool(now.files) and not now.waiting,
        TRIAL_SEEN: now.is_trial_read or (system.read_report is None and trial_sent),
    }
    return facts.get(point, True)
