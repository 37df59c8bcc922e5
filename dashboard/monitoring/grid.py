"""The probe grid: the server's cells, what is true of all of them, and Alma's last outage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.core.probe_watch import ProbeWatch
from dashboard.core.state import State, keeps_failure
from dashboard.core.updates import Updates
from dashboard.monitoring.cell import GridCell, cell
from dashboard.monitoring.recent_outcomes import RecentOutcomes
from dashboard.monitoring.situation import Situation, SituationKind, situation
from procedure.diagnosis.evidence import roles_of
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
    """A target under its step, with the server's cell."""

    target: Target
    cells: tuple[GridCell, ...]

    @property
    def step(self) -> str:
        """The step that names the target."""
        return self.target.step


class ProbeGrid(State):
    """The watch as a page shows it; it changes when an outcome arrives or becomes stale."""

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    updates: Updates = param.ClassSelector(class_=Updates, precedence=-1)
    rows: tuple[GridRow, ...] = param.ClassSelector(
        class_=tuple, default=(), doc="A `GridRow` a target, in the handbook's order."
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
        self._grows_old = NEVER
        self._settled: datetime | None = None
        self._find_last_outage()
        self._judge()

    @param.depends("updates.outcomes", "updates.minute", watch=True)
    @keeps_failure
    def _judge(self) -> None:
        judged = self._shared.judge(self.context)
        self._grows_old = judged.grows_old
        last_round = self.context.watch.last_round
        self.set(last_round=last_round, rows=judged.rows, state=judged.state)

    @property
    def _shared(self) -> _Judge:
        return self.context.computed_once("probe grid", _Judge, holds=None)

    @param.depends("updates.handbook", watch=True)
    def _follow_handbook(self) -> None:
        """Judge the handbook's targets; close the detail of one that there is no more."""
        self._judge()
        if self.chosen.partition("/")[0] not in self.updates.handbook.targets:
            self.chosen = ""

    @param.depends("updates.now", watch=True)
    def _expire(self) -> None:
        """Judge again once a reading is stale."""
        if self.updates.now > self._grows_old:
            self._judge()

    def choose(self, key: str) -> None:
        """Open the detail of a cell, or close it when it is open already."""
        known = key.partition("/")[0] in self.updates.handbook.targets
        self.chosen = key if known and key != self.chosen else ""

    def cell(self, target: str, vantage: str = SERVER.key) -> GridCell:
        """Return the cell of a target seen from a vantage."""
        cells = (one for row in self.rows for one in row.cells)
        return next(one for one in cells if (one.target, one.vantage) == (target, vantage))

    @param.depends("updates.recent", watch=True)
    @keeps_failure
    def _find_last_outage(self) -> None:
        """Find Alma's last outage in the recent states, once a minute."""
        settled = self.context.recent_states.settled_until
        if settled is None or (self._settled and settled - self._settled < MINUTE):
            return
        self._settled = settled
        over = [outage for outage in self._alma_outages(settled) if outage.end is not None]
        self.set(last_outage=max(over, key=attrgetter("end"), default=None))

    def _alma_outages(self, until: datetime) -> Iterator[Downtime]:
        for key in roles_of(self.context.handbook.targets.values()).ways_in:
            yield from downtimes(self.context.recent_states.states(key, until - WEEK, until))


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The rows and what they amount to; they are judged anew after `grows_old` at the latest."""

    of: object
    rows: tuple[GridRow, ...]
    state: Situation
    grows_old: datetime


class _Judge:
    """Judges the watch once for all pages, whenever something arrived or grew too old."""

    def __init__(self) -> None:
        self._recent: RecentOutcomes | None = None
        self._targets: Mapping[str, Target] = {}
        self._newest: _Judgement | None = None

    def judge(self, context: AppContext) -> _Judgement:
        """Return the newest judgement; pages with the same outcomes share it."""
        now, watch = context.now(), context.watch
        of = (context.handbook, watch.rounds, watch.board, now.replace(second=0, microsecond=0))
        newest = self._newest
        if newest is None or newest.of != of or now > newest.grows_old:
            rows = tuple(self._rows(context, now))
            cells = [one for row in rows for one in row.cells]
            ways_in = roles_of(context.handbook.targets.values()).ways_in
            grows_old = min((one.fresh_until for one in cells if one.fresh_until), default=NEVER)
            state = situation([row.cells[0] for row in rows], ways_in)
            newest = self._newest = _Judgement(of, rows, state, grows_old)
        return newest

    def _rows(self, context: AppContext, now: datetime) -> Iterator[GridRow]:
        recent = self._recent_outcomes(context, now)
        for target in _targets(context):
            hour = recent.of(target.key, SERVER.key, now)
            status = _status(context.watch, target, now)
            yield GridRow(target, (cell(target, SERVER.key, status, hour),))

    def _recent_outcomes(self, context: AppContext, now: datetime) -> RecentOutcomes:
        if self._recent is None:
            self._recent = RecentOutcomes()
            # Without the last hour, the page still opens, and says that nothing can be recorded.
            with suppress(JournalUnwritable):
                self._recent.take(context.history.outcomes(since=now - HOUR))
            self._targets = context.handbook.targets
        before, self._targets = self._targets, context.handbook.targets
        if before is not self._targets:
            self._recent.keep_targets(
                {key for key, target in self._targets.items() if before.get(key) == target}
            )
        self._recent.take(context.watch.latest.values())
        return self._recent


def _targets(context: AppContext) -> list[Target]:
    """Order the targets as the procedure orders its steps; those of no step come last."""
    order = {step: place for place, step in enumerate(context.handbook.procedure.steps)}
    targets = context.handbook.targets.values()
    return sorted(targets, key=lambda target: order.get(target.step, len(order)))


def _status(watch: ProbeWatch, target: Target, now: datetime) -> TargetStatus | None:
    status = target_status(watch.board, target, now)
    # A reading of an earlier run, too old by now, is ignored: the first round is under way.
    recalled = (target.key, SERVER.key) not in watch.latest
    return None if status and status.stale and recalled else status
