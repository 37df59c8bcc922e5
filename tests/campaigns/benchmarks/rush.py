"""Measures Relais with many simultaneous clients, compared with Panel's hello world.

Run all measurements with `python -m tests.campaigns.benchmarks.rush`, or only one with an option
such as `--row get`. The clients share the machine with the servers, so processor time and memory
are more meaningful than durations.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median, quantiles
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.campaigns.benchmarks.clients import Desk, Line, OpenPage
from tests.campaigns.benchmarks.figure import Figure, machine, show
from tests.campaigns.benchmarks.servers import INTERVAL, Server, both, started
from tests.ui.conftest import launch_options

TURNS = 5
PAGES = 100
WITHIN = 5.0  # seconds
DESKS = 20
SCREENS = 1000
CLOSED = 1000  # pages
ROUND = float(INTERVAL)  # seconds; a round probes every target once
WARMING = 25.0  # seconds; 15 s after startup, a server begins to load its pages' modules
SETTLING = 40.0  # seconds; Bokeh drops a session 15 s after its page closes, and checks every 17 s


def p95(spans: Sequence[float]) -> float:
    return quantiles(spans, n=20)[-1]


def times(ours: float, hello: float) -> str:
    return f"{ours / hello:.2f} times hello world"


# ----- the measurements -----
def start() -> list[Figure]:
    """Measure the time from startup to the first response."""
    took: dict[str, list[float]] = {"relais": [], "hello": []}
    with both() as servers:
        for _ in range(TURNS):
            for server in servers:
                took[server.name].append(server.start())
                server.stop()
    ours, hello = (median(took[name]) for name in ("relais", "hello"))
    value = f"{ours:.2f} s, {times(ours, hello)}"
    return [Figure("first answer after startup", value, "1.0 times hello world")]


async def get(relais: Server, hello: Server) -> list[Figure]:
    """Measure the processor time of a GET, with and without a session."""
    answered: dict[str, list[float]] = {"relais": [], "hello": []}
    opened: dict[str, list[float]] = {"relais": [], "hello": []}
    for turn in range(TURNS + 1):
        for server in (relais, hello):
            one = await _cost(server, lambda s=server: Line(s.url).ask(s.path))
            two = await _cost(server, lambda s=server: _open_and_close(s))
            if turn:  # the first turn fills caches
                answered[server.name].append(one)
                opened[server.name].append(two)
    figures = []
    for name, costs in (("one GET", answered), ("one page with its session", opened)):
        ours, other = median(costs["relais"]), median(costs["hello"])
        value = f"{1000 * ours:.0f} ms, {times(ours, other)}"
        figures.append(Figure(f"{name}, processor time", value, "2.0 times hello world"))
    return figures


async def _cost(server: Server, act: Callable[[], Awaitable[object]]) -> float:
    """Return the processor time of an action in seconds, as the mean of five runs."""
    before = server.processor()
    for _ in range(5):
        await act()
    return (server.processor() - before) / 5


async def _open_and_close(server: Server) -> None:
    page = await OpenPage(server.url, server.path).open()
    await page.close()


async def memory(relais: Server, hello: Server) -> list[Figure]:
    """Measure the memory used by each open page after the first twenty."""
    grown = {}
    await asyncio.sleep(WARMING)
    for server in (relais, hello):
        pages = await _opened(server, 20, 5.0)
        before = server.memory()
        pages += await _opened(server, 40, 20.0)
        grown[server.name] = 1000 * (server.memory() - before) / 40
        await _close(pages)
    ours = grown["relais"]
    value = f"{ours:.0f} kB, {times(ours, grown['hello'])}"
    return [Figure("server memory per open page", value, "700 kB")]


async def browser(relais: Server, hello: Server) -> list[Figure]:
    """Measure how long a browser takes to show the state, the grid and the first action."""
    took: dict[tuple[str, str], list[float]] = {}
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**launch_options("chromium"))
        for _ in range(TURNS):
            for server in (relais, hello):
                context = await chromium.new_context(viewport={"width": 1366, "height": 768})
                page = await context.new_page()
                for kind in ("cold", "warm"):
                    took.setdefault((server.name, kind), []).append(await _useful(page, server))
                await context.close()
        await chromium.close()
    figures = []
    for kind, reach in (("cold", "1.1 times hello world"), ("warm", "1.0 times hello world")):
        ours, other = (median(took[name, kind]) for name in ("relais", "hello"))
        value = f"{ours:.2f} s, {times(ours, other)}"
        figures.append(Figure(f"page to useful content, {kind}", value, reach))
    return figures


USEFUL = {
    "relais": (
        "#etat h1:has-text('Alma'):visible",
        ".seen li:visible, .watch li:visible",
        "[data-key='lend']:visible, [data-act='fails']:visible",
    ),
    "hello": (".tabulator-row:visible",),
}


async def _useful(page: Page, server: Server) -> float:
    begun = time.perf_counter()
    await page.goto(server.url + server.path, wait_until="commit")
    for what in USEFUL[server.name]:
        await page.locator(what).first.wait_for()
    return time.perf_counter() - begun


async def transferred(relais: Server, hello: Server) -> list[Figure]:
    """Measure the bytes that a first visit transfers."""
    figures = []
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**launch_options("chromium"))
        asked = (
            ("page", relais.url + relais.path, "900 kB"),
            ("hello world", hello.url + hello.path, ""),
            ("desk page", f"{relais.url}/desk/", "100 kB"),
        )
        for name, url, reach in asked:
            size = await _size(chromium, url)
            figures.append(Figure(f"transferred, cold, {name}", f"{size:.0f} kB", reach))
        await chromium.close()
    return figures


async def _size(chromium: Browser, url: str) -> float:
    context: BrowserContext = await chromium.new_context()
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await line.send("Network.enable")
    await line.send("Network.setBypassServiceWorker", {"bypass": True})
    await page.goto(url)
    await page.wait_for_timeout(4000)
    await context.close()
    return sum(sizes) / 1000


async def desks(relais: Server, hello: Server) -> list[Figure]:
    """Measure response times at twenty desks: alone, with pages being opened, and with pages open.

    The desks run in a separate process, so that the clients of a hundred pages do not delay the
    desks.
    """
    del hello
    idle = await _scanned(relais, 0, 10.0)
    beginning = asyncio.create_task(_scanned(relais, DESKS, 3 * WITHIN))
    await asyncio.sleep(2)  # until the process has started
    pages = await _opened(relais, PAGES, WITHIN)
    meanwhile = await beginning
    beside = await _scanned(relais, 2 * DESKS, ROUND)
    await _close(pages)
    return [
        Figure(f"desk POST p95, {name}", f"{1000 * p95(spans):.0f} ms", reach)
        for name, spans, reach in (
            ("idle", idle, "11 ms"),
            (f"{PAGES} pages open", beside, "50 ms"),
            (f"{PAGES} pages being opened", meanwhile, "150 ms"),
        )
    ]


async def _scanned(server: Server, first: int, seconds: float) -> list[float]:
    """Let desks numbered from `first` lend; return how many seconds each loan took."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        return await loop.run_in_executor(beside, _scan, server.url, first, seconds)


