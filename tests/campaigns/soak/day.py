"""The simulated day: desks lend, pages stay open, targets fail, and the server restarts."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from time import monotonic
from typing import Any

import httpx
import pandas as pd
import psutil

from tests.campaigns.crashes.verdict import Verdict, judge, recorded_loans
from tests.campaigns.crashes.workstation import Workstation
from tests.campaigns.soak.installation import TOKEN, Installation
from tests.campaigns.soak.page_user import PageUser

# The restart and the backup take place after these fractions of the day.
RESTART = 1 / 4
BACKUP = 1 / 2
LOAN_EVERY = 60.0  # seconds on the fast clock between two loans at a desk
STAY = 2 * 3600.0  # how long a page stays open, in seconds on the fast clock
SCREEN_EVERY = 60.0
FLAP_EVERY = 3600.0
SAMPLE_EVERY = 2.0  # seconds of real time
SETTLING = 180.0  # seconds of real time until all pages are open again after a restart
DRAINED_WITHIN = 120.0  # seconds of real time
OUTAGE = ("alma-saml", "alma-secours"), ("alma-saml",)  # the sets of targets that fail, in turn
SCREENS = ("/board.json", "/metrics")


@dataclass
class Day:
    """A simulated day.

    `hours` are hours on the fast clock. `samples` holds the server's resource usage during the day,
    and `fresh` the usage after the last restart. `restarts` holds the start and the end of each
    restart (`monotonic`).
    """

    installation: Installation
    hours: float
    desks: int
    pages: int
    on_sample: Callable[[dict[str, float]], None] = lambda _: None
    samples: list[dict[str, float]] = field(default_factory=list)
    fresh: dict[str, float] = field(default_factory=dict)
    restarts: list[tuple[float, float]] = field(default_factory=list)
    failed_screens: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock, url = self.installation.clock, self.installation.server.url
        pause, stay = LOAN_EVERY / self.clock.speed, STAY / self.clock.speed
        self.workstations = [
            Workstation(number, url, Random(f"desk-{number}"), pause=pause, now=self.clock.now)
            for number in range(1, self.desks + 1)
        ]
        self.users = [
            PageUser(url, number, Random(f"page-{number}"), stay) for number in range(self.pages)
        ]

    @property
    def latencies(self) -> pd.DataFrame:
        """A row per message: its latency in `seconds`, and the time in `hours` when it was sent."""
        took = sorted(latency for station in self.workstations for latency in station.took)
        rows = [(self.clock.hours(at), seconds) for at, seconds in took]
        return pd.DataFrame(rows, columns=["hours", "seconds"])

    @property
    def failures(self) -> list[str]:
        """The reasons why pages or screens got no answer, except during restarts."""
        failed = [
            *self.failed_screens,
            *(failure for user in self.users for failure in user.failed),
        ]
        return [why for at, why in failed if not any(a <= at <= b for a, b in self.restarts)]

    async def run(self) -> Verdict:
        """Run the day, let the desks empty their outboxes, restart, and check the journal."""
        await self._declare()
        day = [asyncio.create_task(station.lend()) for station in self.workstations]
        day.append(asyncio.create_task(self._sample()))
        others = [asyncio.create_task(work) for work in self._others()]
        try:
            await self._until(RESTART * self.hours)
            await self._restart()
            await self._until(BACKUP * self.hours)
            await self._back_up()
            await self._until(self.hours)
            await _end(day)
            await self._send_what_waits()
            await self._restart()
            await asyncio.sleep(SETTLING)
            self.fresh = self.installation.usage()
        finally:
            await _end([*day, *others])
        names = {station.name for station in self.workstations}
        every = recorded_loans(self.installation.relais.environment["RELAIS_DATABASE_URL"])
        return judge(self.workstations, [loan for loan in every if loan.workstation in names])

    def _others(self) -> Iterator[Coroutine[Any, Any, None]]:
        yield from (station.send() for station in self.workstations)
        yield from (user.keep_open() for user in self.users)
        yield from (self._look(path) for path in SCREENS)
        yield self._flap()

    async def _until(self, hours: float) -> None:
        await asyncio.sleep(max(0.0, hours - self.clock.hours()) * 3600 / self.clock.speed)

    async def _declare(self) -> None:
        async with httpx.AsyncClient(base_url=self.installation.server.url, timeout=300) as client:
            answer = await client.post(
                "/api/outage/declare",
                headers={"Authorization": f"Bearer {TOKEN}"},
                json={"by": "A. Favre", "title": "Alma", "message": "Prêtez dans Relais."},
            )
        answer.raise_for_status()

    async def _restart(self) -> None:
        begun = monotonic()
        await asyncio.to_thread(self.installation.restart)
        self.restarts.append((begun, monotonic()))

    async def _back_up(self) -> None:
        file = self.installation.folder / "backups" / "nightly.sqlite3"
        await asyncio.to_thread(self.installation.command, "backup", str(file))

    async def _send_what_waits(self) -> None:
        async with asyncio.timeout(DRAINED_WITHIN):
            while any(station.outbox for station in self.workstations):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def _flap(self) -> None:
        """Make Alma's second link fail and recover repeatedly."""
        for failing in cycle(OUTAGE):
            self.installation.standins.only(*failing)
            await asyncio.sleep(FLAP_EVERY / self.clock.speed)

    async def _look(self, path: str) -> None:
        async with httpx.AsyncClient(base_url=self.installation.server.url, timeout=60) as client:
            while True:
                try:
                    answer = await client.get(path)
                    answer.raise_for_status()
                except httpx.HTTPError as failure:
                    self.failed_screens.append((monotonic(), f"{path}: {failure!r:.80}"))
                await asyncio.sleep(SCREEN_EVERY / self.clock.speed)

    async def _sample(self) -> None:
        while True:
            # The server may be restarting, or a file may have been deleted.
            with suppress(psutil.Error, FileNotFoundError):
                self.samples.append({"hours": self.clock.hours(), **self.installation.usage()})
                self.on_sample(self.samples[-1])
            await asyncio.sleep(SAMPLE_EVERY)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
