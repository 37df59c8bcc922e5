"""Gathering what is fresh now, from the watch, the pages and the people, into one `Evidence`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from procedure.diagnosis.evidence import Evidence, Roles, VantageView
from procedure.diagnosis.report_entry import StaffReport
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.monitoring.neighbours import NeighbourBoard
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.readings import Reading, current_status
from procedure.status_pages.status import PageStatus


@dataclass(frozen=True, slots=True)
class AvailableEvidence:
    """Everything at hand, fresh or not.

    `verdicts` are the judged verdicts by (target, vantage), already `unknown` where stale.
    `readings` are all readings by target, of feeds and of persons. `windows` is planned work
    entered by hand. `neighbours` is what other libraries' servers told last. `cut_off` tells that
    the server is found to be cut off. `errors` are the targets that answer it with an HTTP error.
    """

    vantages: Mapping[str, Vantage] = field(default_factory=dict[str, Vantage])
    verdicts: Mapping[tuple[str, str], Status] = field(
        default_factory=dict[tuple[str, str], Status]
    )
    readings: Mapping[str, tuple[Reading, ...]] = field(
        default_factory=dict[str, tuple[Reading, ...]]
    )
    reports: Mapping[str, StaffReport] = field(default_factory=dict[str, StaffReport])
    windows: tuple[MaintenanceWindow, ...] = ()
    neighbours: tuple[NeighbourBoard, ...] = ()
    cut_off: bool = False
    errors: frozenset[str] = frozenset()


def collect_evidence(
    known: AvailableEvidence, roles: Roles, *, asker: str, now: datetime
) -> Evidence:
    """Keep what is fresh, as asked from one vantage."""
    vantages = {SERVER.key: SERVER, **known.vantages}
    for key, report in known.reports.items():
        vantages.setdefault(key, Vantage(key, report.site, report.vdi))
    return Evidence(
        asker=asker,
        roles=roles,
        sights={key: _sight(known, vantage) for key, vantage in vantages.items()},
        words=dict(_words(known, now)),
        planned=_work_is_on(known, now),
        neighbours=tuple(
            VantageView(Vantage(one.neighbour), one.verdicts(now)) for one in known.neighbours
        ),
        cut_off=known.cut_off,
        errors=known.errors,
    )


def announced(known: AvailableEvidence, now: datetime) -> tuple[MaintenanceWindow, ...]:
    """Give every planned window that is not over: those of the newest reading, and by hand."""
    told = [current_status(readings, now).last_known for readings in known.readings.values()]
    windows = [window for one in told if one is not None for window in one.windows]
    return tuple(one for one in (*windows, *known.windows) if not one.over(now))


def _work_is_on(known: AvailableEvidence, now: datetime) -> bool:
    """Tell whether a window is on, or a page says *work* without saying when."""
    if any(window.covers(now) for window in announced(known, now)):
        return True
    counting = [current_status(readings, now).counts for readings in known.readings.values()]
    return any(
        one.word is PageStatus.PLANNED and not any(window.start for window in one.windows)
        for one in counting
        if one is not None
    )


def _words(known: AvailableEvidence, now: datetime) -> Iterable[tuple[str, PageStatus]]:
    for target, readings in known.readings.items():
        counts = current_status(readings, now).counts
        if counts is not None and counts.word is not PageStatus.UNKNOWN:
            yield target, counts.word


def _sight(known: AvailableEvidence, vantage: Vantage) -> VantageView:
    verdicts = {
        target: verdict
        for (target, whence), verdict in known.verdicts.items()
        if whence == vantage.key
    }
    report = known.reports.get(vantage.key)
    return VantageView(vantage, verdicts, None if report is None else report.works)
