"""A scenario: what was seen, read and reported, and what should be concluded at each instant.

The file (TOML) has `name` and `start` (RFC 3339 with offset), then `[[vantage]]`, `[[outcome]]`,
`[[reading]]`, `[[report]]` and `[[expect]]` tables; `docs/scenarios.md` lists their keys. Instants
are seconds from the start. An outcome holds three minutes, a reading and a report a quarter of an
hour, or until replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from procedure.diagnosis.evidence import Evidence, Roles, VantageView
from procedure.diagnosis.rules import Diagnosis, diagnose
from procedure.diagnosis.suggestion import Suggestion, suggest
from procedure.guide.opening_hours import applies
from procedure.handbook.model import Handbook
from procedure.monitoring.model import SERVER, FailureCause, Status, Vantage
from procedure.status_pages.status import PageStatus


class _Timed(Protocol):
    @property
    def at(self) -> float: ...


Seen = TypeVar("Seen", bound=_Timed)
Key = TypeVar("Key", bound=Hashable)

OUTCOME_HOLDS = 180.0
READING_HOLDS = REPORT_HOLDS = 900.0


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """A verdict of one vantage on one target, `at` seconds from the start."""

    at: float
    vantage: str
    target: str
    verdict: Status
    cause: str | None = None
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ScenarioReading:
    """What a status page said; `begin` and `end` are those of planned work, in seconds."""

    at: float
    target: str
    word: PageStatus
    begin: float | None = None
    end: float | None = None

    def on(self, now: float) -> bool:
        """Tell whether the planned work it announces is on; without times, while it is fresh."""
        if self.word is not PageStatus.PLANNED:
            return False
        if self.begin is None and self.end is None:
            return now < self.at + READING_HOLDS
        begin = self.at if self.begin is None else self.begin
        return begin <= now and (self.end is None or now < self.end)


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """A person's word: Alma works here, or does not."""

    at: float
    vantage: str
    works: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What should be concluded at an instant; what is None or missing is not looked at."""

    at: float
    asker: str | None = None
    diagnosis: str | None = None
    suggest: Mapping[str, str] = field(default_factory=dict[str, str])
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario file."""

    name: str
    start: datetime
    vantages: tuple[Vantage, ...]
    outcomes: tuple[ScenarioOutcome, ...]
    readings: tuple[ScenarioReading, ...]
    reports: tuple[ScenarioReport, ...]
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the procedure concludes at an instant, and where that is not what was expected."""

    expected: Expected
    asker: str
    diagnosis: Diagnosis
    suggestions: Mapping[str, Suggestion]
    next: str

    @property
    def unmet(self) -> tuple[str, ...]:
        """One line for each expectation that is not met."""
        wanted = {
            "diagnosis": (self.expected.diagnosis, self.diagnosis.fault.value),
            "next": (self.expected.next, self.next),
        }
        for step, answer in self.expected.suggest.items():
            found = self.suggestions.get(step)
            wanted[step] = (answer, (found and found.answer) or "none")
        return tuple(
            f"{what}: expected {one}, concluded {other}"
            for what, (one, other) in wanted.items()
            if one is not None and one != other
        )


def replay(
    scenario: Scenario, handbook: Handbook, closed: Collection[date] = ()
) -> tuple[Conclusion, ...]:
    """Conclude at every instant that the scenario names, in its order.

    `closed` are local dates on which contacts are away, such as public holidays.
    """
    return tuple(_conclude(scenario, one, handbook, closed) for one in scenario.expected)


def evidence_at(scenario: Scenario, now: float, asker: str, roles: Roles) -> Evidence:
    """Gather what is fresh at an instant, as asked from one vantage."""
    told = {one.key: one for one in (SERVER, *scenario.vantages)}
    outcomes = _newest(scenario.outcomes, now, OUTCOME_HOLDS, lambda one: (one.vantage, one.target))
    reports = _newest(scenario.reports, now, REPORT_HOLDS, lambda one: one.vantage)
    sights = {
        key: VantageView(
            vantage,
            {target: one.verdict for (whence, target), one in outcomes.items() if whence == key},
            reports[key].works if key in reports else None,
        )
        for key, vantage in told.items()
    }
    # One that tells nothing wipes out nothing, as in `procedure.status_pages.readings.combine`.
    telling = [one for one in scenario.readings if one.word is not PageStatus.UNKNOWN]
    fresh = _newest(telling, now, READING_HOLDS, lambda one: one.target)
    newest = _newest(telling, now, float("inf"), lambda one: one.target)
    return Evidence(
        asker=asker,
        roles=roles,
        sights=sights,
        words={target: one.word for target, one in fresh.items()},
        planned=any(one.on(now) for one in newest.values()),
        errors=frozenset(
            target
            for (whence, target), one in outcomes.items()
            if (whence, one.verdict, one.cause) == (SERVER.key, Status.DOWN, FailureCause.STATUS)
        ),
    )


def roles_of(handbook: Handbook) -> Roles:
    """Read from the papers what each target is to the diagnosis."""
    by_evidence: dict[str, list[tuple[str, ...]]] = {}
    for step in handbook.procedure.steps.values():
        by_evidence.setdefault(step.evidence or "", []).append(step.targets)
    outside, *into_alma = by_evidence.get("reach", [()])
    targets = handbook.targets.values()
    return Roles(
        alma=into_alma[-1] if into_alma else (),
        outside=outside,
        campus=tuple(one.key for one in targets if one.campus),
        pages=next(iter(by_evidence.get("official", [()]))),
        logins=tuple(one.key for one in targets if one.campus and one.reserved),
    )


def follow(
    handbook: Handbook,
    suggestions: Mapping[str, Suggestion],
    now: datetime,
    closed: Collection[date] = (),
) -> str:
    """Follow the suggestions from the first step to the one they lead to.

    A step without a suggestion is where it ends; a contact who is away gives way to the next.
    """
    steps = handbook.procedure.steps
    at = handbook.procedure.start
    while (found := suggestions.get(at)) is not None and found.answer is not None:
        onward = steps[at].next_step(found.answer)
        if onward is None:
            break
        at = onward
    return applies(steps[at], handbook.contacts, now, closed)


def _conclude(
    scenario: Scenario, expected: Expected, handbook: Handbook, closed: Collection[date]
) -> Conclusion:
    asker = expected.asker or next((one.key for one in scenario.vantages), SERVER.key)
    evidence = evidence_at(scenario, expected.at, asker, roles_of(handbook))
    suggestions = {
        step.key: suggest(step, evidence)
        for step in handbook.procedure.steps.values()
        if step.kind == "question"
    }
    now = scenario.start + timedelta(seconds=expected.at)
    return Conclusion(
        expected=expected,
        asker=asker,
        diagnosis=diagnose(evidence),
        suggestions=suggestions,
        next=follow(handbook, suggestions, now, closed),
    )


def _newest(
    seen: Iterable[Seen], now: float, holds: float, key: Callable[[Seen], Key]
) -> dict[Key, Seen]:
    """Keep, by key, the newest of what was seen by `now`, if it still holds."""
    newest: dict[Key, Seen] = {}
    for one in sorted(seen, key=lambda one: one.at):
        if one.at <= now:
            newest[key(one)] = one
    return {name: one for name, one in newest.items() if now < one.at + holds}
