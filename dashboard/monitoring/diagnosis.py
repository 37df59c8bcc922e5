"""The diagnosis and the suggested answers for one workstation, from all evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.core.rights import Permission
from dashboard.core.session import Session
from dashboard.core.state import State, keeps_failure
from dashboard.core.updates import Updates
from dashboard.monitoring.grid import ProbeGrid
from procedure.circulation.redaction import redact_identifiers
from procedure.diagnosis.evidence import (
    ANSWERS,
    AvailableEvidence,
    Evidence,
    announced_windows,
    collect_evidence,
)
from procedure.diagnosis.rules import Diagnosis, FaultLocation, diagnose
from procedure.diagnosis.scenario import follow_suggestions, roles_of
from procedure.diagnosis.staff_reports import StaffReport
from procedure.diagnosis.suggestion import Suggestion, suggest
from procedure.guide.opening_hours import geneva_holidays
from procedure.monitoring.browser_probe import browser_cannot_tell, outcomes
from procedure.monitoring.model import SERVER, FailureCause, Status, Vantage
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.readings import (
    CurrentStatus,
    PageStatusReadByStaff,
    Reading,
    current_status,
)
from procedure.status_pages.status import PageStatus

QUIET = timedelta(minutes=10)
TROUBLE = timedelta(seconds=60)
TROUBLE_LASTS = timedelta(minutes=15)
ROUNDS_HOLD = 3


class DiagnosisState(State):
    """The evidence of the context, and the diagnosis and suggestions for this workstation.

    Suggestions are only shown; a person answers, in the guide.
    """

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    session: Session = param.ClassSelector(class_=Session, precedence=-1)
    grid: ProbeGrid = param.ClassSelector(class_=ProbeGrid, precedence=-1)
    result: Diagnosis = param.ClassSelector(
        default=Diagnosis(FaultLocation.UNKNOWN, "nothing_known", ()),
        class_=Diagnosis,
        doc="Where the fault is.",
    )
    suggestions: Mapping[str, Suggestion] = param.Dict(default={}, doc="By step.")
    next = param.String(default="", doc="Step that the suggestions lead to from the first one.")
    page_statuses: Mapping[str, CurrentStatus] = param.Dict(default={}, doc="By page (target).")
    windows: tuple[MaintenanceWindow, ...] = param.Parameter(
        default=(), doc="Announced work not yet over."
    )
    interval_ms = param.Integer(
        default=600_000, doc="Time between two rounds of this workstation, in ms."
    )

    asked = param.Integer(default=0, doc="Grows when this workstation is to probe at once.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._roles = roles_of(self.context.handbook)
        self._trouble: datetime | None = None
        self._alma: tuple[Status | None, ...] | None = None
        self.evidence = Evidence("", self._roles, {})
        self._diagnose()

    @property
    def updates(self) -> Updates:
        """What is new for the page."""
        return self.grid.updates

    @property
    def vantage(self) -> Vantage:
        """This workstation, at the site of its desk."""
        desk = self.context.handbook.desks.get(self.session.desk)
        site = desk.site if desk else self.session.site
        return Vantage(self.session.workstation, site, self.session.vdi)

    @property
    def holds(self) -> timedelta:
        """How long an outcome of a workstation counts: three of its intervals."""
        return ROUNDS_HOLD * timedelta(milliseconds=self.interval_ms)

    def record_round(self, probes: list[Mapping[str, Any]], age_ms: float) -> None:
        """Record a round of this workstation's browser, made so many milliseconds ago."""
        self.session.person.require(Permission.REPORT)
        if not self.session.workstation:
            return
        at = self.context.now() - timedelta(milliseconds=age_ms)
        vantage = self.vantage
        self.context.workstations.record(
            vantage, outcomes(probes, self.context.handbook.targets, vantage, at)
        )

    def report(self, *, works: bool, about: str = "") -> None:
        """Record a person's report that Alma works here, or does not."""
        self.session.person.require(Permission.REPORT)
        here, what = self.vantage, redact_identifiers(about, self.context.handbook.scans)[:80]
        entry = StaffReport(
            self.context.new_id(), self.context.now(), here.key, works, here.site, here.vdi, what
        )
        self.context.journal.append(entry)
        self.updates.refresh()

    def read(self, target: str, word: PageStatus) -> None:
        """Record what a person read on a status page."""
        self.session.person.require(Permission.READ_STATUS)
        if target in self._roles.pages and word is not PageStatus.UNKNOWN:
            entry = PageStatusReadByStaff(
                self.context.new_id(), self.context.now(), target, word, self.session.workstation
            )
            self.context.journal.append(entry)
            self.updates.refresh()

    @property
    def reported_here(self) -> StaffReport | None:
        """The report of this workstation, None without a fresh one."""
        return self.context.models.staff_reports.reports(self.context.now()).get(
            self.session.workstation
        )

    @property
    def pages(self) -> tuple[str, ...]:
        """The status pages, by key, in the handbook's order."""
        return self._roles.pages

    @param.depends("session.desk", "session.site", "session.vdi", watch=True)
    def _move(self) -> None:
        self.context.workstations.move(self.vantage)

    @param.depends(
        "grid.rows",
        "grid.updates.pages",
        "grid.updates.neighbours",
        "grid.updates.workstations",
        "grid.updates.reports",
        "grid.updates.quarter_minute",
        "session.desk",
        watch=True,
    )
    @keeps_failure
    def _diagnose(self) -> None:
        """Collect the evidence again, as something arrived or may have expired."""
        now = self.context.now()
        self.context.workstations.expire(now - ROUNDS_HOLD * QUIET)
        known = self._known(now)
        asker = self.session.workstation or SERVER.key
        self.evidence = evidence = collect_evidence(known, self._roles, asker=asker, now=now)
        steps = self.context.handbook.procedure.steps.values()
        suggestions = {
            step.key: suggest(step, evidence) for step in steps if step.kind == "question"
        }
        closed = geneva_holidays((now.year, now.year + 1)) | self.context.handbook.closures
        self.set(
            result=diagnose(evidence),
            suggestions=suggestions,
            next=follow_suggestions(self.context.handbook, suggestions, now, closed),
            page_statuses={
                key: current_status(found, now) for key, found in known.readings.items()
            },
            windows=announced_windows(known, now),
            interval_ms=int(self._pace(known, now).total_seconds() * 1000),
        )

    def _known(self, now: datetime) -> AvailableEvidence:
        return AvailableEvidence(
            vantages=self.context.workstations.vantages,
            verdicts=self._verdicts(now),
            readings=self.readings(),
            reports=self.context.models.staff_reports.reports(now),
            windows=tuple(one.window for one in self.context.models.staff_reports.windows()),
            neighbours=tuple(self.context.neighbours.latest.values()),
            cut_off=self.context.watch.board.cut_off is not None,
            errors=self._errors(),
        )

    def _errors(self) -> frozenset[str]:
        cells = (one for row in self.grid.rows for one in row.cells)
        error = (SERVER.key, Status.DOWN, FailureCause.STATUS)
        return frozenset(
            one.target for one in cells if (one.vantage, one.verdict, one.cause) == error
        )

    def _verdicts(self, now: datetime) -> dict[tuple[str, str], Status]:
        cells = [one for row in self.grid.rows for one in row.cells]
        judged = {(one.target, one.vantage): one.verdict for one in cells}
        blunt = {one.target for one in cells if browser_cannot_tell(one.verdict, one.cause)}
        holds = ROUNDS_HOLD * (TROUBLE if self._in_trouble(now) else QUIET)
        looked = {
            key: one.verdict
            for key, one in self.context.workstations.latest.items()
            if now - one.at <= holds and not (one.verdict in ANSWERS and one.target in blunt)
        }
        return {**looked, **{key: one for key, one in judged.items() if key[1] == SERVER.key}}

    def readings(self) -> dict[str, tuple[Reading, ...]]:
        """Return the readings of each page, fresh or not: of its feed, and of a person."""
        feeds, people = self.context.feeds.latest, self.context.models.staff_reports.readings()
        both = {key: (feeds.get(key), people.get(key)) for key in self._roles.pages}
        return {key: tuple(one for one in pair if one is not None) for key, pair in both.items()}

    def _pace(self, known: AvailableEvidence, now: datetime) -> timedelta:
        alma = tuple(known.verdicts.get((key, SERVER.key)) for key in self._roles.alma)
        self._ask(alma)
        if Status.DOWN in alma or any(not one.works for one in known.reports.values()):
            self._trouble = now
        return TROUBLE if self._in_trouble(now) else QUIET

    def _ask(self, alma: tuple[Status | None, ...]) -> None:
        """Ask for a round when the server sees Alma change: it may have changed here too."""
        if self._alma not in {None, alma}:
            self.asked += 1
        self._alma = alma

    def _in_trouble(self, now: datetime) -> bool:
        return self._trouble is not None and now - self._trouble < TROUBLE_LASTS
