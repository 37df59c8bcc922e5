"""The desk in a browser: from a scan to the row that says taken, and to the one that says recorded.

Five hundred scans, a key every five milliseconds, in Chromium and against a real server process;
both are seen as staff see them, in the row, or with the frame after the answer where the row is no
longer among those that are drawn. Run with `python -m tests.campaigns.benchmarks desk`.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.campaigns.benchmarks.figure import Figure
from tests.ui.conftest import LENDS_ANYWAY, Relais, Standins, handbook_over
from tests.ui.test_lending import ARGUMENTS, PATRON, chromium_path, pressed

SCANS = 500
BETWEEN_KEYS = 0.005
PAGES = {"desk page": "/desk/", "Panel page": "/dashboard?page=loans"}
PATIENCE = 60_000  # ms

# By item: when its Enter went down, when its row said taken, when it said recorded.
WATCH = """(rows) => {
  const seen = (window.seen = {})
  const input = rows.getRootNode().querySelector('[data-part="input"]')
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") seen[input.value] = { scanned: performance.now() }
  }, true)
  new MutationObserver((changes) => {
    for (const { target: row } of changes) {
      if (!row.dataset.mark) continue
      const one = seen[row.querySelector('[data-text="item"]').textContent]
      const [state] = row.dataset.mark.split("/")
      if (state === "here" || state === "kept") one.taken ??= performance.now()
      if (state === "kept") one.kept ??= performance.now()
    }
  }).observe(rows, { subtree: true, attributeFilter: ["data-mark"] })
  const drawn = (ids, key) => requestAnimationFrame(() => setTimeout(() => {
    for (const item of ids) if (seen[item]) seen[item][key] ??= performance.now()
  }))
  new BroadcastChannel("relais").onmessage = ({ data: { added = [], settled = [] } }) => {
    drawn(added.map((line) => line.item), "taken")
    drawn(settled.map(({ line }) => line.item), "kept")
  }
}"""


def measure(folder: Path) -> Sequence[Figure]:
    """Measure both pages against a server of this checkout, its database in this folder."""
    standins = Standins()
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
    server.start()
    try:
        return asyncio.run(_measured(f"http://localhost:{server.port}"))
    finally:
        server.kill()
        standins.stop()


async def _measured(url: str) -> list[Figure]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        figures = [Figure("desk page, transferred", f"{await _transferred(browser, url):.0f} kB")]
        for name, path in PAGES.items():
            figures += await _scanned(browser, url + path, name)
        await browser.close()
        return figures


async def _transferred(browser: Browser, url: str) -> float:
    """Return how many kB a first opening of the desk page takes over the line."""
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


async def _scanned(browser: Browser, url: str, name: str) -> list[Figure]:
    page = await browser.new_page()
    await page.add_init_script(LENDS_ANYWAY)
    await page.goto(url)
    await page.locator('[data-part="input"]').wait_for()
    await page.select_option("#desk", "MAIL")
    await page.locator('[data-part="rows"]').evaluate(WATCH)
    # Other items than on the other page, which would be read twice.
    items = [f"0{name[0].upper()}ESK-{number:05d}" for number in range(SCANS)]
    pace = await _type(page, [PATRON, *items])
    waiting = page.locator('[data-part="waiting"]')
    about = page.locator('[data-part="about"]')
    await expect(about).to_contain_text(f"{SCANS} documents", timeout=PATIENCE)
    await expect(waiting).to_have_text("0", timeout=PATIENCE)
    await page.wait_for_timeout(500)  # the last answers are drawn with the next frame
    seen: dict[str, dict[str, float]] = await page.evaluate("window.seen")
    await page.context.close()
    rows = [seen[item] for item in items]
    return [
        Figure(f"{name}, scan to taken", _spread(rows, "taken")),
        Figure(f"{name}, scan to acknowledged", _spread(rows, "kept")),
        Figure(f"{name}, typing {len(rows)} scans", f"{pace:.1f} ms a key"),
    ]


async def _type(page: Page, scans: Sequence[str]) -> float:
    """Press a key every 5 ms whatever the browser has done with the last; return ms a key."""
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
