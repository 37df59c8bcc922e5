"""Many eyes: what the workstations see beside the server, and the vendor's word against it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.neighbours import Beyond, NeighbourCell, neighbour_cells
from dashboard.monitoring.probe_grid import ProbeGrid
from dashboard.monitoring.site_summary import SiteSummary, site_summaries, sites_of
from procedure.diagnosis.disagreement import Disagreement, official_against_observed
from procedure.diagnosis.evidence import Evidence
from procedure.diagnosis.staff_reports import StaffReport
from procedure.monitoring.browser_probe import browser_cannot_tell
from procedure.monitoring.model import Status

SPARING = timedelta(seconds=3)  # sixty workstations tell something every second
PEOPLE_LOOK = timedelta(seconds=15)  # what has grown too old is noticed at least this often


@dataclass(frozen=True, slots=True)
class Quorum:
    """So many workstations reach Alma, by look or by report, of those that know; at some sites."""

    reach: int = 0
    of: int = 0
    sites: int = 0


class Workstations(param.Parameterized):
    """The columns of the grid beside the server's, and what people said about Alma here and there.

    It follows `insight`, which knows how long a look counts.
    """

    board: ProbeGrid = param.Parameter(precedence=-1)
    insight: DiagnosisState = param.Parameter(precedence=-1)
    sites: Mapping[str, int] = param.Parameter(default={}, doc="Workstations by site.")
    polls: Mapping[str, tuple[SiteSummary, ...]] = param.Parameter(
        default={}, doc="By target: a poll a site, the sum of them last."
    )
    quorum: Quorum = param.Parameter(default=Quorum())
    dispute: Disagreement | None = param.Parameter(default=None)
    beyond: Beyond = param.Parameter(default={}, doc="By target: what each neighbour sees of it.")
    reports: tuple[StaffReport, ...] = param.Parameter(default=(), doc="Fresh ones, newest first.")
    listed = param.Boolean(default=False, doc="Whether every workstation is listed.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._seen: tuple[object, ...] = ()
        self._looked: datetime | None = None
        self.insight.param.watch(self._told, ["diagnosis", "officials"])
        self.refresh()

    @property
    def context(self) -> AppContext:
        """What all pages share."""
        return self.insight.context

    def refresh(self) -> None:
        """Poll again if something arrived, or if something may have grown too old."""
        now, context = self.context.now(), self.context
        heard = (context.feeds.rounds, context.neighbours.rounds)
        seen = (context.sighted, context.spoken, *heard, self.board.rounds)
        since = PEOPLE_LOOK if self._looked is None else now - self._looked
        if since >= PEOPLE_LOOK or (seen != self._seen and since >= SPARING):
            self._seen = seen
            self._look(now)

    def list_all(self) -> None:
        """List every workstation, or put the list away."""
        self.listed = not self.listed

    def poll(self, key: str) -> SiteSummary | None:
        """Find a poll by its key; None when there is none."""
        return next((one for row in self.polls.values() for one in row if one.key == key), None)

    def beside(self, key: str) -> NeighbourCell | None:
        """Find a neighbour's cell by its key; None when there is none."""
        cells = (one for row in self.beyond.values() for one in row if one is not None)
        return next((one for one in cells if one.key == key), None)

    def _blunt(self, target: str) -> bool:
        cell = self.board.cell(target)
        return browser_cannot_tell(cell.verdict, cell.cause)

    def _told(self, *_: object) -> None:
        self._look(self.context.now())

    def _look(self, now: datetime) -> None:
        self._looked = now
        context, insight = self.context, self.insight
        targets = context.handbook.targets
        oldest = now - insight.holds
        told = {
            key: site_summaries(
                one, context.vantages, context.sightings, oldest, blunt=self._blunt(key)
            )
            for key, one in targets.items()
        }
        found = {
            "sites": sites_of(context.vantages.values()),
            "polls": told,
            "beyond": neighbour_cells(
                targets, context.handbook.neighbours, context.neighbours.latest, now
            ),
            "quorum": quorum(insight.evidence),
            "dispute": official_against_observed(
                [one for readings in insight.readings().values() for one in readings],
                observed(insight.evidence),
                now,
            ),
            "reports": tuple(
                sorted(context.voices.reports(now).values(), key=lambda one: one.at, reverse=True)
            ),
        }
        changed = {name: value for name, value in found.items() if getattr(self, name) != value}
        self.param.update(**changed)


def quorum(evidence: Evidence) -> Quorum:
    """Count the workstations at which Alma works, of those that know."""
    told = [(one, evidence.alma_at(one)) for one in evidence.workstations]
    known = [(one.vantage.site, works) for one, works in told if works is not None]
    sites = {site for site, _ in known if site}
    return Quorum(sum(works for _, works in known), len(known), len(sites))


def observed(evidence: Evidence) -> Iterable[Status]:
    """Give one verdict on Alma for each vantage that knows, the server's among them."""
    for one in evidence.sights.values():
        works = evidence.alma_at(one)
        if works is not None:
            yield Status.UP if works else Status.DOWN
