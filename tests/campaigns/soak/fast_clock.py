"""A fast clock for the campaign and its server.

`python -m tests.campaigns.soak.fast_clock START ORIGIN SPEED serve …` runs `relais serve …` with
it. The waits between probes, readings of status pages, alerts, backups and purges are then `SPEED`
times shorter. The waits of browsers and sockets are not.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from time import monotonic
from typing import Any, TypeVar

from dashboard.core import computed_once
from dashboard.entry_point import main
from dashboard.outage import alert_sending
from dashboard.upkeep import backups, repeated_tasks
from procedure.io import (
    clock as clock_of_relais,
    probe_scheduler,
    status_page_scheduler,
)

T = TypeVar("T")
SCHEDULERS: tuple[Any, ...] = (
    probe_scheduler,
    status_page_scheduler,
    alert_sending,
    repeated_tasks,
    backups,
)


@dataclass(frozen=True)
class FastClock:
    """A clock that runs `speed` times as fast as `monotonic`, which all processes share.

    It shows `start` when `monotonic` is `origin`.
    """

    start: datetime
    origin: float
    speed: float

    @classmethod
    def read(cls, start: str, origin: str, speed: str) -> FastClock:
        """Return the clock described by these three strings, as returned by `words`."""
        return cls(datetime.fromisoformat(start), float(origin), float(speed))

    @property
    def words(self) -> list[str]:
        return [self.start.isoformat(), str(self.origin), str(self.speed)]

    def hours(self, at: float | None = None) -> float:
        """Return how many hours this clock has run at a `monotonic` time, by default now."""
        return self.speed * ((monotonic() if at is None else at) - self.origin) / 3600

    def now(self, zone: tzinfo = UTC) -> datetime:
        """Return the current time; replaces `datetime.now`."""
        return (self.start + timedelta(hours=self.hours())).astimezone(zone)


class FastWaits:
    """A replacement for the `asyncio` module in a scheduler, with shorter waits."""

    def __init__(self, speed: float) -> None:
        self._speed = speed

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)

    async def wait_for(self, what: Awaitable[T], seconds: float) -> T:
        return await asyncio.wait_for(what, seconds / self._speed)

    def get_running_loop(self) -> FastLoop:
        return FastLoop(asyncio.get_running_loop(), self._speed)


class FastLoop:
    """An event loop with a fast clock and real waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop, speed: float) -> None:
        self._loop, self._speed = loop, speed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def time(self) -> float:
        return self._speed * self._loop.time()


def install(clock: FastClock) -> None:
    """Make Relais use this clock in this process."""
    clock_of_relais.datetime = clock  # type: ignore[assignment,misc]
    # Pages are updated once per second of real time, so they share computed values for that long.
    computed_once.HOLDS *= clock.speed
    for scheduler in SCHEDULERS:
        scheduler.asyncio = FastWaits(clock.speed)


if __name__ == "__main__":
    install(FastClock.read(*sys.argv[1:4]))
    sys.argv = ["relais", *sys.argv[4:]]
    main()
