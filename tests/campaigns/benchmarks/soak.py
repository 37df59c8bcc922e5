"""Sixty pages and five desks for half an hour while everything around them fails in turn.

`python -m tests.campaigns.benchmarks.soak --minutes 30` prints a line every so often: memory, processor and
descriptors of the server, and how long desks waited. Flat lines are what is asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import time
from collections.abc import Sequence
from itertools import cycle

import psutil

from tests.campaigns.benchmarks.clients import Desk, Line, OpenPage
from tests.campaigns.benchmarks.figure import machine
from tests.campaigns.benchmarks.rush import p95
from tests.campaigns.benchmarks.servers import Server, started
from tests.ui.conftest import TARGETS

PAGES, DESKS = 60, 5
EVERY = 60.0  # seconds between two faults
CHANGED = 6  # pages that are closed and opened again with each fault
REPORT = 5  # faults between two lines
STOPPED = 3.0  # seconds for which the whole process stands still


async def soak(relais: Server, minutes: float) -> None:
    """Inject a fault a minute, and print how the server does."""
    pages = [await OpenPage(relais.url, relais.path).open() for _ in range(PAGES)]
    faults = cycle((_alma_fails, _everything_hangs_up, _all_answer, _stands_still, _nonsense))
    waits: list[float] = []
    desks = [asyncio.create_task(_scan(Desk(relais.url, place), waits)) for place in range(DESKS)]
    begun, used = time.monotonic(), relais.processor()
    ends, at, count = begun + 60 * minutes, begun, 0
    while time.monotonic() < ends:
        await next(faults)(relais)
        for place in range(count * CHANGED, (count + 1) * CHANGED):
            await pages[place % PAGES].close()
            pages[place % PAGES] = await OpenPage(relais.url, relais.path).open()
        count += 1
        await asyncio.sleep(max(0.0, begun + count * EVERY - time.monotonic()))
        if count % REPORT == 0:
            load = 100 * (relais.processor() - used) / (time.monotonic() - at)
            print(_line(relais, time.monotonic() - begun, load, waits), flush=True)
            used, at = relais.processor(), time.monotonic()
            waits.clear()
    for task in desks:
        task.cancel()
    for page in pages:
        await page.close()


def _line(relais: Server, passed: float, load: float, waits: Sequence[float]) -> str:
    descriptors = psutil.Process(relais.process.pid).num_fds()
    return (
        f"{passed / 60:4.0f} min: {relais.memory():.0f} MB, {load:.0f} % of a core, "
        f"{descriptors} descriptors, {len(waits)} loans, p95 {1000 * p95(waits):.0f} ms"
    )


async def _scan(desk: Desk, waits: list[float]) -> None:
    while True:
        waits.append(await desk.scan())
        await asyncio.sleep(1)


# ----- the faults -----
async def _alma_fails(relais: Server) -> None:
    _answer(relais, "alma-saml", "alma-secours")


async def _everything_hangs_up(relais: Server) -> None:
    _answer(relais, *TARGETS, status=0)


async def _all_answer(relais: Server) -> None:
    _answer(relais)


async def _stands_still(relais: Server) -> None:
    os.kill(relais.process.pid, signal.SIGSTOP)
    await asyncio.sleep(STOPPED)
    os.kill(relais.process.pid, signal.SIGCONT)


async def _nonsense(relais: Server) -> None:
    """Send what no client of ours sends; each must be refused, and change nothing."""
    line = Line(relais.url)
    for body in ({"transactions": [{"kind": "loan"}]}, {"transactions": "x"}, [1, 2], {}):
        headers = {"Content_Type": "application/json", "X_Relais": "desk"}
        status, _ = await line.ask("/desk/transactions", body, **headers)
        assert status in {200, 400}, status
    line.close()


def _answer(relais: Server, *failing: str, status: int = 503) -> None:
    assert relais.standins is not None
    relais.standins.only(*failing, status=status)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30)
    minutes = options.parse_args().minutes
    print(machine())
    with started() as (relais, _):
        asyncio.run(soak(relais, minutes))


if __name__ == "__main__":
    main()
