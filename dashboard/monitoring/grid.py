"""The probe grid: the server's cells with the last hour's outcomes, and Alma's last downtime."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from operator import attrgetter

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.probe_watch import ProbeWatch
from dashboard.core.state import State, keep_failure, needs
from dashboard.monitoring.cell import GridCell, cell
from dashboard.monitoring.situation import Situation, SituationKind, situation
from procedure.diagnosis.evidence import roles_of
from procedure.errors import JournalUnwritable
from procedure.monitoring.board import TargetStatus, target_status
from procedure.monitoring.downtime import Downtime, downtimes
from procedure.monitoring.model import SERVER, Outcome, Target
from procedure.monitoring.site_history import HOUR

MOST = 400  # readings per target: enough for an hour at ten-second intervals


class RecentOutcomes:
    """The readings of each (target, vantage) over the last hour, in chronological order."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self._read: dict[tuple[str, str], deque[Outcome]] = defaultdict(lambda: deque(maxlen=MOST))
        self.take(outcomes)

    def take(self, outcomes: Iterable[Outcome]) -> None:
        """Add each outcome that is newer than all known outcomes of its target and vantage."""
        for outcome in outcomes:
            known = self._read[outcome.target, outcome.vantage]
            if not known or outcome.at > known[-1].at:
                known.append(outcome)

    def keep_targets(self, kept: Collection[str]) -> None:
        for pair in [pair for pair in self._read if pair[0] not in kept]:
            del self._read[pair]

    def of(self, target: str, vantage: str, now: datetime) -> tuple[Outcome, ...]:
        """Return the readings in the hour before `now`, or only the newest if all are older."""
        known = self._read[target, vantage]
        while len(known) > 1 and known[0].at < now - HOUR:
            known.popleft()
        return tuple(known)


WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)


class ProbeGrid(State):
    """The probe grid on a page; it changes when an outcome arrives or becomes stale."""

    context = needs(AppContext)
    updates = needs(ChangeCounters)
    cells = param.ClassSelector(
        class_=tuple,
        default=tuple[GridCell, ...](),
        doc="The server's `GridCell` for each target, in step order.",
    )
    last_round = param.ClassSelector(
        class_=datetime, doc="The time (UTC) of the newest outcome, or None."
    )
    state = param.ClassSelector(
        default=Situation(SituationKind.FIRST),
        class_=Situation,
        doc="The situation that the grid shows.",
    )
    chosen = param.String(
        default="", doc="The key of the cell whose details are open; empty if none are."
    )
    last_outage = param.ClassSelector(
        class_=Downtime, doc="The last downtime of Alma that ended within the last week, or None."
    )

    def __init__(self, **params: object) -> None:
        params["updates"] = params.get("updates") or ChangeCounters(context=params["context"])
        super().__init__(**params)
        self._grows_old = NEVER
        self._settled: datetime | None = None
        self._find_last_outage()
        self._judge()

    @param.depends("updates.outcomes", "updates.minute", watch=True)
    @keep_failure
    def _judge(self) -> None:
        cells = self.context.shared.setdefault("probe grid", _SharedCells()).read(self.context)
        self._grows_old = _grows_old(cells)
        ways_in = roles_of(self.context.handbook.current.targets.values()).ways_in
        last_round = self.context.watches.probes.last_round
        self.set(last_round=last_round, cells=cells, state=situation(cells, ways_in))

    @param.depends("updates.handbook", watch=True)
    def _apply_handbook(self) -> None:
        """Use the handbook's current targets; close the details of a removed target."""
        self._judge()
        if self.chosen.partition("/")[0] not in self.updates.handbook.targets:
            self.chosen = ""

    @param.depends("updates.now", watch=True)
    def _expire(self) -> None:
        """Judge the cells again once a reading has become stale."""
        if self.updates.now > self._grows_old:
            self._judge()

    def choose(self, key: str) -> None:
        """Open a cell's details, or close them if they are open."""
        known = key.partition("/")[0] in self.updates.handbook.targets
        self.chosen = key if known and key != self.chosen else ""

    def cell(self, target: str, vantage: str = SERVER.key) -> GridCell:
        return next(
            known for known in self.cells if (known.target, known.vantage) == (target, vantage)
        )

    @param.depends("updates.recent", watch=True)
    @keep_failure
    def _find_last_outage(self) -> None:
        """Look for Alma's last downtime in the recent states, at most once a minute."""
        settled = self.context.watches.recent.states.settled_until
        if settled is None or (self._settled and settled - self._settled < MINUTE):
            return
        self._settled = settled
        over = [outage for outage in self._alma_outages(settled) if outage.end is not None]
        self.set(last_outage=max(over, key=attrgetter("end"), default=None))

    def _alma_outages(self, until: datetime) -> Iterator[Downtime]:
        for key in roles_of(self.context.handbook.current.targets.values()).ways_in:
            yield from downtimes(
                self.context.watches.recent.states.states(key, until - WEEK, until)
            )


class _SharedCells:
    """The cells that all pages share, judged when an outcome arrives or becomes stale."""

    def __init__(self) -> None:
        self._recent: RecentOutcomes | None = None
        self._targets: Mapping[str, Target] = {}
        self._made_of: object = None
        self._cells: tuple[GridCell, ...] = ()

    def read(self, context: AppContext) -> tuple[GridCell, ...]:
        """Return the current cells, judging them again only if something may have changed."""
        now, probes = context.clock.now(), context.watches.probes
        of = (
            context.handbook.current,
            probes.rounds,
            probes.board,
            now.replace(second=0, microsecond=0),
        )
        if self._made_of != of or now > _grows_old(self._cells):
            self._cells, self._made_of = tuple(self._judged(context, now)), of
        return self._cells

    def _judged(self, context: AppContext, now: datetime) -> Iterator[GridCell]:
        recent = self._recent_outcomes(context, now)
        for target in _targets(context):
            hour = recent.of(target.key, SERVER.key, now)
            yield cell(target, SERVER.key, _status(context.watches.probes, target, now), hour)

    def _recent_outcomes(self, context: AppContext, now: datetime) -> RecentOutcomes:
        if self._recent is None:
            self._recent = RecentOutcomes()
            # If the last hour cannot be read, pages can still be opened. They say that nothing
            # can be recorded.
            with suppress(JournalUnwritable):
                self._recent.take(context.store.history.outcomes(since=now - HOUR))
            self._targets = context.handbook.current.targets
        before, self._targets = self._targets, context.handbook.current.targets
        if before is not self._targets:
            self._recent.keep_targets(
                {key for key, target in self._targets.items() if before.get(key) == target}
            )
        self._recent.take(context.watches.probes.latest.values())
        return self._recent


def _grows_old(cells: Iterable[GridCell]) -> datetime:
    """Return the time at which the first cell becomes stale."""
    return min((known.fresh_until for known in cells if known.fresh_until), default=NEVER)


def _targets(context: AppContext) -> list[Target]:
    """Order the targets by the procedure's steps; those without a step come last."""
    order = {step: place for place, step in enumerate(context.handbook.current.procedure.steps)}
    targets = context.handbook.current.targets.values()
    return sorted(targets, key=lambda target: order.get(target.step, len(order)))


def _status(probes: ProbeWatch, target: Target, now: datetime) -> TargetStatus | None:
    status = target_status(probes.board, target, now)
    # Ignore a stale reading from before this process started: the first round is under way.
    recalled = (target.key, SERVER.key) not in probes.latest
    return None if status and status.stale and recalled else status