def _scan(url: str, first: int, seconds: float) -> list[float]:
    """Let each desk send one loan per second."""
    ends = time.monotonic() + seconds

    async def work(place: int) -> list[float]:
        desk, spans = Desk(url, first + place), []
        await asyncio.sleep(place / DESKS)
        while time.monotonic() < ends:
            spans.append(await desk.scan())
            await asyncio.sleep(max(0.0, 1 - spans[-1]))
        desk.close()
        return spans

    async def together() -> list[float]:
        lists = await asyncio.gather(*map(work, range(DESKS)))
        return [span for spans in lists for span in spans]

    return asyncio.run(together())


async def rush(relais: Server, hello: Server) -> list[Figure]:
    """Measure how fast 100 pages open within five seconds, and the load of the open pages."""
    figures = []
    for server in (hello, relais):
        pages = await _opened(server, PAGES, WITHIN)
        waits = f"{p95([page.first_content for page in pages]):.1f} s"
        there = f"{p95([page.interactive for page in pages]):.1f} s"
        await asyncio.sleep(2)
        after = await _load(server, 20)
        await _close(pages)
        name = "" if server is relais else ", hello world"
        figures += [
            Figure(f"{PAGES} pages in {WITHIN:.0f} s, p95 to first content{name}", waits, "3 s"),
            Figure(f"p95 to the whole page{name}", there),
            Figure(f"server CPU use afterwards{name}", f"{after:.0f} %", "10 %"),
        ]
    return figures


