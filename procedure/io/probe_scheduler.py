"""The watch: one for the process, looking at every target in turn for all pages together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Protocol

from procedure.io.http.prober import utc_now
from procedure.io.outcome_writer import OutcomeWriter
from procedure.monitoring.board import StatusBoard, add_all, add_outcome
from procedure.monitoring.confirmation import needs_retry
from procedure.monitoring.connectivity import reference_targets
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome, Target, Vantage
from procedure.monitoring.schedule import JITTER, first_probe, next_probe, offset

TICK = timedelta(seconds=1)
RETRY_AFTER = 5.0  # seconds between an attempt that leaves a doubt and the next
WITNESS_HOLDS = timedelta(seconds=5)
RECALLED = timedelta(days=7)  # of the history, so that judgement goes on where it stood

_log = logging.getLogger(__name__)


class Probes(Protocol):
    """Whatever makes one attempt on a target and never raises."""

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        """Make one attempt."""
        ...


class ProbeScheduler:
    """Probes each target at its interval, and keeps the outcomes.

    `latest` holds the newest raw outcome by (target, vantage); `rounds` grows with every outcome
    taken and `last_round` is the UTC instant of the newest, so that a page needs only to compare.
    `board` holds the judgement over them. An attempt that leaves a target in doubt is followed
    by quick retries, and by a look at the targets that tell whether it is we who are cut off.
    `history_fault` names the error while the history does not take outcomes (see `OutcomeWriter`).
    """

    def __init__(
        self,
        targets: Sequence[Target],
        prober: Probes,
        history: History,
        *,
        vantage: Vantage = SERVER,
        tick: timedelta = TICK,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.targets = tuple(targets)
        self.vantage = vantage
        self.rounds = 0
        self.last_round: datetime | None = None
        self.board = StatusBoard()
        self._by_key = {target.key: target for target in self.targets}
        self._wanted = {target.key: asyncio.Event() for target in self.targets}
        self._unrecalled: list[Outcome] | None = []
        self._latest: dict[tuple[str, str], Outcome] = {}
        self._prober = prober
        self._history = history
        self._now = now
        self._keeper = OutcomeWriter(history, tick, vantage.key)
        self._lookers: list[asyncio.Task[None]] = []
        self._keeping: asyncio.Task[None] | None = None

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]:
        """The newest raw outcome of each (target, vantage)."""
        return MappingProxyType(self._latest)

    @property
    def running(self) -> bool:
        """Whether the watch has been started and not stopped."""
        return self._keeping is not None and not self._keeping.done()

    @property
    def history_fault(self) -> str | None:
        """The error's name while the history does not take outcomes."""
        return self._keeper.fault

    def ensure_started(self) -> None:
        """Start on the running loop, unless it is already running."""
        if self.running:
            return
        start = asyncio.get_running_loop().time()
        self._lookers = [
            asyncio.create_task(self._look_after(target, index, start), name=f"look:{target.key}")
            for index, target in enumerate(self.targets)
        ]
        self._lookers.append(asyncio.create_task(self._recall(), name="watch:recall"))
        self._keeping = asyncio.create_task(self._keeper.run(), name="watch:keeper")

    async def stop(self) -> None:
        """End all probes, and keep what was seen."""
        if self._keeping is None:
            return
        for looker in self._lookers:
            looker.cancel()
        await asyncio.gather(*self._lookers, return_exceptions=True)
        self._keeper.end()
        await self._keeping
        self._keeping = None

    async def _look_after(self, target: Target, index: int, start: float) -> None:
        # One task a target: two probes of one target can never overlap.
        clock = asyncio.get_running_loop().time
        interval = target.interval.total_seconds()
        own_place = offset(index, len(self.targets), interval)
        chance = Random(target.key)  # noqa: S311 - spreads probes, guards no secret
        due = start + first_probe(index)
        while True:
            await self._until(due, self._wanted[target.key])
            await self._look(target)
            due = next_probe(clock(), start=start, place=own_place, interval=interval)
            due += interval * chance.uniform(-JITTER, JITTER)
            if self._in_doubt(target):
                due = min(due, clock() + RETRY_AFTER)

    async def _until(self, due: float, wanted: asyncio.Event) -> None:
        with suppress(TimeoutError):
            wait = due - asyncio.get_running_loop().time()
            await asyncio.wait_for(wanted.wait(), max(wait, 0.0))
        wanted.clear()

    async def _look(self, target: Target) -> None:
        try:
            self._take(await self._prober.probe(target, vantage=self.vantage))
            if self._in_doubt(target):
                self._call_witnesses(target)
        except Exception:  # a fault of ours must not end the watch: the round becomes a gap
            _log.exception("the round of %s was lost", target.key)

    def _in_doubt(self, target: Target) -> bool:
        standing = self.board.confirmations.get(target.key)
        return standing is not None and needs_retry(standing, target)

    def _call_witnesses(self, doubted: Target) -> None:
        """Have the targets looked at that tell whether it is this machine that is cut off."""
        for key in reference_targets(self._by_key, doubted.key):
            seen = self._latest.get((key, self.vantage.key))
            # One that was just asked has told already: nobody is asked over and over.
            if seen is None or self._now() - seen.at > WITNESS_HOLDS:
                self._wanted[key].set()

    def _take(self, outcome: Outcome) -> None:
        self._latest[outcome.target, outcome.vantage] = outcome
        self._keeper.offer(outcome)
        self.rounds += 1
        self.last_round = self._now()
        if self._unrecalled is not None:
            self._unrecalled.append(outcome)
        known = self.board.blind_periods
        self.board = add_outcome(self.board, outcome, self._by_key)
        if self.board.blind_periods is not known:
            self._keeper.offer_cuts(self.board.blind_periods[-1:])

    async def _recall(self) -> None:
        """Judge the week before in a thread, then what was seen meanwhile on top of it."""
        try:
            past = await asyncio.to_thread(self._judge_until, self._now())
        except Exception as error:  # without a past, judgement starts anew
            _log.error("the past week cannot be read: %s", type(error).__name__)
        else:
            self.board = add_all(self._unrecalled or (), self._by_key, past)
            self._keeper.offer_cuts(self.board.blind_periods)
        self._unrecalled = None

    def _judge_until(self, until: datetime) -> StatusBoard:
        past = self._history.outcomes(since=until - RECALLED, until=until, vantage=self.vantage.key)
        return add_all(past, self._by_key)
