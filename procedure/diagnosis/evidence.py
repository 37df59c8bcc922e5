"""What is known at one instant, from every vantage and page, before anything is concluded.

Only fresh things are in here: whatever has expired is missing, and a missing thing speaks for
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from procedure.diagnosis.staff_reports import StaffReport
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.monitoring.neighbours import NeighbourBoard
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.readings import Reading, current_status
from procedure.status_pages.status import PageStatus

ANSWERS = frozenset({Status.UP, Status.SLOW})


@dataclass(frozen=True, slots=True)
class VantageView:
    """What one vantage sees: the fresh verdict by target, and what a person there reported.

    `works` is the report: True for *Alma works here*, False for *Alma does not work here*, None
    while nobody there has said anything, or not lately.
    """

    vantage: Vantage
    verdicts: Mapping[str, Status] = field(default_factory=dict[str, Status])
    works: bool | None = None

    def reaches(self, targets: Iterable[str]) -> bool | None:
        """Tell whether any of the targets answers; None when not one of them is known."""
        known = [self.verdicts[key] for key in targets if self.knows(key)]
        return any(verdict in ANSWERS for verdict in known) if known else None

    def knows(self, target: str) -> bool:
        """Tell whether the target's verdict is known here."""
        return self.verdicts.get(target, Status.UNKNOWN) is not Status.UNKNOWN


@dataclass(frozen=True, slots=True)
class Roles:
    """What the targets are to the diagnosis, by key.

    `alma` are the ways into Alma, the first the usual one; `outside` is the site outside the
    university; `campus` are the university's own; `pages` announce outages; `logins` are those
    of the campus that need the same login as Alma.
    """

    alma: tuple[str, ...]
    outside: tuple[str, ...]
    campus: tuple[str, ...]
    pages: tuple[str, ...]
    logins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every fresh thing known at an instant, as asked from one vantage.

    `asker` is the key of that vantage. `words` holds the fresh word by page. `planned` tells
    whether announced work on Alma is on. `neighbours` is what other libraries see of their own
    Alma on the same platform; they are no vantage of ours and count among none of them.
    `cut_off` tells that the server itself reached nobody at all. `errors` are the targets that
    answer the server with an HTTP error: a browser cannot read one.
    """

    asker: str
    roles: Roles
    sights: Mapping[str, VantageView]
    words: Mapping[str, PageStatus] = field(default_factory=dict[str, PageStatus])
    planned: bool = False
    neighbours: tuple[VantageView, ...] = ()
    cut_off: bool = False
    errors: frozenset[str] = frozenset()

    @property
    def server(self) -> VantageView:
        """What the server sees."""
        return self.sights.get(SERVER.key, VantageView(SERVER))

    @property
    def here(self) -> VantageView:
        """What the asker sees."""
        return self.sights.get(self.asker, VantageView(Vantage(self.asker)))

    @property
    def workstations(self) -> tuple[VantageView, ...]:
        """What every workstation sees, the server left out."""
        return tuple(one for key, one in self.sights.items() if key != SERVER.key)

    def alma_at(self, sight: VantageView) -> bool | None:
        """Tell whether Alma works at a vantage: a person's report, else whether it answers there.

        A login page can answer while Alma is dead, so the report weighs more.
        """
        return sight.works if sight.works is not None else sight.reaches(self.roles.alma)

    def reports_outweigh(self, sights: Iterable[VantageView]) -> bool:
        """Tell whether people at two sites say that Alma fails, and nobody says that it works.

        What merely answers at the others is then no objection: only the login page may answer.
        """
        told = [(one.vantage.site, one.works) for one in sights if one.works is not None]
        return all(not works for _, works in told) and len({site for site, _ in told}) >= 2


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
    return tuple(one for one in (*windows, *known.windows) if not one.has_ended(now))


def _work_is_on(known: AvailableEvidence, now: datetime) -> bool:
    """Tell whether a window is on, or a page says *work* without saying when."""
    if any(window.covers(now) for window in announced(known, now)):
        return True
    counting = [current_status(readings, now).counts for readings in known.readings.values()]
    return any(
        one.status is PageStatus.PLANNED and not any(window.start for window in one.windows)
        for one in counting
        if one is not None
    )


def _words(known: AvailableEvidence, now: datetime) -> Iterable[tuple[str, PageStatus]]:
    for target, readings in known.readings.items():
        counts = current_status(readings, now).counts
        if counts is not None and counts.status is not PageStatus.UNKNOWN:
            yield target, counts.status


def _sight(known: AvailableEvidence, vantage: Vantage) -> VantageView:
    verdicts = {
        target: verdict
        for (target, whence), verdict in known.verdicts.items()
        if whence == vantage.key
    }
    report = known.reports.get(vantage.key)
    return VantageView(vantage, verdicts, None if report is None else report.works)
