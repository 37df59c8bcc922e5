"""Measures the time from a scan to its row, and to its acknowledgement, in a browser.

Fifty cards, each followed by ten items, are scanned in Chromium, one key every five milliseconds,
against a real server process. A measurement ends when the page shows the scan's new state: in the
scan's row or, if that row is no longer drawn, in the next frame. Runs alternate between a
workstation without lists of accounts and items, and an enrolled one with lists that flag a tenth of
the items. Run with `python -m tests.campaigns.benchmarks desk`.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from procedure.io.offline_lists.list_store import ListStore, lists_folder
from tests.campaigns.benchmarks.figure import Figure
from tests.support.lists import GOOD, KNOWN, NOT_FOR_LOAN, keep
from tests.ui.conftest import LENDS_ANYWAY, Relais, Standins, handbook_over, launch_options
from tests.ui.test_lending import pressed

PATRONS, EACH = 50, 10
SCANS = PATRONS * EACH
CARDS = [f"SLSP{204500000 + number}" for number in range(PATRONS)]
BETWEEN_KEYS = 0.005
PAGES = {"desk page": "/desk/", "Panel page": "/dashboard?page=loans"}
WITH_LISTS = "with lists"
TURNS = 2
LISTS_KEPT = "caches.open('relais-lists').then(async (cache) => (await cache.keys()).length === 2)"
PATIENCE = 60_000  # ms

# This script runs before the page's own scripts, which handle the keys of a scan. For each item, it
# records when Enter was pressed, when the page showed that the scan was stored in the browser, and
# when it showed that the scan was acknowledged. Only the latest of the 500 items have rows; for an
# item without a row, the script waits for the message about it on the channel `relais`, and then
# for a frame.
WATCH = """(() => {
  const items = (window.items = {})
  const note = (item, change) => { if (items[item]) items[item][change] ??= performance.now() }
  let typed = ""
  addEventListener("keydown", ({ key }) => {
    if (key === "Enter") {
      items[typed] = { scanned: performance.now() }
      typed = ""
    } else if (key.length === 1) typed += key
  }, true)
  const observer = new MutationObserver((changes) => {
    for (const { target: row } of changes) {
      if (!row.dataset.mark) continue
      const item = row.querySelector('[data-text="item"]').textContent
      const [, state] = row.dataset.mark.split("/")
      if (state === "here" || state === "kept") note(item, "stored")
      if (state === "kept") note(item, "acknowledged")
    }
  })
  window.watch = (rows) => observer.observe(rows, { subtree: true, attributeFilter: ["data-mark"] })
  const shown = (codes, change) => requestAnimationFrame(() => setTimeout(() => {
    for (const item of codes) note(item, change)
  }))
  new BroadcastChannel("relais").onmessage = ({ data: { added = [], settled = [] } }) => {
    shown(added.map((line) => line.item), "stored")
    shown(settled.map(({ line }) => line.item), "acknowledged")
  }
})()"""


def measure(folder: Path) -> Sequence[Figure]:
    """Measure both pages, with a server from this checkout that has its database in `folder`."""
    standins = Standins()
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
    _keep_lists(server)
    server.start()
    try:
        return asyncio.run(_measured(f"http://localhost:{server.port}"))
    finally:
        server.kill()
        standins.stop()


async def _measured(url: str) -> list[Figure]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options("chromium"))
        figures = [Figure("desk page, transferred", f"{await _transferred(browser, url):.0f} kB")]
        for turn in range(TURNS):
            for name, path in PAGES.items():
                plain = await browser.new_context()
                figures += await _scanned(plain, url + path, f"{name} {turn}")
                enrolled = await _enrolled(browser, url)
                figures += await _scanned(enrolled, url + path, f"{name} {turn}, {WITH_LISTS}")
        await browser.close()
        return figures


def _items(name: str) -> list[str]:
    """Return new items for a run, because an earlier run's items would count as double scans."""
    run = "".join(word[0] for word in name.upper().replace(",", "").split())
    return [f"0{run}-{number:05d}" for number in range(SCANS)]


