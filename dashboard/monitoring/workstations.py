"""The readings of the workstations, compared with the status pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.state import State, keep_failure, needs
from dashboard.monitoring.cell import SiteSummary, site_summaries, sites_of
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from procedure.diagnosis.disagreement import Disagreement, official_against_observed
from procedure.diagnosis.evidence import Evidence
from procedure.diagnosis.staff_reports import StaffReport
from procedure.monitoring.model import Status
from procedure.monitoring.probe_findings import browser_cannot_tell

# The minimum time between counts: with sixty workstations, an outcome arrives every second.
SPARING = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Quorum:
    """The number of workstations that reach Alma, out of those with a result (`of`).

    `sites` is the number of sites that have a workstation with a result.
    """

    reach: int = 0
    of: int = 0
    sites: int = 0


class Workstations(State):
    """The workstations' columns in the grid, and the reports from staff."""

    grid = needs(ProbeGrid)
    diagnosis = needs(DiagnosisState)
    sites = param.ClassSelector(
        class_=dict, default=dict[str, int](), doc="The number of workstations at each site."
    )
    summaries = param.ClassSelector(
        class_=dict,
        default=dict[str, tuple[SiteSummary, ...]](),
        doc="The summaries for each site and, last, for all workstations, keyed by target.",
    )
    quorum = param.ClassSelector(
        default=Quorum(), class_=Quorum, doc="The number of workstations that reach Alma."
    )
    disagreement = param.ClassSelector(
        class_=Disagreement, doc="The disagreement between status pages and readings, or None."
    )
    reports = param.ClassSelector(
        class_=tuple,
        default=tuple[StaffReport, ...](),
        doc="The current `StaffReport`s, newest first.",
    )
    listed = param.Boolean(default=False, doc="Whether every workstation is listed.")

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._counted: datetime | None = None
        self._behind = False
        self._count()

    @property
    def updates(self) -> ChangeCounters:
        return self.grid.updates

    @property
    def context(self) -> AppContext:
        return self.diagnosis.context

    def list_all(self) -> None:
        self.listed = not self.listed

    def summary(self, key: str) -> SiteSummary | None:
        return next(
            (cell for row in self.summaries.values() for cell in row if cell.key == key), None
        )

    def answers_everywhere(self, target: str) -> bool:
        """Return whether the server and each site reach a target.

        A slow, stale, unknown, unconfirmed or flapping status is not enough.
        """
        cell = self.grid.cell(target)
        cells = (cell, *self.summaries.get(target, ())[:-1])
        steady = not (cell.doubtful or cell.flapping)
        return steady and all(cell.status is Status.UP for cell in cells)

    def _blunt(self, target: str) -> bool:
        cell = self.grid.cell(target)
        return browser_cannot_tell(cell.status, cell.cause)

    @param.depends(
        "grid.cells",
        "grid.updates.pages",
        "grid.updates.workstations",
        "grid.updates.reports",
        watch=True,
    )
    def _count_sparingly(self) -> None:
        """Count again, unless the last count was less than `SPARING` ago."""
        now = self.context.clock.now()
        self._behind = self._counted is not None and now - self._counted < SPARING
        if not self._behind:
            self._count()

    @param.depends("grid.updates.now", watch=True)
    def _catch_up(self) -> None:
        if self._behind:
            self._count_sparingly()

    @param.depends(
        "diagnosis.result", "diagnosis.page_statuses", "grid.updates.quarter_minute", watch=True
    )
    @keep_failure
    def _count(self) -> None:
        context, now = self.context, self.context.clock.now()
        self._counted, self._behind = now, False
        # The count does not depend on the workstation that asks for it. Leaving `asker` empty lets
        # all pages share the count.
        evidence = replace(self.diagnosis.evidence, asker="")
        reports = tuple(context.folds.staff_reports.reports(now).values())
        arrived = (context.watches.workstations.version, context.watches.pages.rounds)
        inputs = (self.grid.cells, evidence, reports, self.diagnosis.holds, *arrived)
        self.set(**context.computed_once("counts", self._counts, *inputs))

    @param.depends("grid.updates.handbook", watch=True)
    def _apply_handbook(self) -> None:
        self._count()

    def _counts(self) -> dict[str, Any]:
        context, diagnosis, now = self.context, self.diagnosis, self.context.clock.now()
        targets, registry = context.handbook.current.targets, context.watches.workstations
        reports = context.folds.staff_reports.reports(now).values()
        return {
            "sites": sites_of(registry.vantages.values()),
            "summaries": {
                key: site_summaries(target, registry, now - diagnosis.holds, blunt=self._blunt(key))
                for key, target in targets.items()
            },
            "quorum": quorum(diagnosis.evidence),
            "disagreement": official_against_observed(
                [reading for readings in diagnosis.readings().values() for reading in readings],
                observed(diagnosis.evidence),
                now,
            ),
            "reports": tuple(sorted(reports, key=attrgetter("at"), reverse=True)),
        }


def quorum(evidence: Evidence) -> Quorum:
    """Count the workstations at which Alma works, out of those that know its status."""
    views = [(view.vantage.site, evidence.alma_works_at(view)) for view in evidence.workstations]
    known = [(site, works) for site, works in views if works is not None]
    sites = {site for site, _ in known if site}
    return Quorum(sum(works for _, works in known), len(known), len(sites))


def observed(evidence: Evidence) -> Iterable[Status]:
    """Yield Alma's status at each vantage that knows it, including the server."""
    for view in evidence.views.values():
        works = evidence.alma_works_at(view)
        if works is not None:
            yield Status.UP if works else Status.DOWN
