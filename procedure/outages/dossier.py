"""The dossier on an outage: observations, announcements, actions, loans and open points.

The dossier is computed from the journal and from the targets' states as seen by the server. It
names desks, workstations and staff, but never a patron.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.scan_rules import ScanRules
from procedure.journal import Journal, Recorded
from procedure.monitoring.downtime import Downtime, StatusInterval, clip
from procedure.monitoring.history import History
from procedure.monitoring.service_states import Service
from procedure.outages.announcements import AnnouncementLog
from procedure.outages.figures import (
    LEAD,
    ObservedPast,
    answered_again,
    first_failure,
    several_targets,
)
from procedure.outages.official_periods import OfficialPeriod, official_periods
from procedure.outages.outage_entries import OutageLog, OutageNote, OutageRecord
from procedure.outages.outage_loans import (
    ListWorth,
    ReconciledOutage,
    count_refused,
    last_settled,
    list_worth,
    reconcile_outage,
)
from procedure.outages.redacted import redacted
from procedure.outages.timeline import TimelineEvent, timeline
from procedure.reconciliation.carts import CartCount
from procedure.reconciliation.checklist import POINTS, checklist_for
from procedure.reconciliation.journal_entries import SignedOff
from procedure.reconciliation.open_points import OpenPoint, open_points
from procedure.reconciliation.sign_off import signature_for
from procedure.reconciliation.stage_counts import StageCounts, count_stages_by

MARGIN_BEFORE = timedelta(minutes=15)  # how long before the outage a dossier starts
MARGIN_AFTER = timedelta(minutes=30)  # how long after the outage a dossier ends
MIN_UNREAD = timedelta(minutes=5)  # a downtime with more time without readings is an open point


@dataclass(frozen=True, slots=True)
class DeskLoans:
    """One desk's loans in the outage, counted by stage; voided loans are counted separately."""

    desk: str
    counts: StageCounts


@dataclass(frozen=True, slots=True)
class Dossier:
    """The contents of a dossier; times are aware UTC.

    - `lanes`: the states of each target from `since` to `until`, the span of the chart.
    - `observed`: the whole downtimes that overlap this span, with announcements; services first.
    - `contacts`: the notes about contacts that were reached.
    - `failed`: the first downtime of one of the library system's addresses, or None.
    - `answered`: when the library system's last downtime ended, or None if it has not ended or
      there was none.
    - `pending`: the number of pending loans, which are not among `loans`.
    - `carts`: the number of returns by desk and outcome.
    - `refused`: the number of loans that Alma refused, by the key of the last reason, most frequent
      first.
    - `refusals`: the number of refusals; a loan may be refused several times.
    - `settled`: when the last loan was settled, or None if a loan is open or there are no loans.
    - `signed`: the first signature of the reconciliation that covers all these loans, or None.
    - `lists`: how well the lists of accounts and items predicted refusals.
    """

    outage: OutageRecord
    made_at: datetime
    since: datetime
    until: datetime
    lanes: Mapping[str, tuple[StatusInterval, ...]]
    observed: tuple[Downtime, ...]
    official: tuple[OfficialPeriod, ...]
    contacts: tuple[OutageNote, ...]
    events: tuple[TimelineEvent, ...]
    loans: tuple[DeskLoans, ...]
    open_points: tuple[OpenPoint, ...]
    pending: int = 0
    carts: tuple[CartCount, ...] = ()
    failed: Downtime | None = None
    answered: datetime | None = None
    refused: tuple[tuple[str, int], ...] = ()
    refusals: int = 0
    settled: datetime | None = None
    signed: SignedOff | None = None
    lists: ListWorth = field(default_factory=ListWorth)

    @property
    def begun(self) -> datetime:
        """When the outage began, according to the person who declared it."""
        return self.outage.declared.begun

    @property
    def lasted(self) -> timedelta:
        """The duration of the outage, up to `made_at` if it is not over."""
        over = self.outage.over
        return (over.ended if over else self.made_at) - self.begun

    @property
    def overran(self) -> timedelta:
        """The time by which a planned outage overran its announced end; zero if there is none."""
        ends = [period.end for period in self.official if period.planned and period.end]
        if not ends or not self.outage.declared.planned:
            return timedelta()
        return max(self.begun + self.lasted - max(ends), timedelta())

    @property
    def loans_total(self) -> int:
        """The number of the outage's loans; see `procedure.outages.outage_loans`."""
        return sum(desk.counts.total for desk in self.loans)

    @property
    def loans_settled(self) -> int:
        """The number of the outage's loans that are in Alma or settled by hand."""
        return sum(desk.counts.accounted for desk in self.loans)

    @property
    def loans_void(self) -> int:
        """The number of voided loans, which are not included in the other counts."""
        return sum(desk.counts.cancelled for desk in self.loans)


def read_dossier(
    outage: UUID,
    journal: Journal,
    history: History,
    rules: ScanRules,
    *,
    now: datetime,
    services: Sequence[Service] = (),
    points: tuple[str, ...] = POINTS,
) -> Dossier | None:
    """Return the dossier on an outage, or None if the outage does not exist or was withdrawn."""
    recorded = journal.since()
    book = OutageLog()
    book.extend(recorded)
    record = book.record(outage)
    if record is None or record.withdrawn is not None:
        return None
    since, until = span(record, now)
    states = history.states(since=since - LEAD, until=min(until + LEAD, now))
    return dossier(record, recorded, states, rules=rules, now=now, services=services, points=points)


