"""The calm page in a browser: one key says that Alma fails here, and opens the procedure."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.ui


def test_one_key_on_the_calm_page_reports_and_opens_the_procedure(page: Page) -> None:
    expect(page.locator("#etat h1:visible")).to_contain_text("Tout répond.")
    expect(page.locator('[data-hotkey="x"]')).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator('[data-step="A1"]')).to_be_visible()
    expect(page.locator(".foot--here")).to_contain_text("Dit ici à")
