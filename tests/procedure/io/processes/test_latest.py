"""Each process reads every value from the other processes once, in the order written."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from procedure.io.database.database import open_database
from procedure.io.database.schema import LATEST
from procedure.io.processes.latest import KEPT, Known, SharedWatch, SqlLatest, WorkstationRound
from procedure.io.status_page_scheduler import PageScheduler
from procedure.monitoring.model import Outcome, Status, Target, Vantage
from procedure.monitoring.workstation_registry import WorkstationRegistry
from procedure.status_pages.feed import Feed
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.reading_validity import Reading
from procedure.status_pages.status import PageStatus
from tests.procedure.io.conftest import START, Clock
from tests.support.leadership import GivenLeadership
from tests.support.memory import MemoryHistory

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
READING = Reading("page", AT, AT + timedelta(hours=1), "feed:atom", PageStatus.INCIDENT, "Alma")
ROUND = WorkstationRound(
    Vantage("Poste 1", "CMU", vdi=True),
    (Outcome("alma", "https://alma.test", "Poste 1", AT, Status.DOWN),),
)
Put = Callable[[str, str, Known], Any]


@pytest.fixture
def both(postgres_url: str, clock: Clock) -> Iterator[tuple[SqlLatest, SqlLatest]]:
    with (
        open_database(postgres_url, role="server", now=clock) as first,
        open_database(postgres_url, role="server", now=clock) as second,
    ):
        assert first.latest is not None
        assert second.latest is not None
        yield first.latest, second.latest


def test_newer_returns_each_value_once(both: tuple[SqlLatest, SqlLatest]) -> None:
    first, second = both
    first.put("page", "page", READING).result()
    # Earlier versions of Relais also shared readings from other libraries, which are now ignored.
    first.put("neighbour", "zb", READING).result()
    first.put("workstation", "Poste 1", ROUND).result()
    assert second.newer() == [("page", "page", READING), ("workstation", "Poste 1", ROUND)]
    assert (first.newer(), second.newer()) == ([], [])


def test_planned_work_is_stored_under_its_earlier_name(
    both: tuple[SqlLatest, SqlLatest],
) -> None:
    first, second = both
    value = replace(READING, planned_work=(PlannedWork(AT, None, "feed:atom"),))
    first.put("page", "page", value).result()
    with first._backend.reading() as connection:
        stored = json.loads(connection.execute(select(LATEST.c.body)).scalar_one())
    assert [work["source"] for work in stored["windows"]] == ["feed:atom"]
    assert second.newer() == [("page", "page", value)]


def test_newer_returns_each_change(both: tuple[SqlLatest, SqlLatest], clock: Clock) -> None:
    first, second = both
    for number in range(3):
        value = replace(READING, summary=str(number))
        first.put("page", "page", value).result()
        assert second.newer() == [("page", "page", value)]
    # The newest row is kept even past its retention, so that its number is not used again.
    clock.forward(KEPT + timedelta(hours=1))
    second.put("page", "other", READING).result()
    assert first.newer() == [("page", "other", READING)]
    first.put("page", "page", READING).result()
    assert second.newer() == [("page", "page", READING)]


def test_newer_leaves_out_values_past_their_retention(
    both: tuple[SqlLatest, SqlLatest], clock: Clock
) -> None:
    first, second = both
    first.put("page", "gone", READING).result()
    clock.forward(KEPT + timedelta(hours=1))
    for number in range(3):
        newest = replace(READING, summary=str(number))
        first.put("page", "page", newest).result()
    assert second.newer() == [("page", "page", newest)]


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
def processes(postgres_url: str, clock: Clock) -> Iterator[tuple[Process, Process]]:
    with (
        open_database(postgres_url, role="server", now=clock) as first,
        open_database(postgres_url, role="server", now=clock) as second,
    ):
        made = []
        for database in (first, second):
            leadership, workstations = GivenLeadership(), WorkstationRegistry(MemoryHistory())
            pages = PageScheduler([PAGE], Pages(), leadership)
            assert database.latest is not None
            shared = SharedWatch(database.latest, pages, workstations)
            made.append(Process(leadership, pages, workstations, shared))
        yield made[0], made[1]


async def follow_until(process: Process, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
            await process.shared.read_new()


async def test_follower_has_the_pages_read_by_the_leader(
    processes: tuple[Process, Process],
) -> None:
    leader, follower = processes
    leader.leadership.leads = True
    for each in processes:
        each.pages.ensure_started()
    await follow_until(follower, lambda: bool(follower.pages.latest))
    await leader.shared.read_new()
    for each in processes:
        await each.pages.stop()
    assert follower.pages.latest == leader.pages.latest
    assert (leader.pages.rounds, follower.pages.rounds) == (1, 1)


async def test_every_process_counts_the_workstations_of_all_processes(
    processes: tuple[Process, Process],
) -> None:
    here, there = processes
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
