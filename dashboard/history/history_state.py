"""The state behind the history: statuses, outages and availability over a recent span."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import query_values
from dashboard.core.state import State, keep_failure, needs
from procedure.handbook.model import services
from procedure.monitoring.downtime import Downtime, StatusInterval, availability, clip
from procedure.monitoring.service_states import announced_keys
from procedure.outages.announcements import PageWord
from procedure.outages.figures import LEAD, AvailabilityFigures, ObservedPast, several_targets
from procedure.outages.ninety_days import QUARTER, WEEK, NinetyDays
from procedure.outages.outage_entries import OutageRecord
from procedure.outages.outage_loans import (
    OutageSpan,
    count_loans,
    count_loans_outside,
    outage_spans,
)

SPANS = {"day": timedelta(days=1), "week": WEEK, "quarter": QUARTER}
# The minimum time between two computations of a span. For ninety days it is `SELDOM`, because a
# drawing of ninety days does not show a few seconds.
PACE = {"day": timedelta(), "week": timedelta()}
SELDOM = timedelta(minutes=1)
WHOLE = 0.999  # a share this large counts as 100%, because a restart takes a few seconds
FRESH = timedelta(hours=1)  # how long before the end of `NinetyDays` the recent states take over
STEADY = timedelta(hours=1)  # if a span begins with a longer gap in its readings, the page says so


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A target or service: its states in the shown span, and its availability in each span.

    `target` is the key of the target or service. `states` are contiguous; a gap is also a state.
    `availability` is keyed like `SPANS`; spans that have not been read yet are missing.
    """

    target: str
    states: tuple[StatusInterval, ...]
    availability: Mapping[str, AvailabilityFigures] = field(
        default_factory=dict[str, AvailabilityFigures]
    )


@dataclass(frozen=True, slots=True)
class PastOutage:
    """A downtime of a target or service, and the loans made during it.

    - `announceable`: whether the status pages cover the target or service.
    - `report`: the id of the outage declared at the time, or empty.
    - `declared`: the number of loans made during that declared outage.
    - `page_words`: the statuses read on the status pages during the downtime.
    """

    outage: Downtime
    loans: int
    announceable: bool = False
    report: str = ""
    declared: int = 0
    page_words: tuple[PageWord, ...] = ()

    def lasted(self, now: datetime) -> timedelta:
        return (self.outage.end or now) - self.outage.start


@dataclass(frozen=True, slots=True)
class Work:
    """Planned work on a target, within the shown span (UTC)."""

    target: str
    start: datetime
    end: datetime


