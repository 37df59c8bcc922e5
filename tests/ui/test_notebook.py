"""dashboard.ipynb and example.py, served as pages by `panel serve`."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from panel.command import main as panel
from playwright.sync_api import Browser, Page, expect

from tests.support.cli import run_relais
from tests.support.forked_server import ForkedServer
from tests.ui.conftest import PATIENCE, Strict, free_port

pytestmark = pytest.mark.ui

GREEN = "rgb(23, 102, 58)"  # --r-up
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@contextmanager
def served(file: str, folder: Path, **settings: str) -> Iterator[int]:
    """Serve a notebook without this machine's own Relais settings; yield the port."""
    result = free_port()
    serve = ["serve", str(NOTEBOOKS / file), "--port", str(result), "--liveness"]
    values = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    log = folder / "server.log"
    server = ForkedServer(serve, values | settings, log, panel, folder)
    until = time.monotonic() + 2 * PATIENCE
    while True:
        try:
            urlopen(f"http://localhost:{result}/liveness", timeout=5).close()
            break
        except OSError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
    yield result
    server.kill()
    server.wait()


@contextmanager
def opened(browser: Browser, port: int, name: str) -> Iterator[Page]:
    """Open a page; it must raise no error and send no request elsewhere."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    strict = Strict(context, f"localhost:{port}", "http://nobody.invalid")
    page = context.new_page()
    page.goto(f"http://localhost:{port}/{name}", timeout=2000 * PATIENCE)
    yield page
    context.close()
    assert strict.faults == []


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    with served("dashboard.ipynb", tmp_path) as port, opened(browser, port, "dashboard") as page:
        yield page


def test_example_page_has_the_grid_and_the_loan_log(browser: Browser, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sample.sqlite3'}"
    assert run_relais("sample-data", "--days", "2", "--database", url).exit_code == 0
    with (
        served("example.py", tmp_path, RELAIS_DATABASE_URL=url) as port,
        opened(browser, port, "example") as page,
    ):
        expect(page.get_by_role("heading", name="Our reading room")).to_be_visible()
        expect(page.locator("td.cell--up.verdict").first).to_contain_text("Responds")
        expect(page.locator(".paged tbody tr").first).to_contain_text(re.compile("…[0-9A-Z]{3}"))
        expect(page.get_by_text("addresses that answer")).to_be_visible()
        expect(page.locator(".paged [data-act=act]")).to_have_count(0)


def test_notebook_shows_the_four_views_and_records_nothing(page: Page) -> None:
    cell = page.locator("td.cell--up.verdict").first
    expect(cell).to_contain_text("Responds")
    expect(cell.locator(".live svg")).to_have_css("color", GREEN)
    expect(page.locator("[data-step=A1]")).to_contain_text("Does a status page announce")
    expect(page.locator(".paged tbody tr").first).to_contain_text(re.compile("…[0-9A-Z]{3}"))
    expect(page.locator(".bk-Figure").first).to_be_visible()
    # The page does not offer actions that a viewer may not perform.
    forbidden = "[data-act=answer], [data-go=loans], .paged [data-act=act]"
    expect(page.locator(forbidden)).to_have_count(0)
