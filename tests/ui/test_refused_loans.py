"""Of 1000 loans, Alma refuses 80; in a browser, last night's lists warn of nearly all of them.

The library has 60,000 patrons and 1,000,000 items. The test lends on the loans page, and then on
the desk page without the server. Finally, it searches all stored data for the contents of the
lists. It is part of `make campaign`.
"""

import re
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from procedure.io.offline_lists.list_store import lists_folder
from procedure.simulation.alma.exports import items_csv, users_xml
from tests.support.refusing_library import EACH, Rows, barcode, card, library, loans, refused
from tests.ui.conftest import Relais, Standins, eventually, handbook_over
from tests.ui.test_lending import pressed
from tests.ui.test_lists import enrol, kept

pytestmark = [pytest.mark.ui, pytest.mark.long]

USERS, ITEMS, LOANS = 60_000, 1_000_000, 1000
BETWEEN_KEYS = 0.005  # seconds
PATIENCE = 600_000  # ms
# Maps each item to the text of the line below its row, which contains the lists' warnings.
WATCH = """(rows) => {
  const told = (window.told = {})
  const look = () => {
    for (const line of rows.querySelectorAll("tr.told")) {
      const item = line.previousElementSibling?.querySelector('[data-text="item"]')?.textContent
      if (item) told[item] = line.textContent
    }
  }
  new MutationObserver(look).observe(rows, { subtree: true, childList: true, characterData: true })
}"""
STORED = """async () => {
  const held = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie]
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      const bytes = new Uint8Array(await (await cache.match(request)).arrayBuffer())
      held.push(request.url, new TextDecoder("latin1").decode(bytes))
    }
  }
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  for (const { name } of await indexedDB.databases()) {
    const base = await done(indexedDB.open(name))
    for (const store of base.objectStoreNames)
      held.push(JSON.stringify(await done(base.transaction(store).objectStore(store).getAll())))
    base.close()
  }
  return held
}"""


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    """A server with the library's lists, imported as its nightly job imports them."""
    folder, exports = tmp_path_factory.mktemp("relais"), tmp_path_factory.mktemp("exports")
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
    world = library(USERS, ITEMS, datetime.now(UTC)).world
    for name, rows in (("users.xml", users_xml(world)), ("items.csv", items_csv(world))):
        with (exports / name).open("w", encoding="utf-8") as file:
            file.writelines(rows)
    server.start()
    done = server.command("lists", "import", *map(str, sorted(exports.iterdir())), "--by", "Test")
    assert done.returncode == 0, done.stderr
    (folder / "import.log").write_text(done.stdout + done.stderr, "utf-8")
    yield server
    server.kill()


def scan_all(page: Page, rows: Rows) -> None:
    """Scan the card and the barcode of each loan, one key every 5 ms."""
    line = page.context.new_cdp_session(page)
    for patron, item in rows:
        for key in f"{patron}\n{item}\n":
            line.send("Input.dispatchKeyEvent", pressed(key))
            time.sleep(BETWEEN_KEYS)
    line.detach()


def told(page: Page) -> dict[str, str]:
    return page.evaluate("window.told")


def _told_later(page: Page) -> dict[str, str]:
    page.wait_for_timeout(3000)
    return told(page)


def recorded(relais: Relais, rows: Rows) -> dict[str, list[str]]:
    """Return the reasons for the lists' warnings that each loan records, keyed by item."""
    items = {item for _, item in rows}
    return {
        loan["item"]: [said["reason"] for said in loan.get("told", ())]
        for loan in relais.recorded("loan")
        if loan["item"] in items
    }


@pytest.mark.parametrize("served", [True, False], ids=["served", "without the server"])
def test_scan_warns_of_nearly_all_loans_that_alma_refuses(
    context: BrowserContext, relais: Relais, *, served: bool
) -> None:
    rows = loans(LOANS, USERS, ITEMS)
    if not served:  # use other items, or each scan would repeat a loan
        rows = [(patron, _another(item)) for patron, item in rows]
    not_taken = {item for _, item in refused(library(USERS, ITEMS, datetime.now(UTC)), rows)}
    assert len(not_taken) == 4 * EACH
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    if served:
        page.goto(f"{relais.url}?page=loans")
    else:
        enrol(page, relais)
        eventually(page, lambda: sorted(kept(page)), ["accounts", "items"])
        page.reload()
    page.locator("#desk").select_option("MAIL")
    page.locator('[data-part="rows"]').evaluate(WATCH)
    if not served:
        relais.signal(signal.SIGSTOP)
    try:
        scan_all(page, rows)
        shown = told(page)
        while shown != (shown := _told_later(page)):
            pass
    finally:
        relais.signal(signal.SIGCONT)
    until = time.monotonic() + PATIENCE / 1000
    while len(found := recorded(relais, rows)) < LOANS and time.monotonic() < until:
        page.wait_for_timeout(500)
    assert len(found) == LOANS
    by_row = {item for item, line in shown.items() if "liste" in line}
    by_entry = {item for item, reasons in found.items() if reasons}
    figures = {
        "told in a row": len(by_row & not_taken),
        "in an entry": len(by_entry & not_taken),
        "false in a row": len(by_row - not_taken),
        "false in an entry": len(by_entry - not_taken),
    }
    print(figures)
    assert min(figures["told in a row"], figures["in an entry"]) >= 78, figures
    assert max(figures["false in a row"], figures["false in an entry"]) <= 1, figures
    if not served:
        search(page, relais, rows)


def _another(item: str) -> str:
    """Return another barcode of the same kind: lendable, not for loan or unknown."""
    return (
        f"1069{int(item[4:]) + 50_000:06}" if item > barcode(ITEMS) else str(int(item) + ITEMS // 2)
    )


def search(page: Page, relais: Relais, rows: Rows) -> None:
    """Check that no storage of the server or a browser reveals data that only the lists contain."""
    scanned = {code for row in (*rows, *loans(LOANS, USERS, ITEMS)) for code in row}
    listed = {card(number) for number in range(USERS)} | {barcode(n) for n in range(ITEMS)}
    backup = relais.folder / "backup.relais"
    done = relais.command("backup", str(backup))
    assert done.returncode == 0, done.stderr
    key = (lists_folder(relais.environment["RELAIS_DATABASE_URL"]) / "key").read_bytes()
    kept_here = [path for path in relais.folder.rglob("*") if path.is_file()]
    assert backup in kept_here
    places: dict[str, bytes] = {str(path): path.read_bytes() for path in kept_here}
    places |= {
        f"browser {number}": text.encode("latin1", "replace")
        for number, text in enumerate(page.evaluate(STORED))
    }
    assert max(len(held) for name, held in places.items() if "browser" in name) > 1_000_000
    assert [name for name, held in places.items() if _codes(held) & (listed - scanned)] == []
    assert [
        name for name, held in places.items() if b"@eduid.ch" in held and "handbook" not in name
    ] == []
    assert [Path(name).name for name, held in places.items() if key in held] == ["key"]


def _codes(held: bytes) -> set[str]:
    return {code.decode() for code in re.findall(rb"(?<![0-9])[0-9]{10}(?![0-9])", held)}


def test_codes_are_found_in_stored_bytes() -> None:
    assert _codes(b'{"item":"1060000007","n":12345678901}') == {"1060000007"}