async def board(relais: Server, hello: Server) -> list[Figure]:
    """Measure response times and load with 1,000 screens requesting the grid every 5 seconds."""
    del hello
    spans: list[float] = []

    async def watch(place: int) -> None:
        line = Line(relais.url)
        await asyncio.sleep(5 * place / SCREENS)
        for _ in range(4):
            begun = time.perf_counter()
            status, _ = await line.ask("/board.json")
            spans.append(time.perf_counter() - begun)
            assert status == 200, status
            await asyncio.sleep(max(0.0, 5 - spans[-1]))
        line.close()

    screens = asyncio.gather(*(watch(place) for place in range(SCREENS)))
    await asyncio.sleep(5)  # until all screens have connected
    spans.clear()
    load = await _load(relais, 10)
    await screens
    slowest = quantiles(spans, n=100)[-1]
    return [
        Figure(f"/board.json, {SCREENS} screens, p99", f"{1000 * slowest:.0f} ms", "50 ms"),
        Figure("server CPU use during this time", f"{load:.0f} %", "30 %"),
    ]


async def closed(relais: Server, hello: Server) -> list[Figure]:
    """Measure the memory after every hundred pages that have been opened and closed."""
    del hello
    grown = []
    for _ in range(CLOSED // PAGES):
        for _ in range(PAGES // 5):
            await asyncio.gather(*(_open_and_close(relais) for _ in range(5)))
        await asyncio.sleep(SETTLING / 2)
        grown.append(relais.memory())
    await asyncio.sleep(SETTLING)
    line = ", ".join(f"{megabytes:.0f}" for megabytes in grown)
    return [
        Figure(f"memory after each {PAGES} pages opened and closed", f"{line} MB", "no growth"),
        Figure("memory at the end", f"{relais.memory():.0f} MB", "350 MB"),
    ]


# ----- pages -----
async def _opened(server: Server, number: int, within: float) -> list[OpenPage]:
    """Open `number` pages, evenly spread over `within` seconds."""

    async def one(place: int) -> OpenPage:
        await asyncio.sleep(within * place / number)
        return await OpenPage(server.url, server.path).open()

    return list(await asyncio.gather(*(one(place) for place in range(number))))


async def _close(pages: Sequence[OpenPage]) -> None:
    await asyncio.gather(*(page.close() for page in pages))


async def _load(server: Server, seconds: float) -> float:
    """Return the percentage of a core that a server uses over `seconds`."""
    before = server.processor()
    await asyncio.sleep(seconds)
    return 100 * (server.processor() - before) / seconds


Row = Callable[[Server, Server], Coroutine[Any, Any, list[Figure]]]
ROWS: Mapping[str, Row] = {
    "get": get,
    "memory": memory,
    "browser": browser,
    "bytes": transferred,
    "desks": desks,
    "rush": rush,
    "board": board,
    "closed": closed,
}


def measure(rows: Sequence[str] = ("start", *ROWS)) -> list[Figure]:
    return [figure for name in rows for figure in _row(name)]


def _row(name: str) -> list[Figure]:
    if name == "start":
        return start()
    with started() as servers:
        return asyncio.run(ROWS[name](*servers))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--row", action="append", choices=["start", *ROWS])
    print(machine())
    for name in options.parse_args().row or ["start", *ROWS]:
        show(name, _row(name))


if __name__ == "__main__":
    main()
