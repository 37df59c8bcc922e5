"""Scenarios: probes, readings and reports over time, with the expected conclusions.

A scenario file (TOML) has `name` and `start` (RFC 3339 with offset), followed by `[[vantage]]`,
`[[outcome]]`, `[[reading]]`, `[[report]]` and `[[expect]]` tables; `docs/drill.md` lists their
keys. Times are in seconds from the start. An outcome is valid for three minutes, and a reading or a
report for a quarter of an hour, unless it is replaced before then.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import msgspec

from procedure.diagnosis.evidence import HTTP_ERRORS, Evidence, Roles, VantageView, roles_of
from procedure.diagnosis.rules import Diagnosis, diagnose
from procedure.diagnosis.suggestion import Suggestion, suggest_answer, suggested_next_step
from procedure.handbook.model import Handbook
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.status_pages.status import PageStatus

Key = TypeVar("Key", bound=Hashable)

OUTCOME_HOLDS = 180.0
READING_HOLDS = REPORT_HOLDS = 900.0


class ScenarioRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table in a scenario file; unknown keys are refused."""


class _Timed(ScenarioRow, frozen=True):
    at: float


TimedRow = TypeVar("TimedRow", bound=_Timed)


class ScenarioOutcome(_Timed, frozen=True, rename={"status": "verdict"}):
    """The status of a target as seen from a vantage, `at` seconds from the start."""

    vantage: str
    target: str
    status: Status
    cause: str | None = None
    latency_ms: float | None = None


class ScenarioReading(_Timed, frozen=True):
    """A reading of a status page; `begin` and `end` are the times of planned work, in seconds."""

    target: str
    word: PageStatus
    begin: float | None = None
    end: float | None = None

    def is_on(self, now: float) -> bool:
        """Return whether planned work is under way.

        Work without times ends when the reading expires.
        """
        if self.word is not PageStatus.PLANNED:
            return False
        if self.begin is None and self.end is None:
            return now < self.at + READING_HOLDS
        begin = self.at if self.begin is None else self.begin
        return begin <= now and (self.end is None or now < self.end)


class ScenarioReport(_Timed, frozen=True):
    """A report by staff that Alma works, or does not work, at a vantage."""

    vantage: str
    works: bool


class Expected(_Timed, frozen=True, rename={"asker": "from"}):
    """The conclusions expected at an instant; those that are None or missing are not compared."""

    asker: str | None = None
    diagnosis: str | None = None
    suggest: Mapping[str, str] = {}
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """The content of a scenario file."""

    name: str
    start: datetime
    vantages: tuple[Vantage, ...]
    outcomes: tuple[ScenarioOutcome, ...]
    readings: tuple[ScenarioReading, ...]
    reports: tuple[ScenarioReport, ...]
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The actual and the expected conclusions at an instant."""

    expected: Expected
    asker: str
    diagnosis: Diagnosis
    suggestions: Mapping[str, Suggestion]
    next: str

    @property
    def unmet(self) -> tuple[str, ...]:
        """One line for each expectation that was not met."""
        compared = {
            "diagnosis": (self.expected.diagnosis, self.diagnosis.fault.value),
            "next": (self.expected.next, self.next),
        }
        for step, answer in self.expected.suggest.items():
            suggestion = self.suggestions.get(step)
            compared[step] = (answer, (suggestion and suggestion.answer) or "none")
        return tuple(
            f"{what}: expected {expected}, concluded {concluded}"
            for what, (expected, concluded) in compared.items()
            if expected is not None and expected != concluded
        )


def replay(
    scenario: Scenario, handbook: Handbook, closed: Collection[date] = ()
) -> tuple[Conclusion, ...]:
    """Return the conclusions for each expectation, in order.

    `closed` holds local dates on which contacts are away, such as public holidays.
    """
    return tuple(_conclude(scenario, expected, handbook, closed) for expected in scenario.expected)


def evidence_at(scenario: Scenario, now: float, asker: str, roles: Roles) -> Evidence:
    """Return the evidence for a vantage; `now` is in seconds from the start of the scenario."""
    vantages = {vantage.key: vantage for vantage in (SERVER, *scenario.vantages)}
    outcomes = _newest(
        scenario.outcomes, now, OUTCOME_HOLDS, lambda outcome: (outcome.vantage, outcome.target)
    )
    reports = _newest(scenario.reports, now, REPORT_HOLDS, lambda report: report.vantage)
    views = {
        key: VantageView(
            vantage,
            {
                target: outcome.status
                for (from_vantage, target), outcome in outcomes.items()
                if from_vantage == key
            },
            reports[key].works if key in reports else None,
        )
        for key, vantage in vantages.items()
    }
    # As in `current_status`, an unknown reading does not replace a known one.
    known = [reading for reading in scenario.readings if reading.word is not PageStatus.UNKNOWN]
    fresh = _newest(known, now, READING_HOLDS, lambda reading: reading.target)
    newest = _newest(known, now, float("inf"), lambda reading: reading.target)
    return Evidence(
        asker=asker,
        roles=roles,
        views=views,
        words={target: reading.word for target, reading in fresh.items()},
        planned=any(reading.is_on(now) for reading in newest.values()),
        errors=frozenset(
            target
            for (from_vantage, target), outcome in outcomes.items()
            if (from_vantage, outcome.status) == (SERVER.key, Status.DOWN)
            and outcome.cause in HTTP_ERRORS
        ),
    )


def _conclude(
    scenario: Scenario, expected: Expected, handbook: Handbook, closed: Collection[date]
) -> Conclusion:
    asker = expected.asker or next((vantage.key for vantage in scenario.vantages), SERVER.key)
    evidence = evidence_at(scenario, expected.at, asker, roles_of(handbook.targets.values()))
    suggestions = {
        step.key: suggest_answer(step, evidence)
        for step in handbook.procedure.steps.values()
        if step.kind == "question"
    }
    now = scenario.start + timedelta(seconds=expected.at)
    return Conclusion(
        expected=expected,
        asker=asker,
        diagnosis=diagnose(evidence),
        suggestions=suggestions,
        next=suggested_next_step(handbook, suggestions, now, closed),
    )


def _newest(
    rows: Iterable[TimedRow], now: float, holds: float, key: Callable[[TimedRow], Key]
) -> dict[Key, TimedRow]:
    """Return the newest row for each key up to `now`, unless that row has expired."""
    newest: dict[Key, TimedRow] = {}
    for item in sorted(rows, key=lambda item: item.at):
        if item.at <= now:
            newest[key(item)] = item
    return {name: item for name, item in newest.items() if now < item.at + holds}
