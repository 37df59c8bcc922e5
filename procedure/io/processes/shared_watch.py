"""Hands what this process learns to the others on the database, and what they learn to this one."""

import asyncio
import logging
from functools import partial
from typing import Any

from procedure.errors import ProcedureError
from procedure.io.feed_tasks import FeedTasks
from procedure.io.processes.latest import SqlLatest, WorkstationRound
from procedure.monitoring.model import Outcome, Vantage
from procedure.monitoring.workstation_registry import WorkstationRegistry

FOLLOW_EVERY = 2.0  # seconds

_log = logging.getLogger(__name__)


class SharedWatch:
    """The status pages and neighbours that the leader reads, and the workstations of all.

    A workstation's browser sends what it sees to one process; every process counts it.
    """

    def __init__(
        self,
        latest: SqlLatest,
        feeds: dict[str, FeedTasks[Any, Any]],
        workstations: WorkstationRegistry,
    ) -> None:
        self._latest, self._feeds, self._workstations = latest, feeds, workstations
        for kind, feed in feeds.items():
            feed.publish = partial(latest.put, kind)
        workstations.publish = self._put_workstation

    async def run(self) -> None:
        """Read what is new, again and again; what cannot be read grows old meanwhile."""
        while True:
            try:
                await self.follow()
            except ProcedureError as fault:
                _log.error("what other processes know cannot be read: %s", fault)
            await asyncio.sleep(FOLLOW_EVERY)

    async def follow(self) -> None:
        """Read what other processes have put since the last time."""
        for kind, key, value in await asyncio.to_thread(self._latest.newer):
            if isinstance(value, WorkstationRound):
                self._workstations.follow(value.vantage, value.outcomes)
            elif kind in self._feeds:
                self._feeds[kind].accept(key, value)

    def _put_workstation(self, vantage: Vantage, outcomes: tuple[Outcome, ...]) -> None:
        self._latest.put("workstation", vantage.key, WorkstationRound(vantage, outcomes))
