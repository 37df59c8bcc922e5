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

from procedure.history import History
from procedure.io.probers import utc_now
from procedure.monitoring import SERVER, Outcome, Target, Vantage
from procedure.rounds import JITTER, first_look, next_look, place

TICK = timedelta(seconds=1)
MOST_UNKEPT = 10_000  # outcomes held for a history that does not take them: some ten hours

_log = logging.getLogger(__name__)


class Probes(Protocol):
    """Whatever makes one attempt on a target and never raises."""

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        """Make one attempt."""
        ...


class Watch:
    """Probes each target at its interval, and keeps the outcomes.

    `latest` holds the newest raw outcome by (target, vantage); `rounds` grows with every outcome
    taken and `last_round` is the UTC instant of the newest, so that a page needs only to compare.
    `history_fault` names the error while the history does not take outcomes: they are held back
    and offered again at every tick.
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
        self.history_fault: str | None = None
        self._latest: dict[tuple[str, str], Outcome] = {}
        self._prober = prober
        self._history = history
        self._tick = tick.total_seconds()
        self._now = now
        self._unkept: list[Outcome] = []
        self._lookers: list[asyncio.Task[None]] = []
        self._keeper: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]:
        """The newest raw outcome of each (target, vantage)."""
        return MappingProxyType(self._latest)

    @property
    def running(self) -> bool:
        """Whether the watch has been started and not stopped."""
        return self._keeper is not None and not self._keeper.done()

    def ensure_started(self) -> None:
        """Start on the running loop, unless it is already running."""
        if self.running:
            return
        self._ended.clear()
        start = asyncio.get_running_loop().time()
        self._lookers = [
            asyncio.create_task(self._look_after(target, index, start), name=f"look:{target.key}")
            for index, target in enumerate(self.targets)
        ]
        self._keeper = asyncio.create_task(self._keep_outcomes(), name="watch:history")

    async def stop(self) -> None:
        """End all probes, and keep what was seen."""
        if self._keeper is None:
            return
        for looker in self._lookers:
            looker.cancel()
        await asyncio.gather(*self._lookers, return_exceptions=True)
        self._ended.set()
        await self._keeper
        self._keeper = None

    async def _look_after(self, target: Target, index: int, start: float) -> None:
        # One task a target: two probes of one target can never overlap.
        clock = asyncio.get_running_loop().time
        interval = target.interval.total_seconds()
        own_place = place(index, len(self.targets), interval)
        chance = Random(target.key)  # noqa: S311 - spreads probes, guards no secret
        due = start + first_look(index)
        while True:
            await asyncio.sleep(due - clock())
            await self._look(target)
            due = next_look(clock(), start=start, place=own_place, interval=interval)
            due += interval * chance.uniform(-JITTER, JITTER)

    async def _look(self, target: Target) -> None:
        try:
            self._take(await self._prober.probe(target, vantage=self.vantage))
        except Exception:  # a fault of ours must not end the watch: the round becomes a gap
            _log.exception("the round of %s was lost", target.key)

    def _take(self, outcome: Outcome) -> None:
        self._latest[outcome.target, outcome.vantage] = outcome
        self._unkept.append(outcome)
        self.rounds += 1
        self.last_round = self._now()

    async def _keep_outcomes(self) -> None:
        while not self._ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._tick)
            await self._keep_batch()

    async def _keep_batch(self) -> None:
        batch, self._unkept = self._unkept, []
        if not batch:
            return
        try:
            await asyncio.to_thread(self._history.record, batch)
        except Exception as error:  # probing goes on whatever the history does
            self._unkept = [*batch, *self._unkept][-MOST_UNKEPT:]
            self._say(type(error).__name__)
        else:
            self._say(None)

    def _say(self, fault: str | None) -> None:
        if fault != self.history_fault and fault is not None:
            _log.error("the history does not take outcomes: %s", fault)
        self.history_fault = fault
