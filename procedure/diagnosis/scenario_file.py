"""Reads scenario files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from math import inf
from typing import cast

import msgspec

from procedure.diagnosis.evidence import roles_of
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.scenario import (
    Expected,
    Scenario,
    ScenarioOutcome,
    ScenarioReading,
    ScenarioReport,
    ScenarioRow,
)
from procedure.errors import Fault, ScenarioError
from procedure.guide.steps import Procedure
from procedure.handbook.model import Handbook
from procedure.handbook.spelling import suggest_known
from procedure.monitoring.model import SERVER, FailureCause, Vantage

MAX_OFFSET = 315_360_000  # seconds (ten years)
YEARS = range(1970, 2101)
_LISTING = ("outcome", "reading")  # tables in which a row may list several vantages and targets


class _Vantage(ScenarioRow, frozen=True):
    name: str
    site: str = ""
    vdi: bool = False


class _File(ScenarioRow, frozen=True):
    name: str
    start: datetime
    vantage: tuple[_Vantage, ...] = ()
    outcome: tuple[ScenarioOutcome, ...] = ()
    reading: tuple[ScenarioReading, ...] = ()
    report: tuple[ScenarioReport, ...] = ()
    expect: tuple[Expected, ...] = ()


def read_scenario(name: str, tables: Mapping[str, object], handbook: Handbook) -> Scenario:
    """Return the scenario in a file's tables; `name` is the file's name in error messages.

    Raises:
        ScenarioError: a key is missing or unknown or has the wrong type, a vantage is undeclared or
            declared twice, a number or the start is out of range, the start has no UTC offset, a
            cause or diagnosis does not exist, or the handbook lacks a target, step or answer.
    """
    rows = {
        key: list(_spread(cast("list[object]", table)))
        for key in _LISTING
        if isinstance(table := tables.get(key), list)
    }
    given = {**tables, **{key: [row for _, row in spread] for key, spread in rows.items()}}
    try:
        file = msgspec.convert(given, _File)
    except msgspec.ValidationError as fault:
        raise _refusal(name, [_where(str(fault))], rows) from None
    if faults := list(dict.fromkeys(_faults(file, handbook))):
        raise _refusal(name, faults, rows)
    return Scenario(
        name=file.name,
        start=file.start,
        vantages=tuple(Vantage(row.name, row.site, row.vdi) for row in file.vantage),
        outcomes=file.outcome,
        readings=file.reading,
        reports=file.report,
        expected=file.expect,
    )


def _spread(rows: list[object]) -> Iterator[tuple[int, object]]:
    """Yield each row with its index, once for each combination of listed vantages and targets."""
    for place, row in enumerate(rows):
        fields = cast("dict[str, object]", row) if isinstance(row, dict) else {}
        listed = {
            key: cast("list[object]", values)
            for key in ("vantage", "target")
            if isinstance(values := fields.get(key), list) and values
        }
        for values in product(*listed.values()):
            yield place, {**fields, **dict(zip(listed, values, strict=True))} if listed else row


def _refusal(
    name: str,
    faults: Iterable[tuple[str, str]],
    rows: Mapping[str, Sequence[tuple[int, object]]],
) -> ScenarioError:
    """Return the error for a file; its faults name rows by their index in the file."""

    def place(key: str) -> str:
        table, _, rest = key.partition("[")
        number, _, field = rest.partition("]")
        return f"{table}[{rows[table][int(number)][0]}]{field}" if rest and table in rows else key

    return ScenarioError(tuple(Fault(name, place(key), text) for key, text in faults))


def _faults(file: _File, handbook: Handbook) -> Iterator[tuple[str, str]]:
    if file.start.tzinfo is None:
        yield "start", "has no UTC offset; write 2026-11-24T09:00:00+01:00"
    elif file.start.year not in YEARS:
        yield "start", "is not between the years 1970 and 2100"
    yield from _wrong_vantages(file)
    yield from _wrong_numbers(file)
    yield from _wrong_causes(file)
    yield from _wrong_targets(file, handbook)
    for expectation in file.expect:
        yield from _wrong_expectation(expectation, handbook.procedure)


def _wrong_vantages(file: _File) -> Iterator[tuple[str, str]]:
    names = [vantage.name for vantage in file.vantage]
    yield from (
        ("vantage", f"{name!r} is declared twice; give each its own name")
        for name in names
        if names.count(name) > 1
    )
    declared = {SERVER.key, *names}
    uses = [("outcome", outcome.vantage) for outcome in file.outcome]
    uses += [("report", report.vantage) for report in file.report]
    uses += [("expect", expectation.asker or SERVER.key) for expectation in file.expect]
    for table, vantage in uses:
        if vantage not in declared:
            yield table, f"{vantage!r} is not declared; add [[vantage]] with its name"


def _wrong_numbers(file: _File) -> Iterator[tuple[str, str]]:
    for table in ("outcome", "reading", "report", "expect"):
        for number, row in enumerate(getattr(file, table)):
            for key in ("at", "begin", "end"):
                seconds = getattr(row, key, None)
                if seconds is not None and not abs(seconds) <= MAX_OFFSET:
                    yield f"{table}[{number}].{key}", "is not within ten years of the start"
    for number, row in enumerate(file.outcome):
        if row.latency_ms is not None and not 0 <= row.latency_ms < inf:
            yield f"outcome[{number}].latency_ms", "is not a number of milliseconds"


def _wrong_causes(file: _File) -> Iterator[tuple[str, str]]:
    causes = [cause.value for cause in FailureCause]
    for number, row in enumerate(file.outcome):
        if row.cause is not None and row.cause not in causes:
            known = suggest_known(row.cause, causes)
            yield f"outcome[{number}].cause", f"there is no cause {row.cause!r}; {known}"


def _wrong_targets(file: _File, handbook: Handbook) -> Iterator[tuple[str, str]]:
    targets = handbook.targets
    fed = (key for key, target in targets.items() if target.feed is not None)
    pages = {*roles_of(targets.values()).pages, *fed}
    uses = [("outcome", row.target) for row in file.outcome]
    uses += [("reading", row.target) for row in file.reading]
    for table, target in uses:
        if target not in targets:
            yield table, f"the handbook has no target {target!r}; {suggest_known(target, targets)}"
        elif table == "reading" and target not in pages:
            yield table, f"{target!r} is not a status page; {suggest_known('', sorted(pages))}"


def _wrong_expectation(expectation: Expected, procedure: Procedure) -> Iterator[tuple[str, str]]:
    origins = [origin.value for origin in FaultLocation]
    questions = {key: step for key, step in procedure.steps.items() if step.kind == "question"}
    if (fault := expectation.diagnosis) is not None and fault not in origins:
        yield "expect", f"there is no diagnosis {fault!r}; {suggest_known(fault, origins)}"
    if (step := expectation.next) is not None and step not in procedure.steps:
        yield "expect", f"there is no step {step!r}; {suggest_known(step, procedure.steps)}"
    for key, answer in expectation.suggest.items():
        if key not in questions:
            yield "expect", f"there is no question {key!r}; {suggest_known(key, questions)}"
            continue
        answers = [*(choice.key for choice in questions[key].answers), "none"]
        if answer not in answers:
            yield "expect", f"{key} has no answer {answer!r}; {suggest_known(answer, answers)}"


def _where(message: str) -> tuple[str, str]:
    """Split an error message from msgspec into the key and the fault."""
    what, _, place = message.partition(" - at `")
    return place.rstrip("`").removeprefix("$.") or "file", what[:1].lower() + what[1:]