class HistoryState(State):
    """The last day, week or ninety days of every target, recomputed after new readings."""

    context = needs(AppContext)
    updates = needs(ChangeCounters)
    is_open = param.Boolean(
        default=True,
        allow_refs=True,
        doc="Whether the history is on the screen; if not, new readings do not update it.",
    )
    span = param.Selector(
        default="day", objects=[*SPANS], doc="A key of `SPANS`; the span ends now."
    )
    address = param.String(
        default="", doc="The query string that names the span in a URL; empty for a day."
    )
    now = param.ClassSelector(
        class_=datetime, doc="The time (UTC) of the computation, which is also the end of the rows."
    )
    since = param.ClassSelector(class_=datetime, doc="The time (UTC) at which the rows begin.")
    rows = param.ClassSelector(
        class_=tuple,
        default=(),
        doc="A `TimelineRow` for each target, in the order given by the handbook.",
    )
    services = param.ClassSelector(
        class_=tuple, default=(), doc="A `TimelineRow` for each service with several addresses."
    )
    outages = param.ClassSelector(
        class_=tuple, default=(), doc="The `PastOutage`s in the span, newest first."
    )
    outside = param.Integer(default=0, doc="The number of loans made outside declared outages.")
    work = param.ClassSelector(
        class_=tuple, default=(), doc="The announced `Work` in the span, for each affected target."
    )
    first_read = param.ClassSelector(
        class_=datetime,
        doc="The time (UTC) of the first reading if that is later than `since` by more than "
        "`STEADY`; otherwise None.",
    )
    loaded = param.Boolean(
        default=False, doc="Whether the data for the span on the screen has been read."
    )
    known = param.Boolean(
        default=False, doc="Whether there are any readings in the span on the screen."
    )
    read = param.Integer(
        default=0, doc="The percentage of the span in which the targets' status was known."
    )
    lasting = param.ClassSelector(
        class_=datetime, doc="`now` while a downtime is going on; otherwise None."
    )
    ninety_days = param.ClassSelector(
        class_=NinetyDays,
        doc="The newest figures for the last ninety days, or None until they are computed.",
    )
    ninety_days_failed = param.Boolean(
        default=False, doc="Whether the last computation of `ninety_days` failed."
    )
    every = param.Boolean(default=False, doc="Whether the older outages are listed, too.")

    def __init__(self, **params: object) -> None:
        params["updates"] = params.get("updates") or ChangeCounters(context=params["context"])
        super().__init__(**params)
        self._renewed: datetime | None = None
        self._read_services()
        self._recompute_when_due()

    def _read_services(self) -> None:
        self._services = services(self.updates.handbook)
        self._shared = list(several_targets(self._services))
        self._spoken_of = announced_keys(self._services)

    @param.depends("updates.handbook", watch=True)
    def _start_anew(self) -> None:
        self._read_services()
        self._renewed = None
        self.param.update(rows=(), services=(), work=(), outages=())
        self._recompute_when_due()

    @param.depends(
        "is_open", "updates.recent", "updates.ninety_days", "updates.ninety_days_failed", watch=True
    )
    @keep_failure
    def _recompute_when_due(self) -> None:
        """Compute the history again if new readings or a new `NinetyDays` make that due."""
        if not self.is_open:
            return
        self.ninety_days_failed = "ninety_days" in self.context.upkeep.failing
        renewed, before = self.context.watches.recent.states.settled_until, self._renewed
        if renewed is None:
            return
        pace = PACE.get(self.span, SELDOM)
        due = before is None or (renewed > before and renewed - before >= pace)
        if due or self.context.watches.recent.ninety_days is not self.ninety_days:
            self._look()

    def apply_address(self, query: str) -> None:
        """Show the span that a URL's query string names, or a day if it names no known span."""
        asked = query_values(query).get("span")
        self.span = asked if asked in SPANS else "day"

    @param.depends("span", watch=True)
    def _apply_span(self) -> None:
        self.param.update(
            every=False, address="" if self.span == "day" else urlencode({"span": self.span})
        )
        self._look()

    def _look(self) -> None:
        self._renewed = self.context.watches.recent.states.settled_until
        if self._renewed is None:
            return
        now, ninety_days = self.context.clock.now(), self.context.watches.recent.ninety_days
        past = self._past(now)
        since = now - SPANS[self.span]
        observed = past.over(since)
        loaded = self.span in PACE or ninety_days is not None
        declared = outage_spans(self.context.folds.outages.records(), now)
        outages = tuple(self._outages(observed, declared)) if loaded else ()
        first = _first_seen(observed) if loaded else None
        rows = tuple(
            self._timeline_row(key, past, observed) for key in self.updates.handbook.targets
        )
        self.param.update(
            now=now,
            since=since,
            ninety_days=ninety_days,
            loaded=loaded,
            rows=rows,
            read=_read(rows),
            services=tuple(
                self._timeline_row(service.key, past, observed) for service in self._shared
            ),
            work=tuple(self._work(observed)),
            outages=outages,
            outside=count_loans_outside(declared, self.context.folds.loan_log),
            lasting=now if any(outage.outage.end is None for outage in outages) else None,
            known=first is not None,
            first_read=first if first is not None and first - observed.since > STEADY else None,
        )

    def _past(self, now: datetime) -> ObservedPast:
        """Return the states of all targets; older states come from `NinetyDays`, if computed.

        `NinetyDays` is read from the database, which knows the probe intervals in effect then.
        """
        ninety_days = self.context.watches.recent.ninety_days
        first = now - LEAD - (timedelta() if self.span in PACE else QUARTER)
        fresh = max(now - LEAD, ninety_days.until - FRESH) if ninety_days else now - LEAD
        states: dict[str, Sequence[StatusInterval]] = {}
        for key in self.updates.handbook.targets:
            older = clip(key, list(ninety_days.states[key]), first, fresh) if ninety_days else []
            states[key] = [*older, *self.context.watches.recent.states.states(key, fresh, now)]
        return ObservedPast.of_targets(
            states,
            self.context.folds.announcements.announcements(),
            self._services,
            since=first,
            until=now,
        )

    def _timeline_row(self, key: str, past: ObservedPast, observed: ObservedPast) -> TimelineRow:
        ninety_days = self.context.watches.recent.ninety_days
        sums = {span: past.over(past.until - SPANS[span]).availability(key) for span in PACE}
        if ninety_days is not None:
            sums["quarter"] = ninety_days.availability[key]
        states = tuple(observed.intervals(key)) if self.span in PACE or ninety_days else ()
        return TimelineRow(key, states, sums)

    def _work(self, observed: ObservedPast) -> Iterator[Work]:
        targets = [key for key in self.updates.handbook.targets if key in self._spoken_of]
        for outage in observed.planned():
            start = max(outage.start, observed.since)
            end = min(outage.end or observed.until, observed.until)
            yield from (Work(key, start, end) for key in targets)

    def _outages(
        self, observed: ObservedPast, declared: Sequence[OutageSpan]
    ) -> Iterator[PastOutage]:
        folds = self.context.folds
        log, outages = folds.loan_log, folds.outages
        for downtime in reversed(observed.distinct_downtimes()):
            end = downtime.end or self.context.clock.now()
            spoken_of = downtime.target in self._spoken_of
            yield PastOutage(
                downtime,
                log.count_lent(downtime.start, end),
                spoken_of,
                *self._declared(outages.declared_between(downtime.start, end), declared),
                folds.announcements.read_between(downtime.start, end) if spoken_of else (),
            )

    def _declared(
        self, record: OutageRecord | None, declared: Sequence[OutageSpan]
    ) -> tuple[str, int]:
        if record is None:
            return "", 0
        outage = record.declared.id
        return str(outage), count_loans(outage, declared, self.context.folds.loan_log)


def _first_seen(observed: ObservedPast) -> datetime | None:
    intervals = (interval for key in observed.states for interval in observed.intervals(key))
    return min(
        (interval.start for interval in intervals if interval.status is not None), default=None
    )


def _read(rows: Sequence[TimelineRow]) -> int:
    """Return the percentage of time with a known status, over all rows; see `WHOLE`."""
    states = [availability(row.states) for row in rows]
    known = sum((state.up + state.slow + state.down for state in states), timedelta())
    total = known + sum((state.unknown + state.unread for state in states), timedelta())
    share = known / total if total else 0.0
    return 100 if share >= WHOLE else min(int(100 * share), 99)
