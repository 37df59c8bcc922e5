"""The evidence for a diagnosis, from all vantages and status pages.

Expired facts are left out. Missing facts must never count as evidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from procedure.diagnosis.staff_reports import StaffReport
from procedure.monitoring.model import SERVER, FailureCause, Meaning, Status, Target, Vantage
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.reading_validity import Reading, current_status
from procedure.status_pages.status import PageStatus

ANSWERS = frozenset({Status.UP, Status.SLOW})
# Failures in which the address answers but nobody can get in: an error page or a redirect loop.
HTTP_ERRORS = frozenset({FailureCause.STATUS, FailureCause.REDIRECT})


@dataclass(frozen=True, slots=True)
class VantageView:
    """The current facts at a vantage: the status of each target, and a report by staff.

    `works` is True for *Alma works here*, False for *Alma does not work here*, and None if there is
    no current report.
    """

    vantage: Vantage
    statuses: Mapping[str, Status] = field(default_factory=dict[str, Status])
    works: bool | None = None

    def reaches(self, targets: Iterable[str]) -> bool | None:
        """Return whether any of the targets answers, or None if unknown."""
        known = [self.statuses[key] for key in targets if self.knows(key)]
        return any(status in ANSWERS for status in known) if known else None

    def knows(self, target: str) -> bool:
        return self.statuses.get(target, Status.UNKNOWN) is not Status.UNKNOWN


@dataclass(frozen=True, slots=True)
class Roles:
    """The keys of the targets, by their role in the diagnosis.

    - `usual`: the usual way into the library system.
    - `others`: the other ways into the library system.
    - `system`: the system itself, without a login.
    - `outside`: a reference outside the university.
    - `campus`: the university's own websites.
    - `pages`: status pages.
    - `logins`: the identity provider, and websites with the same login as the system.
    """

    usual: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    campus: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()

    @property
    def ways_in(self) -> tuple[str, ...]:
        """All ways into the library system, the usual one first."""
        return self.usual + self.others


def roles_of(targets: Iterable[Target]) -> Roles:
    """Return the roles of targets, from their meanings in the handbook."""
    known = tuple(targets)
    meaning = {
        meaning: tuple(target.key for target in known if meaning in target.means)
        for meaning in Meaning
    }
    return Roles(
        usual=meaning[Meaning.WAY_IN],
        others=meaning[Meaning.OTHER_WAY_IN],
        system=meaning[Meaning.SYSTEM],
        outside=meaning[Meaning.OUTSIDE],
        campus=meaning[Meaning.CAMPUS],
        pages=meaning[Meaning.STATUS_PAGE],
        logins=meaning[Meaning.LOGIN],
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """The current facts for a diagnosis at the vantage with the key `asker`.

    - `words`: the current status reported by each status page, if known.
    - `planned`: whether planned work on Alma is under way.
    - `cut_off`: whether the server itself is cut off from the network.
    - `errors`: the targets that answer the server with one of `HTTP_ERRORS`, which browsers cannot
      detect.
    """

    asker: str
    roles: Roles
    views: Mapping[str, VantageView]
    words: Mapping[str, PageStatus] = field(default_factory=dict[str, PageStatus])
    planned: bool = False
    cut_off: bool = False
    errors: frozenset[str] = frozenset()

    @property
    def server(self) -> VantageView:
        return self.views.get(SERVER.key, VantageView(SERVER))

    @property
    def asker_view(self) -> VantageView:
        return self.views.get(self.asker, VantageView(Vantage(self.asker)))

    @property
    def workstations(self) -> tuple[VantageView, ...]:
        """The views of all workstations."""
        return tuple(view for key, view in self.views.items() if key != SERVER.key)

    @property
    def on_our_network(self) -> tuple[VantageView, ...]:
        """The workstations on the library's network.

        If the server and most workstations cannot reach the outside, the workstations that can
        reach it are left out. They are assumed to be on another network, such as a mobile network.
        """
        outside = {view.vantage.key: view.reaches(self.roles.outside) for view in self.workstations}
        known = list(outside.values())
        if self.server.reaches(self.roles.outside) is not False:
            return self.workstations
        if known.count(False) <= known.count(True):
            return self.workstations
        return tuple(view for view in self.workstations if not outside[view.vantage.key])

    def alma_works_at(self, view: VantageView) -> bool | None:
        """Return whether Alma works at a vantage, according to a staff report or else to probes.

        A report takes precedence, because the login page may answer while Alma is down. The result
        is None if nothing is known, or if only another way in answers.
        """
        if view.works is not None:
            return view.works
        if view.reaches(self.roles.usual):
            return True
        return False if view.reaches(self.roles.ways_in) is False else None

    def reports_outweigh(self, sights: Iterable[VantageView]) -> bool:
        """Return whether two or more sites report that Alma fails, and none reports that it works.

        Successful probes are then ignored, because they may have reached only the login page.
        """
        reports = [(view.vantage.site, view.works) for view in sights if view.works is not None]
        return all(not works for _, works in reports) and len({site for site, _ in reports}) >= 2


@dataclass(frozen=True, slots=True)
class AvailableEvidence:
    """All available facts, current or not.

    - `statuses`: the status of each (target, vantage); stale statuses are already `UNKNOWN`.
    - `readings`: all readings of each status page, from feeds and from staff.
    - `planned_work`: planned work entered by hand.
    - `cut_off`: whether the server itself is cut off from the network.
    - `errors`: the targets that answer the server with one of `HTTP_ERRORS`.
    """

    vantages: Mapping[str, Vantage] = field(default_factory=dict[str, Vantage])
    statuses: Mapping[tuple[str, str], Status] = field(
        default_factory=dict[tuple[str, str], Status]
    )
    readings: Mapping[str, tuple[Reading, ...]] = field(
        default_factory=dict[str, tuple[Reading, ...]]
    )
    reports: Mapping[str, StaffReport] = field(default_factory=dict[str, StaffReport])
    planned_work: tuple[PlannedWork, ...] = ()
    cut_off: bool = False
    errors: frozenset[str] = frozenset()


def collect_evidence(
    known: AvailableEvidence, roles: Roles, *, asker: str, now: datetime
) -> Evidence:
    """Return the evidence for a vantage at an instant."""
    vantages = {SERVER.key: SERVER, **known.vantages}
    for key, report in known.reports.items():
        vantages.setdefault(key, Vantage(key, report.site, report.vdi))
    return Evidence(
        asker=asker,
        roles=roles,
        views={key: _view(known, vantage) for key, vantage in vantages.items()},
        words=dict(_page_statuses(known, now)),
        planned=_work_is_on(known, now),
        cut_off=known.cut_off,
        errors=known.errors,
    )


def announced_work(known: AvailableEvidence, now: datetime) -> tuple[PlannedWork, ...]:
    """Return the planned work that has not ended, from status pages and from staff."""
    read = [current_status(readings, now) for readings in known.readings.values()]
    # A line to be read hides a page's status, but not the work that its labels announce.
    newest = [
        status.feed if status.feed and status.feed.planned_work else status.last_known
        for status in read
    ]
    announced = [work for item in newest if item is not None for work in item.planned_work]
    return tuple(item for item in (*announced, *known.planned_work) if not item.has_ended(now))


def _work_is_on(known: AvailableEvidence, now: datetime) -> bool:
    """Return whether planned work is under way; work without a time counts as under way."""
    if any(work.covers(now) for work in announced_work(known, now)):
        return True
    counting = [current_status(readings, now).counts for readings in known.readings.values()]
    return any(
        reading.status is PageStatus.PLANNED
        and not any(work.start for work in reading.planned_work)
        for reading in counting
        if reading is not None
    )


def _page_statuses(known: AvailableEvidence, now: datetime) -> Iterable[tuple[str, PageStatus]]:
    for target, readings in known.readings.items():
        counts = current_status(readings, now).counts
        if counts is not None and counts.status is not PageStatus.UNKNOWN:
            yield target, counts.status


def _view(known: AvailableEvidence, vantage: Vantage) -> VantageView:
    statuses = {
        target: status
        for (target, at_vantage), status in known.statuses.items()
        if at_vantage == vantage.key
    }
    report = known.reports.get(vantage.key)
    return VantageView(vantage, statuses, None if report is None else report.works)
