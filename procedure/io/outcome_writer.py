"""Writes probe outcomes to the history in batches, one batch per tick."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from procedure.errors import JournalUnwritable
from procedure.io.processes.leadership import Leadership, SoleProcess
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome

MOST_PENDING = 10_000  # kept while the history cannot be written to: about ten hours of outcomes

_log = logging.getLogger(__name__)


class OutcomeWriter:
    """Writes outcomes in a thread, so that a slow disk does not delay probes or pages.

    While the history cannot be written to, `fault` names the error, and the newest `MOST_PENDING`
    outcomes are retried at every tick. While this process does not watch (see `Leadership`),
    outcomes are dropped, because the leader records its own outcomes.
    """

    def __init__(
        self,
        history: History,
        tick: timedelta,
        vantage: str = SERVER.key,
        leadership: Leadership | None = None,
    ) -> None:
        self._leadership = leadership or SoleProcess()
        self.fault: str | None = None
        self._vantage = vantage
        self._history = history
        self._tick = tick.total_seconds()
        self._pending: list[Outcome] = []
        self._cuts: dict[datetime, BlindPeriod] = {}
        self._stopped = asyncio.Event()

    def add(self, outcome: Outcome) -> None:
        self._pending.append(outcome)

    def add_blind_periods(self, cuts: Iterable[BlindPeriod]) -> None:
        """Queue this machine's blind periods that are new or have grown."""
        self._cuts |= {cut.start: cut for cut in cuts}

    async def run(self) -> None:
        """Write the queue at every tick; after `stop`, write the rest and return."""
        self._stopped.clear()
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._tick)
            await self._write_batch()

    def stop(self) -> None:
        self._stopped.set()

    async def _write_batch(self) -> None:
        batch, self._pending = self._pending, []
        cuts, self._cuts = self._cuts, {}
        if not self._leadership.watches:
            self._set_fault(None)
            return
        if not batch and not cuts:
            return
        try:
            await asyncio.to_thread(self._write, batch, cuts.values())
        except Exception as error:  # probing must continue without the history
            self._pending = [*batch, *self._pending][-MOST_PENDING:]
            self._cuts = cuts | self._cuts
            self._set_fault(type(error).__name__)
        else:
            self._set_fault(None)

    def _write(self, batch: list[Outcome], cuts: Iterable[BlindPeriod]) -> None:
        if not self._leadership.leads:
            raise JournalUnwritable("It is unknown which process leads.")
        # Writing the same outcomes or blind periods again changes nothing.
        self._history.record(batch)
        for cut in cuts:
            self._history.record_blind_period(cut, vantage=self._vantage)

    def _set_fault(self, fault: str | None) -> None:
        if fault != self.fault and fault is not None:
            _log.error("the history is not accepting outcomes: %s", fault)
        self.fault = fault
