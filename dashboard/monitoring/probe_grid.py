"""The probe grid: the server's cells, what is true of all of them, and Alma's last outage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.core.state import State, keeps_failure
from dashboard.core.updates import Updates
from dashboard.monitoring.cell import GridCell, cell
from dashboard.monitoring.recent_outcomes import RecentOutcomes
from dashboard.monitoring.situation import ALMA, Situation, SituationKind, situation
from procedure.errors import JournalUnwritable
from procedure.monitoring.board import TargetStatus, target_status
from procedure.monitoring.downtime import Downtime, downtimes
from procedure.monitoring.model import SERVER, Target
from procedure.monitoring.site_history import HOUR

WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A target of the paper under its step, with the cell of the server."""

    target: Target
    cells: tuple[GridCell, ...]

    @property
    def step(self) -> str:
        """The step whose paper names the target."""
        return self.target.step


class ProbeGrid(State):
    """The watch as a page shows it; it changes when an outcome arrives or becomes stale."""

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    updates: Updates = param.ClassSelector(class_=Updates, precedence=-1)
    rows: tuple[GridRow, ...] = param.Parameter(
        default=(), doc="A `GridRow` a target, in the paper's order."
    )
    last_round: datetime | None = param.Date(doc="When the newest outcome arrived (UTC).")
    state: Situation = param.ClassSelector(
        default=Situation(SituationKind.FIRST), class_=Situation, doc="What is true of the grid."
    )
    chosen = param.String(default="", doc="Key of the cell whose detail is open; empty for none.")
    last_outage: Downtime | None = param.ClassSelector(
        class_=Downtime, doc="The last one of Alma that is over, of this week."
    )

    def __init__(self, **params: Any) -> None:
        params["updates"] = params.get("updates") or Updates(context=params["context"])
        super().__init__(**params)
        now = self.context.now()
        self._recent = RecentOutcomes()
        # Without the last hour, the page still opens, and says that nothing can be recorded.
        with suppress(JournalUnwritable):
            self._recent.take(self.context.history.outcomes(since=now - HOUR))
        self._grows_old = NEVER
        self._settled: datetime | None = None
        self._find_last_outage()
        self._judge()

    @param.depends("updates.outcomes", "updates.minute", watch=True)
    @keeps_failure
    def _judge(self) -> None:
        now, watch = self.context.now(), self.context.watch
        self._recent.take(watch.latest.values())
        rows = tuple(self._row(target, now) for target in self._targets())
        cells = [one for row in rows for one in row.cells]
        self._grows_old = min((one.fresh_until for one in cells if one.fresh_until), default=NEVER)
        state = situation(row.cells[0] for row in rows)
        self.set(last_round=watch.last_round, rows=rows, state=state)

    @param.depends("updates.now", watch=True)
    def _expire(self) -> None:
        """Judge again once a reading is stale."""
        if self.updates.now > self._grows_old:
            self._judge()

    def choose(self, key: str) -> None:
        """Open the detail of a cell, or close it when it is open already."""
        known = key.partition("/")[0] in self.context.handbook.targets
        self.chosen = key if known and key != self.chosen else ""

    def cell(self, target: str, vantage: str = SERVER.key) -> GridCell:
        """Return the cell of a target seen from a vantage."""
        found = (one for row in self.rows for one in row.cells)
        return next(one for one in found if (one.target, one.vantage) == (target, vantage))

    def _targets(self) -> list[Target]:
        """Order the targets as the paper orders its steps; those of no step come last."""
        order = {step: place for place, step in enumerate(self.context.handbook.procedure.steps)}
        targets = self.context.handbook.targets.values()
        return sorted(targets, key=lambda one: order.get(one.step, len(order)))

    def _row(self, target: Target, now: datetime) -> GridRow:
        hour = self._recent.of(target.key, SERVER.key, now)
        return GridRow(target, (cell(target, SERVER.key, self._judged(target, now), hour),))

    def _judged(self, target: Target, now: datetime) -> TargetStatus | None:
        watch = self.context.watch
        judged = target_status(watch.board, target, now)
        # A reading of an earlier run, too old by now, tells nothing: the first round is under way.
        recalled = (target.key, SERVER.key) not in watch.latest
        return None if judged and judged.stale and recalled else judged

    @param.depends("updates.recent", watch=True)
    @keeps_failure
    def _find_last_outage(self) -> None:
        """Find Alma's last outage in the recent states, once a minute."""
        settled = self.context.recent_states.settled_until
        if settled is None or (self._settled and settled - self._settled < MINUTE):
            return
        self._settled = settled
        over = [one for one in self._alma_outages(settled) if one.end is not None]
        self.set(last_outage=max(over, key=attrgetter("end"), default=None))

    def _alma_outages(self, until: datetime) -> Iterator[Downtime]:
        for key in self.context.handbook.targets:
            if key.startswith(ALMA):
                yield from downtimes(self.context.recent_states.states(key, until - WEEK, until))