def span(record: OutageRecord, now: datetime) -> tuple[datetime, datetime]:
    """Return the span of a dossier: the outage plus a margin before and after."""
    begun = min(record.declared.begun, record.declared.at)
    until = now if record.over is None else max(record.over.ended, record.over.at) + MARGIN_AFTER
    return begun - MARGIN_BEFORE, min(until, now)


def dossier(
    record: OutageRecord,
    recorded: Sequence[Recorded],
    states: Mapping[str, Sequence[StatusInterval]],
    *,
    rules: ScanRules,
    now: datetime,
    services: Sequence[Service] = (),
    points: tuple[str, ...] = POINTS,
) -> Dossier:
    """Return the dossier, computed from the journal and the states by target.

    The states are contiguous over `span`, and may reach beyond the span, so that downtimes at its
    ends are complete. `points` are the checklist's points that apply to the library's system.
    """
    record = redacted(record, rules)
    since, until = span(record, now)
    outages = OutageLog()
    outages.extend(recorded)
    observed = _observed(recorded, states, services, since, until)
    meanwhile = list(_meanwhile(record, outages, observed, now))
    lanes = {
        key: tuple(clip(key, list(intervals), since, until)) for key, intervals in states.items()
    }
    loans = reconcile_outage(record.declared.id, outages.records(), recorded, now)
    observations = _Observations(
        since=since,
        until=until,
        lanes=lanes,
        observed=tuple(observed),
        official=tuple(official_periods(recorded, since, until)),
        failed=first_failure(meanwhile, services),
        answered=answered_again(meanwhile, services),
    )
    return _dossier(record, recorded, observations, loans, rules=rules, now=now, points=points)


@dataclass(frozen=True, slots=True)
class _Observations:
    """Observations and announcements around an outage; a dossier has the same fields."""

    since: datetime
    until: datetime
    lanes: Mapping[str, tuple[StatusInterval, ...]]
    observed: tuple[Downtime, ...]
    official: tuple[OfficialPeriod, ...]
    failed: Downtime | None
    answered: datetime | None


def _dossier(
    record: OutageRecord,
    recorded: Sequence[Recorded],
    observations: _Observations,
    loans: ReconciledOutage,
    *,
    rules: ScanRules,
    now: datetime,
    points: tuple[str, ...],
) -> Dossier:
    signed = signature_for(
        [entry.entry for entry in recorded if isinstance(entry.entry, SignedOff)], loans.rows
    )
    refused, refusals = count_refused(recorded, loans.rows)
    span = (observations.since, observations.until)
    events = timeline(record, recorded, observations.lanes, loans=loans, span=span, rules=rules)
    left = open_points(
        loans.table,
        checklist_for(recorded, signed, points),
        pending=loans.pending,
        on_carts=sum(cart.left for cart in loans.carts),
        has_files=any(row.sent for row in loans.rows),
    )
    return Dossier(
        outage=record,
        made_at=now,
        since=observations.since,
        until=observations.until,
        lanes=observations.lanes,
        observed=observations.observed,
        official=observations.official,
        failed=observations.failed,
        answered=observations.answered,
        contacts=tuple(note for note in record.notes if note.contact is not None),
        events=tuple(events),
        loans=tuple(
            DeskLoans(desk, counts)
            for (desk,), counts in count_stages_by(loans.table, "desk").items()
        ),
        pending=loans.pending,
        carts=tuple(loans.carts),
        refused=tuple(refused.most_common()),
        refusals=refusals,
        settled=last_settled(loans.rows),
        open_points=(*_open_about(record, observations), *left),
        signed=signed,
        lists=list_worth(loans.rows),
    )


def _observed(
    recorded: Sequence[Recorded],
    states: Mapping[str, Sequence[StatusInterval]],
    services: Sequence[Service],
    since: datetime,
    until: datetime,
) -> list[Downtime]:
    """Return the downtimes of services with several targets, then of targets, each oldest first."""
    log = AnnouncementLog()
    log.extend(recorded)
    past = ObservedPast.of_targets(states, log.announcements(), services, since=since, until=until)
    shared = [service.key for service in several_targets(services)]
    return [*past.downtimes(shared), *past.downtimes(states)]


def _meanwhile(
    record: OutageRecord, outages: OutageLog, observed: Iterable[Downtime], now: datetime
) -> Iterator[Downtime]:
    """Yield the downtimes that overlap this outage and no outage declared later."""
    for downtime in observed:
        other = outages.declared_between(downtime.start, downtime.end or now)
        if other is not None and other.declared.id == record.declared.id:
            yield downtime


def _open_about(record: OutageRecord, observations: _Observations) -> Iterator[OpenPoint]:
    """Yield the open points of the outage itself, apart from its loans."""
    observed = [
        downtime for downtime in observations.observed if downtime.target in observations.lanes
    ]
    counts = {
        "not_over": int(record.over is None),
        "still_down": sum(downtime.end is None for downtime in observed),
        "nobody_told": int(all(note.contact is None for note in record.notes)),
        "no_message": int(record.message is None),
        "not_announced": int(not observations.official and not record.declared.planned),
        "not_read": sum(downtime.unread > MIN_UNREAD for downtime in observed),
    }
    yield from (OpenPoint(key, count) for key, count in counts.items() if count)
