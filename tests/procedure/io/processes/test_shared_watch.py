"""What one process sees, at the other: status pages of the leader, workstations of both."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from procedure.io.database.database import open_database
from procedure.io.processes.shared_watch import SharedWatch
from procedure.io.status_page_scheduler import PageScheduler
from procedure.monitoring.model import Outcome, Status, Target, Vantage
from procedure.monitoring.workstation_registry import WorkstationRegistry
from procedure.status_pages.feed import Feed
from procedure.status_pages.readings import Reading
from procedure.status_pages.status import PageStatus
from tests.procedure.io.conftest import START, Clock
from tests.support.leadership import GivenLeadership
from tests.support.memory import MemoryHistory

PAGE = Target(
    "page",
    "https://page.test",
    "A1",
    timedelta(minutes=1),
    feed=Feed("https://page.test", "atom", ()),
)


class Pages:
    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        return Reading(target, START, START + interval, "feed:atom", PageStatus.INCIDENT)


@dataclass
class Process:
    leadership: GivenLeadership
    pages: PageScheduler
    workstations: WorkstationRegistry
    shared: SharedWatch


@pytest.fixture
def both(postgres_url: str, clock: Clock) -> Iterator[tuple[Process, Process]]:
    with (
        open_database(postgres_url, role="server", now=clock) as first,
        open_database(postgres_url, role="server", now=clock) as second,
    ):
        made = []
        for database in (first, second):
            leadership, workstations = GivenLeadership(), WorkstationRegistry(MemoryHistory())
            pages = PageScheduler([PAGE], Pages(), leadership)
            assert database.latest is not None
            shared = SharedWatch(database.latest, {"page": pages}, workstations)
            made.append(Process(leadership, pages, workstations, shared))
        yield made[0], made[1]


async def follow_until(process: Process, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
            await process.shared.follow()


async def test_follower_has_the_pages_that_the_leader_has_read(
    both: tuple[Process, Process],
) -> None:
    leader, follower = both
    leader.leadership.leads = True
    for each in both:
        each.pages.ensure_started()
    await follow_until(follower, lambda: bool(follower.pages.latest))
    await leader.shared.follow()
    for each in both:
        await each.pages.stop()
    assert follower.pages.latest == leader.pages.latest
    assert (leader.pages.rounds, follower.pages.rounds) == (1, 1)


async def test_every_process_counts_the_workstations_of_all(both: tuple[Process, Process]) -> None:
    here, there = both
    vantage = Vantage("Poste 1", "CMU")
    outcome = Outcome("alma", "https://alma.test", vantage.key, START, Status.DOWN)
    here.workstations.record(vantage, [outcome])
    await follow_until(there, lambda: there.workstations.vantages == {"Poste 1": vantage})
    assert there.workstations.latest == {("alma", "Poste 1"): outcome}
    here.workstations.move(Vantage("Poste 1", "ARVE"))
    here.workstations.rename("Poste 1", Vantage("Poste 2", "ARVE"))
    await follow_until(there, lambda: list(there.workstations.vantages) == ["Poste 2"])
    assert there.workstations.vantages == here.workstations.vantages
    assert there.workstations.latest == here.workstations.latest
    here.workstations.remove("Poste 2")
    await follow_until(there, lambda: not there.workstations.vantages)
    assert (there.workstations.vantages, there.workstations.latest) == ({}, {})
