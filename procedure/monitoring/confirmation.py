"""How a target stands: what is confirmed, and the readings in a row that may change it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from procedure.monitoring.downtime import WORKING
from procedure.monitoring.model import FailureCause, Outcome, Status, Target
from procedure.monitoring.slowness import LatencyBaseline, add_latency, slow_above

SLOW_CONFIRMED = 2  # readings in a row before a target changes between up and slow
FLAP_WINDOW = 12  # readings
FLAPS = 6  # changes among them: three failures, each of which passed by itself


@dataclass(frozen=True, slots=True)
class Streak:
    """Readings in a row that say the same: the newest of them, how many, and since when (UTC)."""

    says: Status
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is kept of a target between two readings.

    `settled` is the confirmed verdict, None before there is one, and `since` its first reading.
    `works` is the run of readings that worked, or that failed; `level` the run of equal verdicts.
    `recent` holds the last readings and whether they worked; `cause` is that of the last failure.
    `flapping`: it answers by fits and starts, and counts as down until it holds.
    """

    settled: Status | None = None
    since: datetime | None = None
    works: Streak | None = None
    level: Streak | None = None
    recent: tuple[tuple[datetime, bool], ...] = ()
    cause: FailureCause | None = None
    flapping: bool = False
    past: LatencyBaseline = field(default_factory=LatencyBaseline)

    @property
    def doubtful(self) -> bool:
        """Whether the newest reading is not borne out by what is confirmed."""
        if self.works is None:
            return False
        return self.settled is None or _works(self.works.says) != _works(self.settled)


def confirm(standing: Confirmation, outcome: Outcome, target: Target) -> Confirmation:
    """Add a reading that tells something, and change what is confirmed if it is enough."""
    says = _verdict(standing.past, outcome, target)
    counted = replace(
        standing,
        works=_longer(standing.works, says, outcome.at, same=_works(says)),
        level=_longer(standing.level, says, outcome.at, same=None),
        recent=(*standing.recent, (outcome.at, _works(says)))[-FLAP_WINDOW:],
        cause=standing.cause if _works(says) else outcome.cause,
        past=_remembered(standing.past, outcome, says),
    )
    return _damped(_settled(counted, says, target))


def readings_needed(standing: Confirmation, target: Target) -> int:
    """Return how many readings in a row it takes to believe the newest one."""
    if standing.works is not None and not _works(standing.works.says):
        return 1 + target.retries
    if standing.settled is Status.DOWN:
        return target.recovery * (2 if standing.flapping else 1)
    return 1 if standing.settled is None else SLOW_CONFIRMED


def needs_another_look(standing: Confirmation, target: Target) -> bool:
    """Whether a quick retry would help to confirm or to clear the newest reading."""
    if standing.flapping or standing.works is None or not standing.doubtful:
        return False
    return standing.works.count < readings_needed(standing, target)


def _works(verdict: Status | None) -> bool:
    return verdict in WORKING


def _verdict(past: LatencyBaseline, outcome: Outcome, target: Target) -> Status:
    if outcome.verdict is not Status.UP or outcome.latency_ms is None:
        return outcome.verdict
    slow = outcome.latency_ms > slow_above(past, target.slow_after)
    return Status.SLOW if slow else Status.UP


def _remembered(past: LatencyBaseline, outcome: Outcome, says: Status) -> LatencyBaseline:
    if outcome.latency_ms is None or not _works(says):
        return past
    return add_latency(past, outcome.at, outcome.latency_ms)


def _longer(run: Streak | None, says: Status, at: datetime, *, same: bool | None) -> Streak:
    """Lengthen a run of equal verdicts or, given `same`, of readings that work or do not."""
    if run is not None and (run.says is says if same is None else _works(run.says) is same):
        return Streak(says, run.count + 1, run.since)
    return Streak(says, 1, at)


def _settled(standing: Confirmation, says: Status, target: Target) -> Confirmation:
    between_levels = _works(says) and _works(standing.settled)
    run = standing.level if between_levels else standing.works
    if run is None or says is standing.settled or run.count < readings_needed(standing, target):
        return standing
    # What was seen before a recovery says nothing about how steady the target is after it.
    recovered = standing.settled is Status.DOWN
    recent = () if recovered else standing.recent
    return replace(standing, settled=says, since=run.since, recent=recent, flapping=False)


def _damped(standing: Confirmation) -> Confirmation:
    changes = sum(sooner[1] != later[1] for sooner, later in pairwise(standing.recent))
    if standing.flapping or changes < FLAPS:
        return standing
    if standing.settled is Status.DOWN:
        return replace(standing, flapping=True)
    since = next(at for at, worked in standing.recent if not worked)
    return replace(standing, settled=Status.DOWN, since=since, flapping=True)
