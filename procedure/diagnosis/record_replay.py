"""Replay of the records, to diagnose past instants with today's rules.

Workstations' probes are not recorded. For feeds, only status changes are recorded, so a status is
assumed to last until the next change. The status of a page without recorded changes is unknown.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TypeVar

from procedure.diagnosis.evidence import (
    HTTP_ERRORS,
    AvailableEvidence,
    Evidence,
    Roles,
    collect_evidence,
)
from procedure.diagnosis.rules import FaultLocation, diagnose
from procedure.diagnosis.staff_reports import REPORT_HOLDS, StaffReport, StaffReports
from procedure.diagnosis.suggestion import suggest_answer
from procedure.diagnosis.suspected_outage import CONDITION_OF, Condition
from procedure.guide.steps import Step
from procedure.journal import Recorded
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import SERVER, Status
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.reading_validity import (
    STAFF_READING_HOLDS,
    PageStatusChanged,
    PageStatusReadByStaff,
    Reading,
)

KINDS = ("reading", "official", "report", "window", "window_withdrawn")
FOREVER = timedelta(days=36_500)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class LocatedFault:
    """The location of the fault from `start` until `end`."""

    start: datetime
    end: datetime
    diagnosis: FaultLocation
    condition: Condition


@dataclass(frozen=True, slots=True)
class SuggestedAnswer:
    """The answer suggested for a step from `start` until `end`; None if none was suggested."""

    start: datetime
    end: datetime
    step: str
    answer: str | None


class RecordReplay:
    """Replays states, readings, reports and planned work in chronological order.

    `states` holds the status intervals of each target, in order. Entries in `recorded` are ignored
    unless their kind is in `KINDS`. `blind` holds the periods when the server was cut off from the
    network.
    """

    def __init__(
        self,
        states: Mapping[str, Sequence[StatusInterval]],
        recorded: Iterable[Recorded],
        roles: Roles,
        blind: Sequence[BlindPeriod] = (),
    ) -> None:
        self._states, self._roles, self._blind = states, roles, blind
        self._starts = {key: [entry.start for entry in lane] for key, lane in states.items()}
        known = (record for record in recorded if record.entry.KIND in KINDS)
        self._entries = sorted(known, key=attrgetter("entry.at"))
        self._taken = 0
        self._staff = StaffReports()
        self._feeds: dict[str, Reading] = {}

    def evidence_at(self, at: datetime, asker: str = SERVER.key) -> Evidence:
        """Return the evidence at an instant; calls must be in chronological order."""
        self._advance(at)
        states = {key: self._state(key, at) for key in self._states}
        current = {key: state for key, state in states.items() if state is not None}
        people = self._staff.readings()
        known = AvailableEvidence(
            statuses={
                (key, SERVER.key): state.status
                for key, state in current.items()
                if state.status is not None
            },
            readings={
                key: tuple(
                    reading for reading in (self._feeds.get(key), people.get(key)) if reading
                )
                for key in self._roles.pages
            },
            reports=self._staff.reports(at),
            planned_work=tuple(entry.work for entry in self._staff.planned_work()),
            cut_off=any(cut.start <= at < cut.end for cut in self._blind),
            errors=frozenset(
                key
                for key, state in current.items()
                if state.status is Status.DOWN and state.cause in HTTP_ERRORS
            ),
        )
        return collect_evidence(known, self._roles, asker=asker, now=at)

    def conclusions(self, since: datetime, until: datetime) -> Iterator[LocatedFault]:
        """Yield the diagnoses that the server would have made, in order.

        Consecutive equal diagnoses are merged.
        """
        located = ((at, diagnose(known).fault) for at, known in self._evidence(since, until))
        for start, end, fault in _spans(located, until):
            condition = CONDITION_OF.get(fault, Condition.UNCLEAR)
            yield LocatedFault(start, end, fault, condition)

    def suggestions(
        self, since: datetime, until: datetime, steps: Iterable[Step]
    ) -> Iterator[SuggestedAnswer]:
        """Yield, for each step in turn, the answers that would have been suggested at the server.

        Consecutive equal answers are merged.
        """
        known = list(self._evidence(since, until))
        for step in steps:
            suggested = ((at, suggest_answer(step, evidence).answer) for at, evidence in known)
            for start, end, answer in _spans(suggested, until):
                yield SuggestedAnswer(start, end, step.key, answer)

    def _evidence(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, Evidence]]:
        """Yield the evidence at `since` and at every change before `until`, in order."""
        for at in sorted(
            {since, *(change for change in self._changes() if since < change < until)}
        ):
            yield at, self.evidence_at(at)

    def _changes(self) -> Iterator[datetime]:
        for starts in self._starts.values():
            yield from starts
        for cut in self._blind:
            yield from (cut.start, cut.end)
        for record in self._entries:
            yield record.entry.at
            match record.entry:
                case StaffReport(at=at):
                    yield at + REPORT_HOLDS
                case PageStatusReadByStaff(at=at):
                    yield at + STAFF_READING_HOLDS
                case MaintenancePlanned(start=start, end=end):
                    yield from (start, end)
                case _:
                    pass

    def _advance(self, at: datetime) -> None:
        fresh: list[Recorded] = []
        while self._taken < len(self._entries) and self._entries[self._taken].entry.at <= at:
            fresh.append(self._entries[self._taken])
            self._taken += 1
        self._staff.extend(fresh)
        for record in fresh:
            if isinstance(entry := record.entry, PageStatusChanged):
                self._feeds[entry.target] = Reading(
                    target=entry.target,
                    at=entry.at,
                    until=entry.at + FOREVER,
                    source=entry.source,
                    status=entry.word,
                    summary=entry.summary,
                    changed_at=entry.changed_at,
                )

    def _state(self, key: str, at: datetime) -> StatusInterval | None:
        place = bisect_right(self._starts[key], at) - 1
        return self._states[key][place] if place >= 0 else None


def _spans(
    values: Iterable[tuple[datetime, V]], until: datetime
) -> Iterator[tuple[datetime, datetime, V]]:
    """Yield the start, end and value of each run of equal values."""
    begun: list[tuple[datetime, V]] = []
    for at, value in values:
        if not begun or begun[-1][1] != value:
            begun.append((at, value))
    ends = [at for at, _ in begun[1:]] + [until]
    for (start, value), end in zip(begun, ends, strict=True):
        yield start, end, value
