"""What the watch saw, handed to the history in batches: one transaction a tick."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome

MOST_UNKEPT = 10_000  # outcomes held for a history that does not take them: some ten hours

_log = logging.getLogger(__name__)


class OutcomeWriter:
    """Writes in a thread, so that a slow disk holds up neither probes nor pages.

    `fault` names the error while the history does not take outcomes: they are held back, the
    newest `MOST_UNKEPT` of them, and offered again at every tick.
    """

    def __init__(self, history: History, tick: timedelta, vantage: str = SERVER.key) -> None:
        self.fault: str | None = None
        self._vantage = vantage
        self._history = history
        self._tick = tick.total_seconds()
        self._unkept: list[Outcome] = []
        self._cuts: dict[datetime, BlindPeriod] = {}
        self._ended = asyncio.Event()

    def offer(self, outcome: Outcome) -> None:
        """Take an outcome to be kept at the next tick."""
        self._unkept.append(outcome)

    def offer_cuts(self, cuts: Iterable[BlindPeriod]) -> None:
        """Take stretches in which the machine was cut off, new ones or longer than before."""
        self._cuts |= {one.start: one for one in cuts}

    async def run(self) -> None:
        """Keep what is offered until `end` is called, and then what is left."""
        self._ended.clear()
        while not self._ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._tick)
            await self._keep_batch()

    def end(self) -> None:
        """Have `run` keep what is left and return."""
        self._ended.set()

    async def _keep_batch(self) -> None:
        batch, self._unkept = self._unkept, []
        cuts, self._cuts = self._cuts, {}
        if not batch and not cuts:
            return
        try:
            await asyncio.to_thread(self._write, batch, cuts.values())
        except Exception as error:  # probing goes on whatever the history does
            self._unkept = [*batch, *self._unkept][-MOST_UNKEPT:]
            self._cuts = cuts | self._cuts
            self._say(type(error).__name__)
        else:
            self._say(None)

    def _write(self, batch: list[Outcome], cuts: Iterable[BlindPeriod]) -> None:
        # Either may be written again: what is known changes nothing.
        self._history.record(batch)
        for cut in cuts:
            self._history.record_blind_period(cut, vantage=self._vantage)

    def _say(self, fault: str | None) -> None:
        if fault != self.fault and fault is not None:
            _log.error("the history does not take outcomes: %s", fault)
        self.fault = fault
