"""What was seen lately: the states, outages and availability that the history place shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import param

from dashboard.state.house import House
from procedure.official_times import Announced, outside, with_official
from procedure.outages import Availability, Outage, State, availability, outages
from procedure.services import Service, service_states, services, spoken_of

SPANS = {"day": timedelta(days=1), "week": timedelta(days=7)}
# What was over sooner are attempts that the quick retries did not bear out: the grid never said it.
BORNE_OUT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Lane:
    """One target or service over the span shown: its states without holes, and the sum of them.

    `unplanned` is the sum of the week without the time of announced work, where any was announced.
    """

    target: str
    states: tuple[State, ...]
    day: Availability
    week: Availability
    unplanned: Availability | None = None


@dataclass(frozen=True, slots=True)
class PastOutage:
    """An outage of a target or a service, with the loans that were recorded while it lasted.

    `announceable` tells whether the status pages speak of it at all.
    """

    outage: Outage
    loans: int
    announceable: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Announced work on a target, within the week (UTC)."""

    target: str
    start: datetime
    end: datetime


class Past(param.Parameterized):
    """The last day or week of every target, renewed as the house's chronicle is."""

    house: House = param.Parameter(precedence=-1)
    span = param.Selector(default="day", objects=list(SPANS))
    now = param.Parameter(default=None, doc="The instant at which the lanes end (UTC).")
    lanes = param.Parameter(default=(), doc="A `Lane` a target, in the paper's order.")
    services = param.Parameter(default=(), doc="A `Lane` a service of several addresses.")
    outages = param.Parameter(default=(), doc="`PastOutage`s of the week, newest first.")
    work = param.Parameter(default=(), doc="Announced `Work` of the week, by target.")
    loaded = param.Boolean(default=False, doc="Whether the chronicle was read once.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._renewed: datetime | None = None
        self._services = services(self.house.handbook.procedure)
        self._shared = [one for one in self._services if len(one.targets) > 1]
        self._spoken_of = spoken_of(self._services)
        self.refresh()

    def refresh(self) -> None:
        """Look again if the chronicle was renewed since the last look."""
        renewed = self.house.chronicle.settled_until
        if renewed is not None and renewed != self._renewed:
            self._renewed = renewed
            self._look()

    @param.depends("span", watch=True)
    def _look(self) -> None:
        now = self.house.now()
        day, week = (self._all_states(now, span) for span in ("day", "week"))
        announced = self.house.official.announced()
        work = [one for one in announced if one.planned]

        def lane(key: str) -> Lane:
            left = outside(week[key], work) if work and key in self._spoken_of else None
            return Lane(
                key,
                tuple(day[key] if self.span == "day" else week[key]),
                availability(day[key]),
                availability(week[key]),
                None if left is None else availability(left),
            )

        found = with_official(_outages(week, self._shared), announced, self._services)
        self.param.update(
            now=now,
            lanes=tuple(map(lane, self.house.handbook.targets)),
            services=tuple(lane(one.key) for one in self._shared),
            work=tuple(self._work(work, now)),
            outages=tuple(
                self._counted(one, now)
                for one in sorted(found, key=lambda one: one.start, reverse=True)
                if one.end is None or one.end - one.start >= BORNE_OUT
            ),
            loaded=True,
        )

    def _all_states(self, now: datetime, span: str) -> dict[str, list[State]]:
        """Give the states of every target and of every service that several of them lead to."""
        since = now - SPANS[span]
        told = {
            key: self.house.chronicle.states(key, since, now) for key in self.house.handbook.targets
        }
        return told | {one.key: service_states(one, told) for one in self._shared}

    def _work(self, planned: Iterable[Announced], now: datetime) -> Iterator[Work]:
        since = now - SPANS["week"]
        for one in planned:
            start, end = max(one.start, since), min(one.end or now, now)
            if start < end:
                targets = (key for key in self.house.handbook.targets if key in self._spoken_of)
                yield from (Work(key, start, end) for key in targets)

    def _counted(self, outage: Outage, now: datetime) -> PastOutage:
        end = outage.end or now
        loans = self.house.loan_log.lent_between(outage.start, end)
        return PastOutage(outage, loans, outage.target in self._spoken_of)


def _outages(week: Mapping[str, list[State]], shared: Sequence[Service]) -> list[Outage]:
    """Find the outages of services, and those of targets that no outage of a service holds."""
    whole = {one.key: outages(week[one.key]) for one in shared}
    of = {target: whole[one.key] for one in shared for target in one.targets}
    alone = [
        outage
        for target, states in week.items()
        if target not in whole
        for outage in outages(states)
        if not any(_meet(outage, one) for one in of.get(target, ()))
    ]
    return [*(one for found in whole.values() for one in found), *alone]


def _meet(one: Outage, other: Outage) -> bool:
    begun = one.end is None or other.start < one.end
    return begun and (other.end is None or one.start < other.end)
