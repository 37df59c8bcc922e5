"""The diagnosis, and the suggested answers to the guide's questions, for one workstation."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import State, keep_failure, needs
from dashboard.core.visitor import Permission
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.shared_evidence import (
    ROUNDS_HOLD,
    EvidenceCollector,
    page_readings,
)
from procedure.circulation.redaction import redact_identifiers
from procedure.diagnosis.evidence import Evidence, Roles, roles_of
from procedure.diagnosis.rules import Diagnosis, FaultLocation, diagnose
from procedure.diagnosis.staff_reports import StaffReport
from procedure.diagnosis.suggestion import Suggestion, suggest_answer, suggested_next_step
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.monitoring.probe_findings import outcomes_in_browser
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.reading_validity import CurrentStatus, PageStatusReadByStaff, Reading
from procedure.status_pages.status import PageStatus


class DiagnosisState(State):
    """The diagnosis, and the suggested answers to the guide's questions, for this workstation.

    Suggestions are only shown; staff answer the questions.
    """

    context = needs(AppContext)
    session = needs(Session)
    grid = needs(ProbeGrid)
    result = param.ClassSelector(
        default=Diagnosis(FaultLocation.UNKNOWN, "nothing_known", ()),
        class_=Diagnosis,
        doc="The diagnosis of where the fault is.",
    )
    suggestions = param.ClassSelector(
        class_=dict, default=dict[str, Suggestion](), doc="The suggestions, keyed by step."
    )
    next = param.String(
        default="", doc="The step that the suggestions lead to, starting from the first step."
    )
    page_statuses = param.ClassSelector(
        class_=dict,
        default=dict[str, CurrentStatus](),
        doc="The current status on each status page, keyed by the page's target.",
    )
    planned_work = param.ClassSelector(
        class_=tuple,
        default=tuple[PlannedWork, ...](),
        doc="A `PlannedWork` for each piece of work that has not ended.",
    )
    interval_ms = param.Integer(
        default=600_000, doc="The time between this workstation's rounds, in milliseconds."
    )

    reported_here = param.ClassSelector(
        class_=StaffReport, doc="The current report from this workstation, or None."
    )
    asked = param.Integer(default=0, doc="Incremented to make this workstation probe at once.")

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._alma: tuple[Status | None, ...] | None = None
        self.evidence = Evidence("", self._roles, {})
        self._diagnose()

    @property
    def updates(self) -> ChangeCounters:
        return self.grid.updates

    @property
    def _roles(self) -> Roles:
        return roles_of(self.updates.handbook.targets.values())

    @property
    def vantage(self) -> Vantage:
        """This workstation, at the site of its desk, or at its own site if it has no desk."""
        desk = self.updates.handbook.desks.get(self.session.desk)
        site = desk.site if desk else self.session.site
        return Vantage(self.session.workstation, site, self.session.vdi)

    @property
    def holds(self) -> timedelta:
        """The time for which a workstation's outcome stays valid: three intervals."""
        return ROUNDS_HOLD * timedelta(milliseconds=self.interval_ms)

    def record_round(self, probes: list[Mapping[str, object]], age_ms: float) -> None:
        """Record the probes that this workstation's browser made `age_ms` milliseconds ago.

        If the workstation has no name, nothing is recorded.
        """
        self.session.person.require(Permission.REPORT)
        if not self.session.workstation:
            return
        at = self.context.clock.now() - timedelta(milliseconds=age_ms)
        vantage = self.vantage
        self.context.watches.workstations.record(
            vantage, outcomes_in_browser(probes, self.context.handbook.current.targets, vantage, at)
        )

    def report(self, *, works: bool, about: str = "") -> None:
        """Record somebody's report that Alma works here, or that it does not."""
        self.session.person.require(Permission.REPORT)
        vantage, what = (
            self.vantage,
            redact_identifiers(about, self.context.handbook.current.scans)[:80],
        )
        entry = StaffReport(
            id=self.context.clock.new_id(),
            at=self.context.clock.now(),
            workstation=vantage.key,
            works=works,
            site=vantage.site,
            vdi=vantage.vdi,
            about=what,
            operator=self.session.acting or None,
        )
        self.context.store.journal.append(entry)
        self.updates.refresh()

    def read(self, target: str, status: PageStatus) -> None:
        """Record somebody's reading of a status page."""
        self.session.person.require(Permission.READ_STATUS)
        if target in self._roles.pages and status is not PageStatus.UNKNOWN:
            entry = PageStatusReadByStaff(
                id=self.context.clock.new_id(),
                at=self.context.clock.now(),
                target=target,
                word=status,
                workstation=self.session.workstation,
                operator=self.session.acting or None,
            )
            self.context.store.journal.append(entry)
            self.updates.refresh()

    @property
    def pages(self) -> tuple[str, ...]:
        return self._roles.pages

    @param.depends("session.desk", "session.site", "session.vdi", watch=True)
    def _move(self) -> None:
        self.context.watches.workstations.move(self.vantage)

    @param.depends(
        "grid.cells",
        "grid.updates.pages",
        "grid.updates.workstations",
        "grid.updates.reports",
        "grid.updates.quarter_minute",
        "session.desk",
        "session.workstation",
        watch=True,
    )
    @keep_failure
    def _diagnose(self) -> None:
        """Update the diagnosis when evidence has arrived or may have expired."""
        shared = self._collector.collect(self.grid.cells)
        self._ask(shared.alma)
        asker = self.session.workstation or SERVER.key
        reports = self.context.folds.staff_reports.reports(self.context.clock.now())
        self.evidence = replace(shared.evidence, asker=asker)
        conclusion = self.context.computed_once(
            "conclusion", self._conclude, shared.evidence, asker
        )
        self.set(
            page_statuses=shared.page_statuses,
            planned_work=shared.planned_work,
            interval_ms=int(shared.interval.total_seconds() * 1000),
            reported_here=reports.get(self.session.workstation),
            **conclusion,
        )

    @param.depends("grid.updates.handbook", watch=True)
    def _apply_handbook(self) -> None:
        self._diagnose()

    @property
    def _collector(self) -> EvidenceCollector:
        return self.context.shared.setdefault("evidence", EvidenceCollector(self.context))

    def _conclude(self) -> dict[str, object]:
        now, evidence, handbook = (
            self.context.clock.now(),
            self.evidence,
            self.context.handbook.current,
        )
        questions = [step for step in handbook.procedure.steps.values() if step.kind == "question"]
        suggestions = {step.key: suggest_answer(step, evidence) for step in questions}
        return {
            "result": diagnose(evidence),
            "suggestions": suggestions,
            "next": suggested_next_step(handbook, suggestions, now, handbook.closed_days(now)),
        }

    def readings(self) -> dict[str, tuple[Reading, ...]]:
        """Return the readings of each status page, fresh or not, from its feed and from staff."""
        return page_readings(self.context, self._roles.pages)

    def _ask(self, alma: tuple[Status | None, ...]) -> None:
        """Probe again when the server sees Alma's status change: it may have changed here too."""
        if self._alma not in {None, alma}:
            self.asked += 1
        self._alma = alma
