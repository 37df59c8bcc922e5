"""Each desk sheet that `make docs` builds fits on one printed page and is in the right language."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.ui

HTML = Path(__file__).resolve().parents[2] / "docs" / "_build" / "html"


@pytest.mark.skipif(not HTML.is_dir(), reason="make docs has not run")
@pytest.mark.parametrize("sheet", ["fr/guichet", "en/desk", "de/theke"])
def test_sheet_prints_on_one_page_in_its_language(browser: Browser, sheet: str) -> None:
    page = browser.new_page()
    page.goto((HTML / f"{sheet}.html").as_uri())
    pages = page.pdf(format="A4").count(b"/Type /Page\n")
    language = page.locator("html").get_attribute("lang")
    page.close()
    assert (pages, language) == (1, sheet.partition("/")[0])
