"""Reads the feeds of status pages at their intervals, once for all pages."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Protocol

from procedure.io.feed_tasks import FeedTasks
from procedure.io.processes.leadership import Leadership
from procedure.io.upkeep import RepeatedTask, Upkeep
from procedure.monitoring.model import Target
from procedure.status_pages.feed import Feed
from procedure.status_pages.readings import Reading

SPREAD = 2.0  # seconds between the first reads of two pages


class FeedReader(Protocol):
    """Reads feeds: over HTTP (`PageReader`), or simulated."""

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        """Return the reading of one feed; a failure is a reading too."""
        ...


class PageScheduler(FeedTasks[Target, Reading]):
    """Reads every feed at its target's interval; `latest` is the newest reading by target."""

    def __init__(
        self,
        targets: Iterable[Target],
        reader: FeedReader,
        leadership: Leadership | None = None,
        upkeep: Upkeep | None = None,
    ) -> None:
        super().__init__(pages_of(targets), SPREAD, self._read_at_intervals, leadership)
        self._upkeep = upkeep or Upkeep()
        self._reader = reader

    async def _read_at_intervals(self, source: Target) -> None:
        task = RepeatedTask(partial(self._read, source), source.interval.total_seconds())
        await self._upkeep.repeat(f"page {source.key}", task)

    async def _read(self, target: Target) -> None:
        assert target.feed is not None
        await self.leadership.turn()
        reading = await self._reader.read(target.key, target.feed, interval=target.interval)
        self._add(target.key, reading)


def pages_of(targets: Iterable[Target]) -> dict[str, Target]:
    """Return the targets that have a feed, by key."""
    return {target.key: target for target in targets if target.feed is not None}
