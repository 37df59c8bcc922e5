"""Reads the feeds of status pages at their intervals, once for all pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from procedure.monitoring.model import Target
from procedure.status_pages.feed import Feed
from procedure.status_pages.readings import Reading

SPREAD = 2.0  # seconds between the first reads of two pages

_log = logging.getLogger(__name__)


class FeedReader(Protocol):
    """Reads a feed and never raises."""

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        """Read one feed."""
        ...


class PageScheduler:
    """FeedReader every feed at its target's interval; `latest` is the newest reading by target.

    `rounds` grows with every reading, so that a page detects a new one.
    """

    def __init__(self, targets: Iterable[Target], reader: FeedReader) -> None:
        self.rounds = 0
        self._targets = [target for target in targets if target.feed is not None]
        self._reader = reader
        self._latest: dict[str, Reading] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def latest(self) -> Mapping[str, Reading]:
        """The newest reading of each target that has a feed."""
        return MappingProxyType(self._latest)

    def ensure_started(self) -> None:
        """Start on the running loop, unless it is already running."""
        if self._tasks:
            return
        self._tasks = [
            asyncio.create_task(self._follow(target, SPREAD * index), name=f"feed:{target.key}")
            for index, target in enumerate(self._targets)
        ]

    async def stop(self) -> None:
        """Cancel all reading."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _follow(self, target: Target, delay: float) -> None:
        await asyncio.sleep(delay)
        while True:
            await self._read(target)
            await asyncio.sleep(target.interval.total_seconds())

    async def _read(self, target: Target) -> None:
        assert target.feed is not None
        try:
            reading = await self._reader.read(target.key, target.feed, interval=target.interval)
        except Exception:  # an error of our own must not end the reading of a page
            _log.exception("the page of %s was not read", target.key)
            return
        self._latest[target.key] = reading
        self.rounds += 1
