"""Probes every target at its interval, once for all browsers that this process serves."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Protocol

from procedure.io.clock import utc_now
from procedure.io.outcome_writer import OutcomeWriter
from procedure.io.processes.leadership import Leadership, SoleProcess
from procedure.io.task_runner import RepeatedTask, Upkeep
from procedure.monitoring.board import (
    StatusBoard,
    add_all,
    add_outcome,
    keep_targets,
    reference_targets,
)
from procedure.monitoring.confirmed_status import needs_retry
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome, Target, Vantage
from procedure.monitoring.schedule import JITTER, first_probe, next_probe, offset

TICK = timedelta(seconds=1)
RETRY_AFTER = 5.0  # seconds between an unconfirmed outcome and the next attempt
REFERENCE_HOLDS = timedelta(seconds=5)
REPLAYED = timedelta(days=7)  # how much history is read at startup to restore the statuses
READ_EVERY = 2.0  # seconds between reads of the outcomes that the leader has recorded
# An outcome has the time at which its probe began, but may be recorded up to a minute later. Each
# read of the leader's outcomes therefore starts this long before the newest known outcome.
LATE = timedelta(minutes=2)


class TargetProber(Protocol):
    """Probes targets: over HTTP (`Prober`), or in a simulation."""

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        """Make one attempt and return its outcome; never raises."""
        ...


class ProbeScheduler:
    """Probes each target at its interval and writes the outcomes to the history.

    - `latest`: the newest raw outcome by (target, vantage).
    - `board`: the confirmed statuses.
    - `rounds`: a number that increases with each outcome and each change of targets, so that the
      dashboard notices the change.
    - `last_round`: the time of the newest outcome (aware UTC).
    - `history_fault`: the `fault` of the `OutcomeWriter`.

    After an unconfirmed outcome, the target is soon probed again. The reference targets are probed
    too, to find out whether this machine has lost its network connection.

    A process that does not watch (see `Leadership`) does not probe. It adds the outcomes that the
    leader has recorded to its board. There, they go out of date like the outcomes of its own
    probes. Outcomes for a URL other than the target's are ignored, because they predate a change to
    the handbook.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        prober: TargetProber,
        history: History,
        *,
        vantage: Vantage = SERVER,
        tick: timedelta = TICK,
        now: Callable[[], datetime] = utc_now,
        leadership: Leadership | None = None,
        upkeep: Upkeep | None = None,
    ) -> None:
        self.vantage = vantage
        self._upkeep = upkeep or Upkeep(now)
        self.rounds = 0
        self.last_round: datetime | None = None
        self.board = StatusBoard()
        self._by_key = {target.key: target for target in targets}
        self._requested = {key: asyncio.Event() for key in self._by_key}
        self._added_meanwhile: list[Outcome] | None = []
        self._latest: dict[tuple[str, str], Outcome] = {}
        self._prober = prober
        self._history = history
        self._now = now
        self._leadership = leadership or SoleProcess()
        self._writer = OutcomeWriter(history, tick, vantage.key, self._leadership)
        self._changed_at: dict[str, datetime] = {}
        self._probes: dict[str, asyncio.Task[None]] = {}
        self._following: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]:
        return MappingProxyType(self._latest)

    @property
    def running(self) -> bool:
        return self._writing is not None and not self._writing.done()

    @property
    def history_fault(self) -> str | None:
        return self._writer.fault

    def ensure_started(self) -> None:
        """Start on the running loop unless already started."""
        if self.running:
            return
        self._start_probes()
        self._following = asyncio.create_task(self._read_leader_outcomes(), name="probe:follow")
        self._writing = asyncio.create_task(self._writer.run(), name="probe:writer")

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Probe these targets from now on, and drop the outcomes of changed or removed targets."""
        before, self._by_key = self._by_key, {target.key: target for target in targets}
        kept = {key for key, target in self._by_key.items() if before.get(key) == target}
        self._changed_at |= dict.fromkeys(self._by_key.keys() - kept, self._now())
        for key in before.keys() - kept:
            if key in self._probes:
                self._probes.pop(key).cancel()
        self._requested = {key: self._requested.get(key, asyncio.Event()) for key in self._by_key}
        self._latest = {pair: outcome for pair, outcome in self._latest.items() if pair[0] in kept}
        if self._added_meanwhile is not None:
            self._added_meanwhile = [
                outcome for outcome in self._added_meanwhile if outcome.target in kept
            ]
        self.board = keep_targets(self.board, kept, self._by_key)
        self.rounds += 1
        if self.running:
            self._start_probes()

    def _start_probes(self) -> None:
        """Start a task for each target that has none."""
        start = asyncio.get_running_loop().time()
        new = [target for key, target in self._by_key.items() if key not in self._probes]
        for index, target in enumerate(new):
            probing = self._probe_regularly(target, index, start)
            self._probes[target.key] = asyncio.create_task(probing, name=f"probe:{target.key}")

    async def stop(self) -> None:
        """Cancel all probes, and write the remaining outcomes."""
        if self._writing is None or self._following is None:
            return
        tasks = [*self._probes.values(), self._following]
        self._probes = {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._writer.stop()
        await self._writing
        self._writing = None

    async def _probe_regularly(self, target: Target, index: int, start: float) -> None:
        # With one task per target, probes of the same target never overlap.
        clock = asyncio.get_running_loop().time
        interval = target.interval.total_seconds()
        own_place = offset(index, len(self._by_key), interval)
        chance = Random(target.key)  # noqa: S311 - spreads probes, protects no secret
        due = start + first_probe(index)
        while True:
            await self._wait(due, self._requested[target.key])
            if not self._leadership.watches:
                await self._leadership.until_watching()
                await asyncio.sleep(first_probe(index))
            await self._upkeep.attempt(f"probe {target.key}", partial(self._probe, target))
            due = next_probe(clock(), start=start, place=own_place, interval=interval)
            due += interval * chance.uniform(-JITTER, JITTER)
            if self._in_doubt(target):
                due = min(due, clock() + RETRY_AFTER)

    async def _wait(self, due: float, requested: asyncio.Event) -> None:
        with suppress(TimeoutError):
            seconds = due - asyncio.get_running_loop().time()
            await asyncio.wait_for(requested.wait(), max(seconds, 0.0))
        requested.clear()

    async def _probe(self, target: Target) -> None:
        outcome = await self._prober.probe(target, vantage=self.vantage)
        if not self._leadership.watches:
            return  # this process hung, and another process has taken over
        self._add(outcome)
        if self._in_doubt(target):
            self._request_references(target)

    def _in_doubt(self, target: Target) -> bool:
        confirmation = self.board.confirmations.get(target.key)
        return confirmation is not None and needs_retry(confirmation, target)

    def _request_references(self, doubted: Target) -> None:
        """Request probes of the reference targets, except those probed moments ago."""
        for key in reference_targets(self._by_key, doubted.key):
            latest = self._latest.get((key, self.vantage.key))
            if latest is None or self._now() - latest.at > REFERENCE_HOLDS:
                self._requested[key].set()

    def _add(self, outcome: Outcome) -> None:
        self._writer.add(outcome)
        known = self.board.blind_periods
        self._store(outcome, self._now())
        if self._added_meanwhile is not None:
            self._added_meanwhile.append(outcome)
        if self.board.blind_periods is not known:
            self._writer.add_blind_periods(self.board.blind_periods[-1:])

    def _store(self, outcome: Outcome, at: datetime) -> None:
        self._latest[outcome.target, outcome.vantage] = outcome
        self.rounds += 1
        self.last_round = at
        self.board = add_outcome(self.board, outcome, self._by_key)

    async def _read_leader_outcomes(self) -> None:
        """Restore the board, then add the leader's outcomes while this process is not watching."""
        await self._upkeep.attempt("past_week", self._replay)
        await self._upkeep.repeat("leader_outcomes", RepeatedTask(self._add_recorded, READ_EVERY))

    async def _add_recorded(self) -> None:
        if self._leadership.watches:
            return
        since = (self.last_round or self._now()) - LATE
        recorded = await asyncio.to_thread(
            lambda: list(self._history.outcomes(since=since, vantage=self.vantage.key))
        )
        for outcome in recorded:
            if self._counts(outcome) and self._is_newer(outcome):
                self._store(outcome, max(outcome.at, self.last_round or outcome.at))

    def _counts(self, outcome: Outcome) -> bool:
        target = self._by_key.get(outcome.target)
        if target is None or outcome.url != target.url:
            return False
        return outcome.at >= self._changed_at.get(target.key, outcome.at)

    def _is_newer(self, outcome: Outcome) -> bool:
        known = self.board.newest.get(outcome.target)
        return known is None or outcome.at > known.at

    async def _replay(self) -> None:
        """Compute the board for the past week in a thread, then add the outcomes since startup.

        If the past cannot be read, the board has only the outcomes since startup.
        """
        targets: dict[str, Target] | None = None
        past = StatusBoard()
        try:
            while targets is not self._by_key:  # repeat if the targets changed in the meantime
                targets = self._by_key
                past = await asyncio.to_thread(self._replayed_board, self._now(), targets)
            self.board = add_all(self._added_meanwhile or (), self._by_key, past)
            self._writer.add_blind_periods(self.board.blind_periods)
        finally:
            self._added_meanwhile = None

    def _replayed_board(self, until: datetime, targets: dict[str, Target]) -> StatusBoard:
        past = self._history.outcomes(since=until - REPLAYED, until=until, vantage=self.vantage.key)
        return add_all(filter(self._counts, past), targets)
