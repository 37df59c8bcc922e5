"""Sources that are read at intervals, each in a task of its own, once for all pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from procedure.io.processes.leadership import Leadership, SoleProcess

S = TypeVar("S")
R = TypeVar("R")


class FeedTasks(Generic[S, R]):
    """Follows each of some sources by key; the first reads of two are `spread` seconds apart.

    `follow` reads a source at its interval, for ever. `rounds` grows with every result, so that a
    page detects a new one. A process that does not watch (see `Leadership`) reads no source: it
    is given what another one has read. `publish` is called with each result of this one.
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
        self._tasks: list[asyncio.Task[None]] = []

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
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._begin(source, self._spread * index), name=f"feed:{key}")
                for index, (key, source) in enumerate(self._sources.items())
            ]

    async def stop(self) -> None:
        """Cancel all tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

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
