"""The calm page in a browser: one key says that Alma fails here, and opens the procedure."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.ui

SOON = 45_000


def test_one_key_on_the_calm_page_reports_and_opens_the_procedure(page: Page) -> None:
    expect(page.locator("#etat h1:visible")).to_contain_text("Tout répond.", timeout=SOON)
    expect(page.locator('[data-hotkey="x"]')).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator('[data-step="A1"]')).to_be_visible(timeout=SOON)
    expect(page.locator(".foot--here")).to_contain_text("Dit ici à")
