"""A scenario file, from its tables to a `Scenario`, or the sentence that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from procedure.errors import Fault, ScenarioError
from procedure.feeds.word import Word
from procedure.monitoring import SERVER, Vantage, Verdict
from procedure.scenario import Expected, Scenario, SeenOutcome, SeenReading, SeenReport


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; a key that is not known is a spelling mistake."""


class _Vantage(_Row, frozen=True):
    name: str
    site: str = ""
    vdi: bool = False


class _Outcome(_Row, frozen=True):
    at: float
    vantage: str
    target: str
    verdict: Verdict
    cause: str | None = None
    latency_ms: float | None = None


class _Reading(_Row, frozen=True):
    at: float
    target: str
    word: Word
    begin: float | None = None
    end: float | None = None


class _Report(_Row, frozen=True):
    at: float
    vantage: str
    works: bool


class _Expect(_Row, frozen=True, rename={"asker": "from"}):
    at: float
    asker: str | None = None
    diagnosis: str | None = None
    suggest: dict[str, str] = {}
    next: str | None = None


class _File(_Row, frozen=True):
    name: str
    start: datetime
    vantage: list[_Vantage] = []
    outcome: list[_Outcome] = []
    reading: list[_Reading] = []
    report: list[_Report] = []
    expect: list[_Expect] = []


def read_scenario(name: str, tables: Mapping[str, object]) -> Scenario:
    """Read a scenario from the tables of its file; `name` is the file's, for the faults.

    Raises:
        ScenarioError: a key that is missing, unknown or of the wrong kind, or every vantage that
            is used without being declared.
    """
    try:
        file = msgspec.convert(dict(tables), _File)
    except msgspec.ValidationError as fault:
        raise ScenarioError((Fault(name, *_where(str(fault))),)) from None
    faults = tuple(_faults(name, file))
    if faults:
        raise ScenarioError(faults)
    return Scenario(
        name=file.name,
        start=file.start,
        vantages=tuple(Vantage(one.name, one.site, one.vdi) for one in file.vantage),
        outcomes=tuple(SeenOutcome(**msgspec.structs.asdict(one)) for one in file.outcome),
        readings=tuple(SeenReading(**msgspec.structs.asdict(one)) for one in file.reading),
        reports=tuple(SeenReport(**msgspec.structs.asdict(one)) for one in file.report),
        expected=tuple(Expected(**msgspec.structs.asdict(one)) for one in file.expect),
    )


def _faults(name: str, file: _File) -> Iterator[Fault]:
    if file.start.tzinfo is None:
        yield Fault(name, "start", "has no offset; write 2026-11-24T09:00:00+01:00")
    declared = {SERVER.key, *(one.name for one in file.vantage)}
    uses = [("outcome", one.vantage) for one in file.outcome]
    uses += [("report", one.vantage) for one in file.report]
    uses += [("expect", one.asker or SERVER.key) for one in file.expect]
    for table, vantage in dict.fromkeys(uses):
        if vantage not in declared:
            yield Fault(name, table, f"{vantage!r} is not declared; add [[vantage]] with its name")


def _where(message: str) -> tuple[str, str]:
    """Split msgspec's words into the place and what is wrong there."""
    what, _, place = message.partition(" - at `")
    return place.rstrip("`").removeprefix("$.") or "file", what[:1].lower() + what[1:]
