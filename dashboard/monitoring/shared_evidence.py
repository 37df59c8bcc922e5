"""The evidence for the diagnosis, collected once for all pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.core.context import AppContext
from dashboard.monitoring.cell import GridCell
from procedure.diagnosis.evidence import (
    ANSWERS,
    HTTP_ERRORS,
    AvailableEvidence,
    Evidence,
    Roles,
    announced_work,
    collect_evidence,
    roles_of,
)
from procedure.monitoring.model import SERVER, Status
from procedure.monitoring.probe_findings import browser_cannot_tell
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.reading_validity import CurrentStatus, Reading, current_status

QUIET = timedelta(minutes=10)
TROUBLE = timedelta(seconds=60)
TROUBLE_LASTS = timedelta(minutes=15)
ROUNDS_HOLD = 3


@dataclass(frozen=True, slots=True)
class SharedEvidence:
    """The evidence that all pages share, and the conclusions from it.

    `interval` is the time between a workstation's rounds.
    """

    evidence: Evidence
    page_statuses: Mapping[str, CurrentStatus]
    planned_work: tuple[PlannedWork, ...]
    interval: timedelta

    @property
    def alma(self) -> tuple[Status | None, ...]:
        """The server's status for each of Alma's addresses; None for those not tried."""
        statuses = self.evidence.server.statuses
        return tuple(statuses.get(key) for key in self.evidence.roles.ways_in)


class EvidenceCollector:
    """Collects the evidence, and remembers when trouble was last seen."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._trouble: datetime | None = None

    @property
    def _roles(self) -> Roles:
        return roles_of(self._context.handbook.current.targets.values())

    def collect(self, cells: tuple[GridCell, ...]) -> SharedEvidence:
        """Return the current evidence; pages that request it within a second share it."""
        context, now = self._context, self._context.clock.now()
        registry = context.watches.workstations
        registry.expire(now - ROUNDS_HOLD * QUIET)
        arrived = (context.watches.pages.rounds, context.folds.report_count)
        inputs = (cells, *arrived, registry.version)
        return context.computed_once("evidence", lambda: self._collect(cells, now), *inputs)

    def _collect(self, cells: tuple[GridCell, ...], now: datetime) -> SharedEvidence:
        known = self._known(cells, now)
        evidence = collect_evidence(known, self._roles, asker=SERVER.key, now=now)
        statuses = {key: current_status(read, now) for key, read in known.readings.items()}
        interval = self._interval(evidence, now)
        return SharedEvidence(evidence, statuses, announced_work(known, now), interval)

    def _known(self, cells: tuple[GridCell, ...], now: datetime) -> AvailableEvidence:
        context, reports = self._context, self._context.folds.staff_reports
        return AvailableEvidence(
            vantages=context.watches.workstations.vantages,
            statuses=self._statuses(cells, now),
            readings=page_readings(context, self._roles.pages),
            reports=reports.reports(now),
            planned_work=tuple(entry.work for entry in reports.planned_work()),
            cut_off=context.watches.probes.board.cut_off is not None,
            errors=_errors(cells),
        )

    def _statuses(
        self, cells: tuple[GridCell, ...], now: datetime
    ) -> dict[tuple[str, str], Status]:
        judged = {(cell.target, cell.vantage): cell.status for cell in cells}
        blunt = {cell.target for cell in cells if browser_cannot_tell(cell.status, cell.cause)}
        holds = ROUNDS_HOLD * (TROUBLE if self._in_trouble(now) else QUIET)
        looked = {
            key: outcome.status
            for key, outcome in self._context.watches.workstations.latest.items()
            if now - outcome.at <= holds
            and not (outcome.status in ANSWERS and outcome.target in blunt)
        }
        return {**looked, **{key: status for key, status in judged.items() if key[1] == SERVER.key}}

    def _interval(self, evidence: Evidence, now: datetime) -> timedelta:
        fails = [evidence.server.statuses.get(key) for key in self._roles.ways_in]
        reported = any(view.works is False for view in evidence.views.values())
        if Status.DOWN in fails or reported:
            self._trouble = now
        return TROUBLE if self._in_trouble(now) else QUIET

    def _in_trouble(self, now: datetime) -> bool:
        return self._trouble is not None and now - self._trouble < TROUBLE_LASTS


def page_readings(context: AppContext, pages: Iterable[str]) -> dict[str, tuple[Reading, ...]]:
    """Return the readings of each status page, fresh or not, from its feed and from staff."""
    pages_read, people = context.watches.pages.latest, context.folds.staff_reports.readings()
    both = {key: (pages_read.get(key), people.get(key)) for key in pages}
    return {
        key: tuple(reading for reading in pair if reading is not None) for key, pair in both.items()
    }


def _errors(cells: tuple[GridCell, ...]) -> frozenset[str]:
    return frozenset(
        cell.target
        for cell in cells
        if (cell.vantage, cell.status) == (SERVER.key, Status.DOWN) and cell.cause in HTTP_ERRORS
    )
