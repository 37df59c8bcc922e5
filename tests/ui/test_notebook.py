"""The dashboard's notebook as a page: `panel serve` shows its four views, from one host."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import PATIENCE, Strict, free_port

pytestmark = pytest.mark.ui

GREEN = "rgb(23, 102, 58)"  # --r-up
NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "dashboard.ipynb"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server of the notebook alone, with no setting of this machine."""
    result = free_port()
    serve = ("-m", "panel", "serve", str(NOTEBOOK), "--port", str(result), "--liveness")
    values = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    with (
        (tmp_path / "server.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, *serve], cwd=tmp_path, env=values, stdout=log, stderr=log
        ) as server,
    ):
        until = time.monotonic() + 2 * PATIENCE
        while True:
            try:
                urlopen(f"http://localhost:{result}/liveness", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, log.name
                assert time.monotonic() < until, log.name
                time.sleep(0.1)
        yield result
        server.terminate()


@pytest.fixture
def page(browser: Browser, port: int) -> Iterator[Page]:
    """The notebook's page; nothing in it may fail, or leave the server."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    strict = Strict(context, f"localhost:{port}", "http://nobody.invalid")
    page = context.new_page()
    page.goto(f"http://localhost:{port}/dashboard", timeout=2000 * PATIENCE)
    yield page
    context.close()
    assert strict.faults == []


def test_notebook_shows_the_four_views_and_records_nothing(page: Page) -> None:
    cell = page.locator("td.cell--up.verdict").first
    expect(cell).to_contain_text("Responds")
    expect(cell.locator(".live svg")).to_have_css("color", GREEN)
    expect(page.locator("[data-step=A1]")).to_contain_text("Does a status page announce")
    expect(page.locator(".paged tbody tr").first).to_contain_text(re.compile("…[0-9A-Z]{3}"))
    expect(page.locator(".bk-Figure").first).to_be_visible()
    # What a reader may not do is not there.
    expect(page.locator("[data-act=answer], [data-go=loans]")).to_have_count(0)
