"""Official announcements over time: incidents and planned work."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from procedure.journal import Recorded
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.service_states import Service, announced_keys
from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWithdrawn,
    current_work,
)
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

KINDS = ("reading", "official", "window", "window_withdrawn")
MAX_DELAY = timedelta(hours=1)  # how long after an outage an announcement may still refer to it
MAX_EARLY_START = timedelta(minutes=15)  # how early planned work may begin
STAFF_READING_HOLDS = timedelta(hours=12)  # how long a reading by staff applies to new outages
MAX_BACKDATING = timedelta(days=1)  # how far a page's own time may precede the reading


PageWord = PageStatusReadByStaff | PageStatusChanged
_AT = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Announcement:
    """The span of an announced incident or, if `planned`, of announced work (aware UTC).

    `page` is the status page, or the target for which staff entered the work. `end` is None while
    the announcement is in force. `by_person` is true if staff read the page or entered the work.
    `known_since` is when staff entered the work, or None for a page's announcement, which is known
    from its start.
    """

    page: str
    start: datetime
    end: datetime | None
    planned: bool = False
    by_person: bool = False
    known_since: datetime | None = None

    @property
    def relevant_until(self) -> datetime | None:
        """The time until which the announcement may concern an outage.

        It is None while the announcement is in force, unless staff read the page: then it is
        `STAFF_READING_HOLDS` after the start.
        """
        return self.start + STAFF_READING_HOLDS if self.end is None and self.by_person else self.end

    def may_concern(self, outage: Downtime) -> bool:
        """Return whether the announcement overlaps an outage, or began shortly after it."""
        begun = outage.end is None or self.start < outage.end + MAX_DELAY
        return begun and (self.relevant_until is None or self.relevant_until > outage.start)

    def explains(self, outage: Downtime) -> bool:
        """Return whether an outage began during the planned work, or shortly before it."""
        over = self.relevant_until is not None and self.relevant_until <= outage.start
        return self.planned and self.start - MAX_EARLY_START <= outage.start and not over


class AnnouncementLog:
    """The history of planned work and of the status pages' reports, built from the journal."""

    KINDS = tuple(
        kind.KIND
        for kind in (
            PageStatusReadByStaff,
            PageStatusChanged,
            MaintenancePlanned,
            MaintenanceWithdrawn,
        )
    )

    def __init__(self) -> None:
        self._words: list[PageWord] = []  # in chronological order
        self._planned_work: list[MaintenancePlanned | MaintenanceWithdrawn] = []

    def extend(self, recorded: Iterable[Recorded]) -> None:
        for record in recorded:
            if isinstance(record.entry, PageStatusReadByStaff | PageStatusChanged):
                insort(self._words, record.entry, key=_AT)
            elif isinstance(record.entry, MaintenancePlanned | MaintenanceWithdrawn):
                self._planned_work.append(record.entry)

    def announcements(self) -> tuple[Announcement, ...]:
        announced = [*_from_pages(self._words), *map(_from_work, current_work(self._planned_work))]
        return tuple(sorted(announced, key=attrgetter("start", "page")))

    def read_between(self, start: datetime, end: datetime) -> tuple[PageWord, ...]:
        """Return the readings of status pages between two times, oldest first."""
        first, last = (
            bisect_left(self._words, start, key=_AT),
            bisect_right(self._words, end, key=_AT),
        )
        return tuple(self._words[first:last])


def add_announcements(
    outages: Iterable[Downtime], announced: Sequence[Announcement], services: Sequence[Service]
) -> list[Downtime]:
    """Return the outages, with official times added if the status pages cover the target.

    An incident's times take precedence over the times of planned work, because work that overruns
    becomes an incident.
    """
    announceable = announced_keys(services)
    return [
        _joined(outage, announced) if outage.target in announceable else outage
        for outage in outages
    ]


def without_planned_work(
    states: Iterable[StatusInterval], announced: Sequence[Announcement]
) -> list[StatusInterval]:
    """Return the states outside announced work, to compute the availability without it."""
    work = [(item.start, item.end) for item in announced if item.planned]
    remaining = list(states)
    for start, end in work:
        remaining = [part for item in remaining for part in _parts_outside(item, start, end)]
    return remaining


def _joined(outage: Downtime, announced: Sequence[Announcement]) -> Downtime:
    concerning = [announcement for announcement in announced if announcement.may_concern(outage)]
    explaining = [announcement for announcement in concerning if announcement.explains(outage)]
    incidents = [announcement for announcement in concerning if not announcement.planned]
    relevant = incidents or explaining
    if not relevant:
        return outage
    ends = [announcement.end for announcement in relevant]
    first = min(relevant, key=attrgetter("start"))
    return replace(
        outage,
        official_start=first.start,
        official_end=max((end for end in ends if end), default=None) if all(ends) else None,
        planned=bool(explaining),
        incident=bool(incidents),
        official_page=first.page,
    )


def _parts_outside(
    state: StatusInterval, start: datetime, end: datetime | None
) -> Iterable[StatusInterval]:
    if state.start < start:
        yield replace(state, end=min(state.end, start))
    if end is not None and state.end > end:
        yield replace(state, start=max(state.start, end))


def _from_pages(words: Iterable[PageWord]) -> list[Announcement]:
    """Return the spans in which a status page reported an incident or planned work.

    `words` are readings in chronological order.
    """
    ended: list[Announcement] = []
    current: dict[str, Announcement] = {}
    for change in words:
        if change.word is PageStatus.UNKNOWN:
            continue
        announcement = current.get(change.target)
        planned = change.word is PageStatus.PLANNED
        reported = change.word in {PageStatus.INCIDENT, PageStatus.PLANNED}
        if announcement and reported and announcement.planned is planned:
            continue
        if announcement:
            ended.append(replace(announcement, end=max(announced_at(change), announcement.start)))
            del current[change.target]
        if reported:
            by_person = isinstance(change, PageStatusReadByStaff)
            current[change.target] = Announcement(
                change.target, announced_at(change), None, planned, by_person=by_person
            )
    return [*ended, *current.values()]


def announced_at(change: PageWord) -> datetime:
    """Return the page's own time for a change if plausible, otherwise the time of the reading."""
    stated = change.changed_at if isinstance(change, PageStatusChanged) else None
    plausible = stated is not None and change.at - MAX_BACKDATING <= stated <= change.at
    return stated if stated is not None and plausible else change.at


def _from_work(work: MaintenancePlanned) -> Announcement:
    return Announcement(
        work.target,
        work.start,
        work.end,
        planned=True,
        by_person=True,
        known_since=work.at,
    )
