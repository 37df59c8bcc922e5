"""Sources that are read at intervals, each in a task of its own, once for all pages."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from procedure.io.processes.leadership import Leadership, SoleProcess

S = TypeVar("S")
R = TypeVar("R")


class FeedTasks(Generic[S, R]):
    """Follows each of some sources by key, first after `spread` seconds, the next after twice that.

    So what the first reading imports does not delay the first page after a start. `follow` reads a
    source at its interval, for ever. `rounds` grows with every result, so that a page detects a
    new one. A process that does not watch (see `Leadership`) reads no source: it is given what
    another one has read. `publish` is called with each result of this one.
    """

    def __init__(
        self,
        sources: Mapping[str, S],
        spread: float,
        follow: Callable[[S], Awaitable[None]],
        leadership: Leadership | None = None,
    ) -> None:
        self.rounds = 0
        self.publish: Callable[[str, R], object] = lambda _key, _result: None
        self.leadership = leadership or SoleProcess()
        self._sources = sources
        self._spread = spread
        self._follow = follow
        self._latest: dict[str, R] = {}
        self._tasks: dict[str, asyncio.Task[None]] | None = None  # None before the start

    @property
    def latest(self) -> Mapping[str, R]:
        """The newest result of each source, by its key."""
        return MappingProxyType(self._latest)

    def accept(self, key: str, result: R) -> None:
        """Store a result that another process has read, unless this one reads by itself."""
        if key in self._sources and not self.leadership.watches:
            self._store(key, result)

    def ensure_started(self) -> None:
        """Start on the running loop, unless it is already running."""
        if self._tasks is None:
            self._tasks = {}
            self._start()

    def change_sources(self, sources: Mapping[str, S]) -> None:
        """Follow these from now on: what was read of one that is not as before is dropped."""
        before, self._sources = self._sources, sources
        changed = {key for key in before if sources.get(key) != before[key]}
        self._latest = {key: one for key, one in self._latest.items() if key not in changed}
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
        """Start to follow the sources that nothing follows."""
        tasks = self._tasks or {}
        new = {key: source for key, source in self._sources.items() if key not in tasks}
        for index, (key, source) in enumerate(new.items()):
            following = self._begin(source, self._spread * (index + 1))
            tasks[key] = asyncio.create_task(following, name=f"feed:{key}")
        self._tasks = tasks

    def _add(self, key: str, result: R) -> None:
        self._store(key, result)
        if self.leadership.leads:
            self.publish(key, result)

    def _store(self, key: str, result: R) -> None:
        self._latest[key] = result
        self.rounds += 1

    async def _begin(self, source: S, delay: float) -> None:
        await asyncio.sleep(delay)
        await self._follow(source)