def _keep_lists(server: Relais) -> None:
    """Store lists of 60,000 accounts and 200,000 items beside the server's database."""
    plain = [f"{page} {turn}" for page in PAGES for turn in range(TURNS)]
    doubted = [item for name in plain for item in _items(f"{name}, {WITH_LISTS}")[::10]]
    scanned = [
        item for name in plain for run in (name, f"{name}, {WITH_LISTS}") for item in _items(run)
    ]
    items = dict.fromkeys(scanned, KNOWN) | dict.fromkeys(doubted, NOT_FOR_LOAN)
    items |= {f"{1060000000 + number}": KNOWN for number in range(200_000)}
    accounts = {f"{2070000000 + number}": GOOD for number in range(60_000)}
    accounts |= dict.fromkeys(CARDS, GOOD)
    store = ListStore(lists_folder(server.environment["RELAIS_DATABASE_URL"]))
    keep(store, accounts, items, datetime.now(UTC) - timedelta(hours=8))


async def _enrolled(browser: Browser, url: str) -> BrowserContext:
    """Enrol a browser, and wait until it has the lists."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{url}/workstations")
    await page.fill("input[name=name]", f"pret-{perf_counter():.0f}")
    await page.get_by_role("button", name="Obtenir un code").click()
    code = await page.locator(".enrolment-code").inner_text()
    await page.goto(f"{url}/enrol")
    await page.fill("input[name=code]", code)
    await page.get_by_role("button", name="Inscrire ce poste").click()
    await page.wait_for_url("**/desk/**")
    await page.wait_for_function(LISTS_KEPT)
    await page.close()
    return context


async def _transferred(browser: Browser, url: str) -> float:
    """Return how many kB the first visit to the desk page transfers."""
    page = await browser.new_page()
    line = await page.context.new_cdp_session(page)
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await line.send("Network.enable")
    await line.send("Network.setBypassServiceWorker", {"bypass": True})
    await page.goto(f"{url}/desk/")
    await page.locator("#desk").wait_for()
    await page.wait_for_timeout(1000)
    await page.context.close()
    return sum(sizes) / 1000


async def _scanned(context: BrowserContext, url: str, name: str) -> list[Figure]:
    page = await context.new_page()
    await page.add_init_script(LENDS_ANYWAY)
    await page.add_init_script(WATCH)
    await page.goto(url)
    await page.locator('[data-part="input"]').wait_for()
    await page.select_option("#desk", "MAIL")
    await page.locator('[data-part="rows"]').evaluate("(rows) => window.watch(rows)")
    items = _items(name)
    turns = [[card, *items[EACH * n : EACH * (n + 1)]] for n, card in enumerate(CARDS)]
    pace = await _type(page, chain.from_iterable(turns))
    waiting = page.locator('[data-part="waiting"]')
    about = page.locator('[data-part="about"]')
    await expect(page.locator('[data-part="patron"]')).to_have_text(CARDS[-1], timeout=PATIENCE)
    await expect(about).to_contain_text(f"{EACH} documents", timeout=PATIENCE)
    await expect(waiting).to_have_text("0", timeout=PATIENCE)
    await page.wait_for_timeout(500)  # until the last answers have been drawn
    times: dict[str, dict[str, float]] = await page.evaluate("window.items")
    await context.close()
    rows = [times[item] for item in items]
    return [
        Figure(f"{name}, scan to recorded in the browser", _spread(rows, "stored")),
        Figure(f"{name}, scan to acknowledged", _spread(rows, "acknowledged")),
        Figure(f"{name}, typing {len(rows)} scans", f"{pace:.1f} ms per key"),
    ]


async def _type(page: Page, scans: Iterable[str]) -> float:
    """Press a key every 5 ms without waiting for the browser; return the actual ms per key."""
    line = await page.context.new_cdp_session(page)
    sent: list[asyncio.Future[Any]] = []
    begun = perf_counter()
    for number, key in enumerate(letter for scan in scans for letter in f"{scan}\n"):
        await asyncio.sleep(begun + BETWEEN_KEYS * number - perf_counter())
        sent.append(asyncio.ensure_future(line.send("Input.dispatchKeyEvent", pressed(key))))
    await asyncio.gather(*sent)
    return 1000 * (perf_counter() - begun) / len(sent)


def _spread(rows: Sequence[dict[str, float]], key: str) -> str:
    spans = [row[key] - row["scanned"] for row in rows]
    return f"p50 {median(spans):.0f} ms, p95 {quantiles(spans, n=20)[-1]:.0f} ms"
