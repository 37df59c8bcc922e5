"""The checklist of what a person has to see to in Alma.

Alma's known trouble behind the first point and the last: while the block "item is currently on
loan by another patron" is handled automatically, an upload may make the loans inconsistent. So it
is taken off before, and put back afterwards (Ex Libris Knowledge Center, Offline Circulation).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from procedure.journal import Recorded
from procedure.reconciliation.journal_entries import ChecklistTicked, SignedOff

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

    def as_signed(self) -> "Checklist":
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
    back = [
        entry for entry in later if isinstance(entry, ChecklistTicked) and entry.point == BLOCK_BACK
    ]
    return Checklist(checklist.signed | {ticked.point: ticked for ticked in back}, points=points)
