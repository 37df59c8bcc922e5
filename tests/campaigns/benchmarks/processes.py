"""One, two and three processes on one PostgreSQL: loans a second, and what open pages take of them.

Workstations and pages are shared out among the processes, as a load balancer does. They run on the
machine of the servers and of PostgreSQL: with fewer cores than processes, the processor time of the
busiest process says more than the loans a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil

from tests.campaigns.benchmarks.clients import Desk, OpenPage
from tests.campaigns.benchmarks.figure import Figure
from tests.support.postgres import PostgresServer, postgres_cluster
from tests.test_processes import Process, leader_of, processes

DESKS = 24
PAGES = 60
LOANS = 40  # of each workstation: all together are fewer than one address may send at once
CALM = 10.0  # seconds


def measure(folder: Path) -> list[Figure]:
    figures = []
    with postgres_cluster(durable=True) as server:
        for count in (1, 2, 3):
            figures += _of(count, server, folder / str(count))
    return figures


def _of(count: int, server: PostgresServer, folder: Path) -> list[Figure]:
    folder.mkdir()
    with processes(server.create_database(), folder, count) as (running, _):
        leader_of(running)
        lent, lending = _spent(running, lambda: _lend(running))
        opened, calm = _spent(running, lambda: _hold(running))
    name = f"{count} process" + "es" * (count > 1)
    return [
        Figure(f"{name}, {DESKS} workstations", f"{lent:.0f} loans/s, busiest {lending:.0%}"),
        Figure(f"{name}, {PAGES} open pages", f"busiest {calm:.0%}, opened in {opened:.1f} s"),
    ]


def _spent(
    running: Sequence[Process], work: Callable[[], Coroutine[Any, Any, tuple[float, float]]]
) -> tuple[float, float]:
    """Return what the work measured, and the busiest process's share of a core meanwhile."""
    watched = [psutil.Process(each.process.pid) for each in running]

    async def measured() -> tuple[float, float]:
        value, begun = 0.0, [sum(each.cpu_times()[:2]) for each in watched]
        value, seconds = await work()
        took = [
            sum(each.cpu_times()[:2]) - before for each, before in zip(watched, begun, strict=True)
        ]
        return value, max(took) / seconds

    return asyncio.run(measured())


async def _lend(running: Sequence[Process]) -> tuple[float, float]:
    """Return loans a second, and for how many seconds they were lent."""
    desks = [Desk(_url(running, number), number) for number in range(DESKS)]
    begun = perf_counter()

    async def lend(desk: Desk) -> None:
        for _ in range(LOANS):
            await desk.scan()

    await asyncio.gather(*(lend(desk) for desk in desks))
    seconds = perf_counter() - begun
    for desk in desks:
        desk.close()
    return DESKS * LOANS / seconds, seconds


async def _hold(running: Sequence[Process]) -> tuple[float, float]:
    """Return how long it took to open the pages, and for how long they were open."""
    begun = perf_counter()
    pages = [await OpenPage(_url(running, number), "/dashboard").open() for number in range(PAGES)]
    opened = perf_counter() - begun
    await asyncio.sleep(CALM)
    seconds = perf_counter() - begun
    for page in pages:
        await page.close()
    return opened, seconds


def _url(running: Sequence[Process], number: int) -> str:
    return f"http://localhost:{running[number % len(running)].port}"
