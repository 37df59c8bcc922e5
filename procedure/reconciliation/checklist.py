"""The checklist of the steps that staff must take in Alma.

While Alma handles the block "item is currently on loan by another patron" automatically, an upload
may leave loans inconsistent. Staff therefore switch this handling off before the upload (they
*lift* the block) and on again afterwards (they *restore* it). Source: Ex Libris Knowledge Center,
Offline Circulation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from procedure.journal import Recorded
from procedure.reconciliation.journal_entries import ChecklistTicked, SignedOff

# The points of the checklist; `BLOCK_BACK` undoes `BLOCK_OFF`. `POINTS` lists them in order.
BLOCK_OFF, BLOCK_BACK = "block_off", "block_back"
CARTS_CLOSED, DESK_CHOSEN, FILE_PER_DESK = "carts_closed", "desk_chosen", "file_per_desk"
TRIAL_SEEN = "trial_seen"
BEFORE = (BLOCK_OFF, CARTS_CLOSED, DESK_CHOSEN, FILE_PER_DESK)
_BLOCK = (BLOCK_OFF, BLOCK_BACK)
POINTS = (*BEFORE, TRIAL_SEEN, BLOCK_BACK)


@dataclass(slots=True)
class Checklist:
    """The newest tick for each point since the last signature.

    `signed` holds the ticks frozen by the last signature; `points` lists the points that apply to
    the library system.
    """

    KINDS: ClassVar[tuple[str, ...]] = (ChecklistTicked.KIND, SignedOff.KIND)
    ticks: dict[str, ChecklistTicked] = field(default_factory=dict[str, ChecklistTicked])
    signed: dict[str, ChecklistTicked] = field(default_factory=dict[str, ChecklistTicked])
    points: tuple[str, ...] = POINTS

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Add newly committed entries; ignore entries of other kinds."""
        for record in recorded:
            if isinstance(record.entry, ChecklistTicked):
                self.ticks[record.entry.point] = record.entry
            elif isinstance(record.entry, SignedOff):
                # The next outage starts with an empty checklist, but a lifted block stays lifted.
                self.signed = self.ticks
                self.ticks = (
                    {point: tick for point, tick in self.ticks.items() if point in _BLOCK}
                    if self.to_put_back
                    else {}
                )

    def tick(self, point: str) -> ChecklistTicked | None:
        """Return the tick for a point, or None while the point is open.

        If the block was lifted again after it was restored, `BLOCK_BACK` is open again.
        """
        last = self.ticks.get(point)
        if last is None or not last.done:
            return None
        off = self.ticks.get(BLOCK_OFF)
        stale = point == BLOCK_BACK and off is not None and off.at > last.at
        return None if stale else last

    def as_signed(self) -> "Checklist":
        """Return the signed checklist, updated with later ticks."""
        return Checklist(self.signed | self.ticks, points=self.points)

    @property
    def open_before(self) -> tuple[str, ...]:
        """The points that must be done before the first upload and are still open."""
        before = (point for point in BEFORE if point in self.points)
        return tuple(point for point in before if self.tick(point) is None)

    @property
    def to_put_back(self) -> datetime | None:
        """The time at which the block was lifted, or None if it is not lifted now."""
        off = self.tick(BLOCK_OFF)
        return None if off is None or self.tick(BLOCK_BACK) is not None else off.at

    @property
    def since(self) -> datetime | None:
        """The time of the newest tick, or None if there is none."""
        return max((tick.at for tick in self.ticks.values()), default=None)


def checklist_for(
    recorded: Iterable[Recorded], signed: SignedOff | None, points: tuple[str, ...] = POINTS
) -> Checklist:
    """Return the checklist as frozen by a signature, or the current one if `signed` is None.

    Of the ticks after the signature, only those for restoring the block are included.
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
