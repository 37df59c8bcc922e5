"""One outage from beginning to end, as one report: what was seen, said, done, and is left to do.

A fold over the journal and over the states that the server saw. It names desks and workstations,
never a user, and nobody but whoever signed for the loans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from procedure.circulation.redaction import redact_identifiers
from procedure.circulation.scan_rules import ScanRules
from procedure.journal import Entry, Journal, Recorded
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.history import History
from procedure.monitoring.services import Service
from procedure.outages.announcements import AnnouncementLog
from procedure.outages.observed import ObservedPast, several_targets
from procedure.outages.record import OutageLog, OutageNote, OutageRecord
from procedure.outages.timeline import TimelineEvent, timeline
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState
from procedure.reconciliation.sign_off import SETTLED, signature_for
from procedure.reconciliation.signature import SignedOff
from procedure.status_pages.maintenance import (
    MaintenancePlanned,
    MaintenanceWithdrawn,
    current_windows,
    person_source,
)
from procedure.status_pages.readings import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

BEFORE = timedelta(minutes=15)  # of what was seen before it began
AFTER = timedelta(minutes=30)  # and after it was over
SILENT = timedelta(minutes=5)  # without a reading: worth telling


@dataclass(frozen=True, slots=True)
class OfficialPeriod:
    """When a status page was first read as announcing the outage, and as no longer doing so (UTC).

    `begin` and `end` are the times of the reading, not those of the vendor; of `planned` work they
    are those that were announced. `source` says who read or entered it first, as in a `Reading`.
    """

    target: str
    begin: datetime
    end: datetime | None
    source: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class DeskLoans:
    """The loans of one desk in this outage, by where they stand."""

    desk: str
    states: Mapping[ReconciliationState, int]

    @property
    def total(self) -> int:
        """All that was recorded there, void or not."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something that is left to do or to find out: its key, and how many of it."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one outage; instants are aware UTC.

    `lanes` are the states of each target from `since` to `until`, the span of the chart;
    `observed` the outages in them, with what was announced: of services first, then of targets.
    `told` are the contacts made. `signed` is the first signature that covers all of its loans: the
    one name that stands in a dossier.
    """

    outage: OutageRecord
    made_at: datetime
    since: datetime
    until: datetime
    lanes: Mapping[str, tuple[StatusInterval, ...]]
    observed: tuple[Downtime, ...]
    official: tuple[OfficialPeriod, ...]
    told: tuple[OutageNote, ...]
    events: tuple[TimelineEvent, ...]
    loans: tuple[DeskLoans, ...]
    open_points: tuple[OpenPoint, ...]
    signed: SignedOff | None = None

    @property
    def begun(self) -> datetime:
        """When it began, as the person said who declared it."""
        return self.outage.declared.begun

    @property
    def lasted(self) -> timedelta:
        """How long it lasted, or has lasted so far."""
        over = self.outage.over
        return (over.ended if over else self.made_at) - self.begun

    @property
    def loans_total(self) -> int:
        """How many loans were recorded in it."""
        return sum(desk.total for desk in self.loans)

    @property
    def loans_settled(self) -> int:
        """How many of them are in Alma, settled by hand, or void."""
        return sum(desk.states.get(state, 0) for desk in self.loans for state in SETTLED)


def read_dossier(
    outage: UUID,
    journal: Journal,
    history: History,
    rules: ScanRules,
    *,
    now: datetime,
    services: Sequence[Service] = (),
) -> Dossier | None:
    """Put the dossier of an outage together, None when nobody declared such a one."""
    recorded = journal.since()
    book = OutageLog()
    book.extend(recorded)
    record = book.record(outage)
    if record is None:
        return None
    since, until = span(record, now)
    lanes = history.states(since=since, until=until)
    return dossier(record, recorded, lanes, rules=rules, now=now, services=services)


def span(record: OutageRecord, now: datetime) -> tuple[datetime, datetime]:
    """Give the stretch of time that a dossier tells of: a little more than the outage itself."""
    begun = min(record.declared.begun, record.declared.at)
    until = now if record.over is None else max(record.over.ended, record.over.at) + AFTER
    return begun - BEFORE, min(until, now)


def dossier(
    record: OutageRecord,
    recorded: Sequence[Recorded],
    lanes: Mapping[str, Sequence[StatusInterval]],
    *,
    rules: ScanRules,
    now: datetime,
    services: Sequence[Service] = (),
) -> Dossier:
    """Fold the journal and the lanes (states by target over `span`) into the dossier."""
    record = _discreet(record, rules)
    since, until = span(record, now)
    rows = _rows(record, recorded, now)
    observed = _observed(recorded, lanes, services, since, until)
    official = tuple(_official(recorded, since, until))
    told = tuple(one for one in record.notes if one.contact is not None)
    return Dossier(
        outage=record,
        made_at=now,
        since=since,
        until=until,
        lanes={target: tuple(states) for target, states in lanes.items()},
        observed=tuple(observed),
        official=official,
        told=told,
        events=tuple(
            timeline(record, recorded, lanes, rows=rows, span=(since, until), rules=rules)
        ),
        loans=_by_desk(rows),
        open_points=tuple(
            _open_points(record, rows, [one for one in observed if one.target in lanes], official)
        ),
        signed=signature_for(
            [one for one in _entries(recorded) if isinstance(one, SignedOff)], rows
        ),
    )


def _observed(
    recorded: Sequence[Recorded],
    lanes: Mapping[str, Sequence[StatusInterval]],
    services: Sequence[Service],
    since: datetime,
    until: datetime,
) -> list[Downtime]:
    """Return the downtimes of services of several targets, then those of targets, each in order."""
    log = AnnouncementLog()
    log.extend(recorded)
    past = ObservedPast.of_targets(lanes, log.announced(), services, since=since, until=until)
    shared = [one.key for one in several_targets(services)]
    return [*past.downtimes(shared), *past.downtimes(lanes)]


def _discreet(record: OutageRecord, rules: ScanRules) -> OutageRecord:
    return replace(
        record,
        declared=replace(record.declared, title=redact_identifiers(record.declared.title, rules)),
        news=tuple(
            replace(one, message=redact_identifiers(one.message, rules)) for one in record.news
        ),
        notes=tuple(replace(one, text=redact_identifiers(one.text, rules)) for one in record.notes),
    )


def _rows(
    record: OutageRecord, recorded: Sequence[Recorded], now: datetime
) -> list[ReconciledLoan]:
    """Find the loans made while it lasted; one entered late from paper counts by its own time."""
    end = now if record.over is None else max(record.over.ended, record.over.at)
    every = ReconciliationLog(recorded).rows()
    return [row for row in every if record.declared.begun <= row.loan.at <= end]


def _by_desk(rows: Iterable[ReconciledLoan]) -> tuple[DeskLoans, ...]:
    desks: dict[str, Counter[ReconciliationState]] = {}
    for row in rows:
        desks.setdefault(row.loan.desk, Counter())[row.state] += 1
    return tuple(DeskLoans(desk, dict(states)) for desk, states in sorted(desks.items()))


def _official(
    recorded: Iterable[Recorded], since: datetime, until: datetime
) -> Iterable[OfficialPeriod]:
    begun: dict[str, OfficialPeriod] = {}
    for one in sorted(_words(recorded), key=attrgetter("at")):
        standing = begun.get(one.target)
        if not since <= one.at < until:
            continue
        if one.word is PageStatus.INCIDENT and standing is None:
            begun[one.target] = OfficialPeriod(one.target, one.at, None, _source(one))
        elif one.word is PageStatus.OK and standing is not None and standing.end is None:
            begun[one.target] = OfficialPeriod(one.target, standing.begin, one.at, standing.source)
    told = [*begun.values(), *_planned(recorded, since, until)]
    return sorted(told, key=attrgetter("begin", "target"))


def _planned(
    recorded: Iterable[Recorded], since: datetime, until: datetime
) -> Iterable[OfficialPeriod]:
    entries = [one.entry for one in recorded]
    kept = current_windows(
        [e for e in entries if isinstance(e, MaintenancePlanned | MaintenanceWithdrawn)]
    )
    for one in kept:
        if one.start < until and one.end > since:
            by = person_source(one.workstation)
            yield OfficialPeriod(one.target, one.start, one.end, by, planned=True)


def _words(recorded: Iterable[Recorded]) -> Iterable[PageStatusReadByStaff | PageStatusChanged]:
    for one in recorded:
        if isinstance(one.entry, PageStatusReadByStaff | PageStatusChanged):
            yield one.entry


def _entries(recorded: Iterable[Recorded]) -> Iterator[Entry]:
    return (one.entry for one in recorded)


def _source(one: PageStatusReadByStaff | PageStatusChanged) -> str:
    return one.source if isinstance(one, PageStatusChanged) else f"person:{one.workstation}"


def _open_points(
    record: OutageRecord,
    rows: Sequence[ReconciledLoan],
    observed: Sequence[Downtime],
    official: Sequence[OfficialPeriod],
) -> Iterable[OpenPoint]:
    """Count what is left; each key has its sentence where a dossier is shown."""
    states = Counter(row.state for row in rows)
    unread = sum(one.unread > SILENT for one in observed)
    counts = {
        "not_over": int(record.over is None),
        "still_down": sum(one.end is None for one in observed),
        "nobody_told": int(all(one.contact is None for one in record.notes)),
        "no_message": int(record.message is None),
        "not_announced": int(not official and not record.declared.planned),
        "not_read": unread,
        "to_export": states[ReconciliationState.RECORDED],
        "to_upload": states[ReconciliationState.EXPORTED],
        "to_verify": states[ReconciliationState.UPLOADED],
        "to_settle": states[ReconciliationState.REFUSED],
        "to_undo": sum(row.log.void_after_export for row in rows),
    }
    return (OpenPoint(key, count) for key, count in counts.items() if count)
