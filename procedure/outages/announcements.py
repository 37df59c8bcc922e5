"""The official word over time, beside what was seen: when a page announced it, what was planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from procedure.journal import Recorded
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.services import Service, announced_keys
from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWithdrawn,
    current_windows,
)
from procedure.status_pages.readings import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

KINDS = ("reading", "official", "window", "window_withdrawn")
LATE = timedelta(hours=1)  # after its end an outage may still be announced
EARLY = timedelta(minutes=15)  # before its window planned work may begin
READ_ONCE = timedelta(hours=12)  # what a person read is no more news after that
TRUSTED = timedelta(days=1)  # a page's own time farther back than that is another incident's


@dataclass(frozen=True, slots=True)
class Announcement:
    """A stretch in which an incident was announced, or work `planned` (aware UTC).

    `page` is the status page, or the target on which a person entered the work. `end` is None
    while it stands; `reach` is until when it may be about an outage.
    """

    page: str
    start: datetime
    end: datetime | None
    planned: bool = False
    by_person: bool = False

    @property
    def reach(self) -> datetime | None:
        """Until when it may be about an outage, None for as long as it stands."""
        return self.start + READ_ONCE if self.end is None and self.by_person else self.end

    def about(self, outage: Downtime) -> bool:
        """Tell whether it may be about an outage: they meet, or it came a little after."""
        begun = outage.end is None or self.start < outage.end + LATE
        return begun and (self.reach is None or self.reach > outage.start)

    def excuses(self, outage: Downtime) -> bool:
        """Tell whether an outage began while the work was on, or a little before."""
        over = self.reach is not None and self.reach <= outage.start
        return self.planned and self.start - EARLY <= outage.start and not over


class AnnouncementLog:
    """A fold over the journal: every word of a page, every window."""

    def __init__(self) -> None:
        self._words: list[PageStatusReadByStaff | PageStatusChanged] = []
        self._windows: list[MaintenancePlanned | MaintenanceWithdrawn] = []

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Take what was committed, in order."""
        for one in recorded:
            if isinstance(one.entry, PageStatusReadByStaff | PageStatusChanged):
                self._words.append(one.entry)
            elif isinstance(one.entry, MaintenancePlanned | MaintenanceWithdrawn):
                self._windows.append(one.entry)

    def announced(self) -> tuple[Announcement, ...]:
        """Give what was announced, oldest first."""
        told = [*_spoken(self._words), *map(_entered, current_windows(self._windows))]
        return tuple(sorted(told, key=lambda one: (one.start, one.page)))


def add_announcements(
    outages: Iterable[Downtime], announced: Sequence[Announcement], services: Sequence[Service]
) -> list[Downtime]:
    """Fill in the official times, and whether it was planned, where the pages speak of the target.

    Incidents count before windows: work that runs over becomes an incident on the page.
    """
    announceable = announced_keys(services)
    return [_joined(one, announced) if one.target in announceable else one for one in outages]


def outside(
    states: Iterable[StatusInterval], announced: Sequence[Announcement]
) -> list[StatusInterval]:
    """Give the states without the time of announced work, for the availability without it."""
    work = [(one.start, one.end) for one in announced if one.planned]
    left = list(states)
    for start, end in work:
        left = [part for one in left for part in _around(one, start, end)]
    return left


def _joined(outage: Downtime, announced: Sequence[Announcement]) -> Downtime:
    near = [one for one in announced if one.about(outage)]
    excused = [one for one in near if one.excuses(outage)]
    counts = [one for one in near if not one.planned] or excused
    if not counts:
        return outage
    ends = [one.end for one in counts]
    return replace(
        outage,
        official_start=min(one.start for one in counts),
        official_end=max((end for end in ends if end), default=None) if all(ends) else None,
        planned=bool(excused),
    )


def _around(
    state: StatusInterval, start: datetime, end: datetime | None
) -> Iterable[StatusInterval]:
    if state.start < start:
        yield replace(state, end=min(state.end, start))
    if end is not None and state.end > end:
        yield replace(state, start=max(state.start, end))


def _spoken(words: Iterable[PageStatusReadByStaff | PageStatusChanged]) -> list[Announcement]:
    """Find the stretches of one word of each page: the next other word ends them."""
    found: list[Announcement] = []
    open_now: dict[str, Announcement] = {}
    known = (one for one in words if one.word is not PageStatus.UNKNOWN)
    for one in sorted(known, key=lambda one: one.at):
        begun = open_now.get(one.target)
        planned = one.word is PageStatus.PLANNED
        telling = one.word in {PageStatus.INCIDENT, PageStatus.PLANNED}
        if begun and telling and begun.planned is planned:
            continue
        if begun:
            found.append(replace(begun, end=max(_said_at(one), begun.start)))
            del open_now[one.target]
        if telling:
            by_person = isinstance(one, PageStatusReadByStaff)
            open_now[one.target] = Announcement(
                one.target, _said_at(one), None, planned, by_person=by_person
            )
    return [*found, *open_now.values()]


def _said_at(one: PageStatusReadByStaff | PageStatusChanged) -> datetime:
    """Give the page's own time of its word where it can be believed, else that of the reading."""
    own = one.changed_at if isinstance(one, PageStatusChanged) else None
    return own if own is not None and one.at - TRUSTED <= own <= one.at else one.at


def _entered(one: MaintenancePlanned) -> Announcement:
    return Announcement(one.target, one.start, one.end, planned=True)
