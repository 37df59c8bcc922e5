"""Official announcements of incidents and planned work, as shown in a dossier."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from procedure.journal import Entry, Recorded
from procedure.outages.announcements import announced_at
from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWithdrawn,
    current_work,
    person_source,
)
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus


@dataclass(frozen=True, slots=True)
class OfficialPeriod:
    """The period (UTC) of an incident on a status page or, if `planned`, of announced work.

    An incident's `begin` and `end` are the times at which Relais or staff read the page, not the
    vendor's; `end` is None until the page reports the end. `stated` is the page's own time for the
    start, if different. Work has its announced times. `source` identifies the first reader of the
    page, or the person who entered the work, in the format of `Reading.source`.
    """

    target: str
    begin: datetime
    end: datetime | None
    source: str
    planned: bool = False
    stated: datetime | None = None


def official_periods(
    recorded: Iterable[Recorded], since: datetime, until: datetime
) -> list[OfficialPeriod]:
    """Return each page's first incident and the planned work within a span, sorted by start."""
    entries = [record.entry for record in recorded]
    begun: dict[str, OfficialPeriod] = {}
    read = (
        entry for entry in entries if isinstance(entry, PageStatusReadByStaff | PageStatusChanged)
    )
    for entry in sorted(read, key=attrgetter("at")):
        standing = begun.get(entry.target)
        if not since <= entry.at < until:
            continue
        if entry.word is PageStatus.INCIDENT and standing is None:
            stated = announced_at(entry)
            begun[entry.target] = OfficialPeriod(
                entry.target,
                entry.at,
                None,
                _source(entry),
                stated=None if stated == entry.at else stated,
            )
        elif entry.word is PageStatus.OK and standing is not None and standing.end is None:
            begun[entry.target] = replace(standing, end=entry.at)
    periods = [*begun.values(), *_planned(entries, since, until)]
    return sorted(periods, key=attrgetter("begin", "target"))


def _planned(
    entries: Iterable[Entry], since: datetime, until: datetime
) -> Iterator[OfficialPeriod]:
    planned_work = current_work(
        entry for entry in entries if isinstance(entry, MaintenancePlanned | MaintenanceWithdrawn)
    )
    for work in planned_work:
        if work.start < until and work.end > since:
            by = person_source(work.workstation)
            yield OfficialPeriod(work.target, work.start, work.end, by, planned=True)


def _source(entry: PageStatusReadByStaff | PageStatusChanged) -> str:
    return (
        entry.source if isinstance(entry, PageStatusChanged) else person_source(entry.workstation)
    )
