"""A worker stores and sends a page's transactions; without it, the page does so itself."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.ui.conftest import Relais, eventually, only_worker, scan

pytestmark = pytest.mark.ui
PATRON = "SLSP204518377"
# Makes the worker ignore every request, as if the browser had ended it.
SILENCE = "() => { self.onmessage = () => {} }"


@pytest.fixture
def desk(context: BrowserContext, relais: Relais) -> Callable[..., Page]:
    """A function that opens the desk page and chooses a desk, by default with a worker."""

    def begin(*, worker: bool = True) -> Page:
        page = context.new_page()
        if not worker:
            page.add_init_script("window.Worker = class { constructor() { throw new Error() } }")
        page.goto(relais.url.replace("/dashboard", "/desk/"))
        page.select_option("#desk", "MAIL")
        expect(page.locator('[data-part="input"]')).to_be_focused()
        return page

    return begin


def recorded(relais: Relais, begin: str) -> list[str]:
    return [loan["item"] for loan in relais.recorded("loan") if loan["item"].startswith(begin)]


def all_recorded(page: Page, relais: Relais, items: list[str]) -> None:
    expect(page.locator('[data-part="rows"] tr', has_text="Enregistré")).to_have_count(len(items))
    eventually(page, lambda: recorded(relais, items[0][:5]), items)


def test_worker_stores_and_sends_scans(desk: Any, relais: Relais) -> None:
    page = desk()
    assert "page_worker.js" in only_worker(page).url
    page.evaluate("""() => {
        IDBFactory.prototype.open = () => { throw new Error("the page opens no database") }
        window.fetch = () => new Promise(() => {}) // the page sends nothing
    }""")
    items = [f"0WORK-{number}" for number in range(5)]
    scan(page, [PATRON, *items])
    all_recorded(page, relais, items)


def test_page_without_a_worker_lends_by_itself(desk: Any, relais: Relais) -> None:
    page = desk(worker=False)
    assert not page.workers
    items = [f"0NONE-{number}" for number in range(5)]
    scan(page, [PATRON, *items])
    all_recorded(page, relais, items)


def test_page_records_scans_once_if_its_worker_falls_silent(desk: Any, relais: Relais) -> None:
    page = desk()
    items = [f"0GONE-{number}" for number in range(8)]
    scan(page, [PATRON, *items[:3]])
    all_recorded(page, relais, items[:3])
    only_worker(page).evaluate(SILENCE)
    scan(page, items[3:])
    all_recorded(page, relais, items)
    page.reload()
    expect(page.locator('[data-part="rows"] tr', has_text="Enregistré")).to_have_count(len(items))
    assert recorded(relais, "0GONE") == items
