"""A campaign in which workstations lend while their server or database is killed repeatedly."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from tests.campaigns.crashes.servers import Installation, Victim
from tests.campaigns.crashes.verdict import Verdict, judge, recorded_loans
from tests.campaigns.crashes.workstation import Workstation

# A campaign without progress for this long has failed.
STUCK = 600  # seconds
LOOK = 0.005  # seconds between checks of the number of acknowledged loans
# The share of kills that hit a process just after it has started.
EARLY = 1 / 8


@dataclass
class Campaign:
    """Kills an installation's processes in turn, `kills` times, while workstations lend."""

    installation: Installation
    kills: int
    stations: int
    seed: int = 0
    pause: float = 2  # seconds between loans of a workstation, on average
    on_kill: Callable[[int], None] = lambda _: None
    killed: Counter[str] = field(default_factory=Counter)
    ended: int = 0  # how many times Relais exited because its database was down
    seconds: float = 0

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        address = self.installation.server.address
        self.workstations = [
            Workstation(number, address, Random(f"{self.seed}-{number}"), pause=self.pause)
            for number in range(1, self.stations + 1)
        ]

    @property
    def acknowledged(self) -> int:
        return sum(len(station.answers) for station in self.workstations)

    @property
    def failures(self) -> int:
        """The number of messages that removed no loan from the outbox."""
        return sum(station.failures for station in self.workstations)

    async def run(self) -> Verdict:
        """Run the campaign, let the workstations empty their outboxes, and check the journal.

        Raises:
            RuntimeError: the server no longer acknowledges loans.
        """
        begun = monotonic()
        sending = [asyncio.create_task(station.send()) for station in self.workstations]
        lending = [asyncio.create_task(station.lend()) for station in self.workstations]
        try:
            await self._kill_in_turn()
            await _cancel(lending)
            await self._until(
                lambda: not any(workstation.outbox for workstation in self.workstations)
            )
            await self._until(lambda: not any(self.installation.server.spool.glob("*")))
        finally:
            await _cancel([*lending, *sending])
        self.seconds = monotonic() - begun
        return judge(self.workstations, recorded_loans(self.installation.server.database_url))

    async def _kill_in_turn(self) -> None:
        victims = self.installation.victims
        for number in range(self.kills):
            victim = victims[number % len(victims)]
            if self._chance.random() >= EARLY:
                await self._some_acknowledged()
            await asyncio.sleep(self._chance.uniform(0, 0.2))
            await self._kill(victim)
            self.on_kill(number + 1)
        await self._some_acknowledged()

    async def _some_acknowledged(self) -> None:
        wanted = self.acknowledged + self._chance.randint(1, 2 * self.stations)
        await self._until(lambda: self.acknowledged >= wanted)

    async def _kill(self, victim: Victim) -> None:
        # In a thread, so that the workstations continue.
        await asyncio.to_thread(victim.kill)
        self.killed[victim.name] += 1
        await asyncio.sleep(self._chance.uniform(0, 1))
        await asyncio.to_thread(victim.start)

    async def _until(self, reached: Callable[[], bool]) -> None:
        last, since = self.acknowledged, monotonic()
        while not reached():
            await asyncio.sleep(LOOK)
            await self._start_again()
            if self.acknowledged != last:
                last, since = self.acknowledged, monotonic()
            if monotonic() - since > STUCK:
                log = self.installation.server.log
                raise RuntimeError(
                    f"No loan acknowledged for {STUCK} s, after {last} loans:\n{log}"
                )

    async def _start_again(self) -> None:
        """Start Relais again if it has exited, as a service manager would."""
        server = self.installation.server
        if server.has_ended:
            self.ended += 1
            await asyncio.sleep(1)
            await asyncio.to_thread(server.start)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
