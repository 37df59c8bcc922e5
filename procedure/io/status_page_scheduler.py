"""Reads each status page's feed once per interval, however many browsers this process serves."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Protocol

from procedure.io.processes.leadership import Leadership, SoleProcess
from procedure.io.task_runner import RepeatedTask, Upkeep
from procedure.monitoring.model import Target
from procedure.status_pages.feed import Feed
from procedure.status_pages.reading_validity import Reading

SPREAD = 2.0  # seconds between the first reads of different status pages


class FeedReader(Protocol):
    """Reads feeds: over HTTP (`PageReader`), or in a simulation."""

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        """Return a feed's reading; a failure is a reading too."""
        ...


class PageScheduler:
    """Reads every feed at its target's interval, each in its own task.

    The first reads are staggered by `SPREAD`, so that the imports they need do not delay the
    dashboard's first page. Each reading increments `rounds`, so that the dashboard notices it. A
    process that does not watch (see `Leadership`) does not read feeds but receives another
    process's readings. `publish` is called with each reading that this process makes while it
    leads.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        reader: FeedReader,
        leadership: Leadership | None = None,
        upkeep: Upkeep | None = None,
    ) -> None:
        self.rounds = 0
        self.publish: Callable[[str, Reading], object] = lambda _target, _reading: None
        self._pages = _pages_of(targets)
        self._reader = reader
        self._leadership = leadership or SoleProcess()
        self._upkeep = upkeep or Upkeep()
        self._latest: dict[str, Reading] = {}
        self._tasks: dict[str, asyncio.Task[None]] | None = None  # None until started

    @property
    def latest(self) -> Mapping[str, Reading]:
        return MappingProxyType(self._latest)

    def accept(self, target: str, reading: Reading) -> None:
        """Store a reading from another process, unless this process reads feeds itself."""
        if target in self._pages and not self._leadership.watches:
            self._store(target, reading)

    def ensure_started(self) -> None:
        """Start the tasks on the running loop, unless they have been started."""
        if self._tasks is None:
            self._tasks = {}
            self._start()

    def change_targets(self, targets: Iterable[Target]) -> None:
        """Read these targets' feeds from now on; drop readings of changed or removed targets."""
        before, self._pages = self._pages, _pages_of(targets)
        changed = {key for key in before if self._pages.get(key) != before[key]}
        self._latest = {key: reading for key, reading in self._latest.items() if key not in changed}
        self.rounds += 1
        if self._tasks is not None:
            for key in changed & self._tasks.keys():
                self._tasks.pop(key).cancel()
            self._start()

    async def stop(self) -> None:
        tasks, self._tasks = list((self._tasks or {}).values()), None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self) -> None:
        """Start a task for each status page that has none."""
        tasks = self._tasks or {}
        new = [target for key, target in self._pages.items() if key not in tasks]
        for index, target in enumerate(new):
            reading = self._read_at_intervals(target, SPREAD * (index + 1))
            tasks[target.key] = asyncio.create_task(reading, name=f"feed:{target.key}")
        self._tasks = tasks

    async def _read_at_intervals(self, target: Target, delay: float) -> None:
        await asyncio.sleep(delay)
        task = RepeatedTask(partial(self._read, target), target.interval.total_seconds())
        await self._upkeep.repeat(f"page {target.key}", task)

    async def _read(self, target: Target) -> None:
        assert target.feed is not None
        await self._leadership.until_watching()
        reading = await self._reader.read(target.key, target.feed, interval=target.interval)
        self._store(target.key, reading)
        if self._leadership.leads:
            self.publish(target.key, reading)

    def _store(self, target: str, reading: Reading) -> None:
        self._latest[target] = reading
        self.rounds += 1


def _pages_of(targets: Iterable[Target]) -> dict[str, Target]:
    """Return the targets that have a feed, by key."""
    return {target.key: target for target in targets if target.feed is not None}
