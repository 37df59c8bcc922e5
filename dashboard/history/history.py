"""What was seen lately: the states, outages and availability that the history place shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.history.ninety_days import (
    LEAD,
    QUARTER,
    WEEK,
    AvailabilityFigures,
    NinetyDays,
    availability_figures,
)
from procedure.monitoring.downtime import Downtime, StatusInterval, availability, downtimes, within
from procedure.monitoring.services import Service, service_states, services, targets_of_answer
from procedure.outages.announcements import Announcement, add_announcements

DAY = timedelta(days=1)
SPANS = {"day": DAY, "week": WEEK, "quarter": QUARTER}
# How often what is shown is renewed: over ninety days nobody sees five seconds.
PACE = {"day": timedelta(), "week": timedelta(), "quarter": timedelta(minutes=1)}
WHOLE = 0.999  # share of a span that counts as all of it: a restart costs some seconds
# What was over sooner are attempts that the quick retries did not bear out: the grid never said it.
BORNE_OUT = timedelta(seconds=30)
FRESH = timedelta(hours=1)  # which the chronicle tells, before the long past ends
STEADY = timedelta(hours=1)  # a first reading so long after the beginning is worth a word


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One target or service over the span shown: its states without holes, and the sums of spans.

    `availability_figures` lacks the spans that were not read yet. `p95` is in milliseconds, over
    the last week.
    """

    target: str
    states: tuple[StatusInterval, ...]
    spent: Mapping[str, AvailabilityFigures] = field(default_factory=dict[str, AvailabilityFigures])
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class PastOutage:
    """An outage of a target or a service, with the loans that were recorded while it lasted.

    `announceable` tells whether the status pages speak of it at all.
    """

    outage: Downtime
    loans: int
    announceable: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Announced work on a target, within the span shown (UTC)."""

    target: str
    start: datetime
    end: datetime


class HistoryState(param.Parameterized):
    """The last day, week or ninety days of every target, renewed with the recent states."""

    context: AppContext = param.Parameter(precedence=-1)
    span = param.Selector(default="day", objects=list(SPANS))
    now = param.Parameter(default=None, doc="The instant at which the lanes end (UTC).")
    lanes = param.Parameter(default=(), doc="A `TimelineRow` a target, in the paper's order.")
    services = param.Parameter(default=(), doc="A `TimelineRow` a service of several addresses.")
    outages = param.Parameter(default=(), doc="`PastOutage`s of the span, newest first.")
    work = param.Parameter(default=(), doc="Announced `Work` of the span, by target.")
    first_read = param.Parameter(
        default=None, doc="When reading began, where that is within the span; None else."
    )
    loaded = param.Boolean(default=False, doc="Whether the span shown was read.")
    known = param.Boolean(default=False, doc="Whether anything was seen in the span shown.")
    read = param.Integer(default=0, doc="Per cent of the span in which targets were known.")
    lasting = param.Parameter(default=None, doc="`now` while an outage lasts, None else.")
    long = param.Parameter(default=None, doc="The context's `NinetyDays`, None until it was read.")
    long_fault = param.Boolean(default=False, doc="Whether the last reading of it failed.")
    every = param.Boolean(default=False, doc="Whether more than the newest outages are asked for.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._renewed: datetime | None = None
        self._services = services(self.context.handbook.procedure)
        self._shared = [one for one in self._services if len(one.targets) > 1]
        self._spoken_of = targets_of_answer(self._services)
        self.refresh()

    def refresh(self) -> None:
        """Look again if something was renewed since the last look."""
        self.long_fault = self.context.long_past_fault
        renewed, before = self.context.chronicle.settled_until, self._renewed
        if renewed is None:
            return
        due = before is None or (renewed > before and renewed - before >= PACE[self.span])
        if due or self.context.long_past is not self.long:
            self._look()

    @param.depends("span", watch=True)
    def _turn(self) -> None:
        self.every = False
        self._look()

    def _look(self) -> None:
        self._renewed = self.context.chronicle.settled_until
        if self._renewed is None:
            return
        look = self._taken(self.context.now(), self.context.long_past)
        since = look.now - SPANS[self.span]
        found = tuple(self._outages(look, since)) if look.loaded else ()
        first = look.first_seen if look.loaded else None
        lanes = tuple(self._lane(key, look) for key in self.context.handbook.targets)
        self.param.update(
            now=look.now,
            long=look.long,
            loaded=look.loaded,
            lanes=lanes,
            read=_read(lanes),
            services=tuple(self._lane(one.key, look) for one in self._shared),
            work=tuple(self._work(look, since)),
            outages=found,
            lasting=look.now if any(one.outage.end is None for one in found) else None,
            known=first is not None,
            first_read=first if first is not None and first - since > STEADY else None,
        )

    def _taken(self, now: datetime, long: NinetyDays | None) -> _Look:
        """Take the states of everything as far back as needed: the newest from the chronicle.

        The database knows how often each target was read at the time, the chronicle only now.
        """
        since = now - LEAD - (QUARTER if self.span == "quarter" else timedelta())
        fresh = max(now - LEAD, long.until - FRESH) if long else now - LEAD
        told: dict[str, Sequence[StatusInterval]] = {}
        for key in self.context.handbook.targets:
            older = within(key, list(long.states[key]), since, fresh) if long else []
            told[key] = [*older, *self.context.chronicle.states(key, fresh, now)]
        told |= {one.key: service_states(one, told) for one in self._shared}
        return _Look(self.span, now, told, self.context.official.announced(), long)

    def _lane(self, key: str, look: _Look) -> TimelineRow:
        work, long = look.work if key in self._spoken_of else [], look.long
        sums = {
            span: availability_figures(look.within(key, span), work) for span in ("day", "week")
        }
        if long is not None:
            sums["quarter"] = long.spent[key]
        states = tuple(look.within(key, self.span)) if look.loaded else ()
        return TimelineRow(key, states, sums, long.p95.get(key) if long else None)

    def _work(self, look: _Look, since: datetime) -> Iterator[Work]:
        for one in look.work:
            start, end = max(one.start, since), min(one.end or look.now, look.now)
            if start < end:
                targets = (key for key in self.context.handbook.targets if key in self._spoken_of)
                yield from (Work(key, start, end) for key in targets)

    def _outages(self, look: _Look, since: datetime) -> Iterator[PastOutage]:
        found = [
            one for one in _found(look.told, self._shared) if one.end is None or one.end > since
        ]
        told = add_announcements(found, look.announced, self._services)
        for one in sorted(told, key=lambda one: one.start, reverse=True):
            if one.end is None or one.end - one.start >= BORNE_OUT:
                loans = self.context.loan_log.lent_between(one.start, one.end or look.now)
                yield PastOutage(one, loans, one.target in self._spoken_of)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look found: the states of everything, and what was announced."""

    span: str
    now: datetime
    told: Mapping[str, Sequence[StatusInterval]]
    announced: Sequence[Announcement]
    long: NinetyDays | None

    @property
    def work(self) -> list[Announcement]:
        return [one for one in self.announced if one.planned]

    def within(self, key: str, span: str) -> list[StatusInterval]:
        return within(key, list(self.told[key]), self.now - SPANS[span], self.now)

    @property
    def loaded(self) -> bool:
        return self.span != "quarter" or self.long is not None

    @property
    def first_seen(self) -> datetime | None:
        """Tell when anything was first seen in the span shown."""
        shown = (one for key in self.told for one in self.within(key, self.span))
        return min((one.start for one in shown if one.verdict is not None), default=None)


def _found(
    told: Mapping[str, Sequence[StatusInterval]], shared: Sequence[Service]
) -> list[Downtime]:
    """Find the outages of services, and those of targets that no outage of a service holds."""
    whole = {one.key: downtimes(told[one.key]) for one in shared}
    of = {target: whole[one.key] for one in shared for target in one.targets}
    alone = [
        outage
        for target, states in told.items()
        if target not in whole
        for outage in downtimes(states)
        if not any(_meet(outage, one) for one in of.get(target, ()))
    ]
    return [*(one for found in whole.values() for one in found), *alone]


def _meet(one: Downtime, other: Downtime) -> bool:
    begun = one.end is None or other.start < one.end
    return begun and (other.end is None or one.start < other.end)


def _read(lanes: Sequence[TimelineRow]) -> int:
    """Tell in how many per cent of the time, over all lanes, a target was up, slow or down.

    A hundred is said of nothing less than `WHOLE`.
    """
    told = [availability(lane.states) for lane in lanes]
    known = sum((one.up + one.slow + one.down for one in told), timedelta())
    total = known + sum((one.unknown + one.unread for one in told), timedelta())
    share = known / total if total else 0.0
    return 100 if share >= WHOLE else min(int(100 * share), 99)
