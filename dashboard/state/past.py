"""What was seen lately: the states, outages and availability that the history place shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import param

from dashboard.state.house import House
from procedure.outages import Availability, Outage, State, availability, outages

SPANS = {"day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Lane:
    """One target over the span shown: its states without holes, and the sum of them."""

    target: str
    states: tuple[State, ...]
    day: Availability
    week: Availability


@dataclass(frozen=True, slots=True)
class PastOutage:
    """An outage, with the loans that were recorded while it lasted."""

    outage: Outage
    loans: int


class Past(param.Parameterized):
    """The last day or week of every target, renewed as the house's chronicle is."""

    house: House = param.Parameter(precedence=-1)
    span = param.Selector(default="day", objects=list(SPANS))
    now = param.Parameter(default=None, doc="The instant at which the lanes end (UTC).")
    lanes = param.Parameter(default=(), doc="A `Lane` a target, in the paper's order.")
    outages = param.Parameter(default=(), doc="`PastOutage`s of the week, newest first.")
    loaded = param.Boolean(default=False, doc="Whether the chronicle was read once.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._renewed: datetime | None = None
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
        lanes = tuple(self._lane(target, now) for target in self.house.handbook.targets)
        found = [self._counted(one, now) for one in self._outages(now)]
        self.param.update(
            now=now,
            lanes=lanes,
            outages=tuple(sorted(found, key=lambda one: one.outage.start, reverse=True)),
            loaded=True,
        )

    def _lane(self, target: str, now: datetime) -> Lane:
        def over(span: str) -> list[State]:
            return self.house.chronicle.states(target, now - SPANS[span], now)

        return Lane(
            target, tuple(over(self.span)), availability(over("day")), availability(over("week"))
        )

    def _outages(self, now: datetime) -> list[Outage]:
        since = now - SPANS["week"]
        return [
            outage
            for target in self.house.handbook.targets
            for outage in outages(self.house.chronicle.states(target, since, now))
        ]

    def _counted(self, outage: Outage, now: datetime) -> PastOutage:
        end = outage.end or now
        loans = self.house.loan_log.lent_between(outage.start, end)
        return PastOutage(outage, loans)
