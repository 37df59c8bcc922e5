"""The calm page in a browser: one key says that Alma fails here, and opens the procedure."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Relais, eventually, scan

pytestmark = pytest.mark.ui


def test_workstation_reports_what_it_lacks_and_a_working_scanner(
    page: Page, relais: Relais
) -> None:
    name = page.evaluate("localStorage.getItem('relais.workstation')")

    def reports() -> list[tuple[str, bool]]:
        checks = [
            entry for entry in relais.recorded("workstation_check") if entry["workstation"] == name
        ]
        assert all(abs(check["skew_s"]) < 60 for check in checks)
        return [(check["lacks"], check["scanned_at"] is not None) for check in checks]

    eventually(page, lambda: len(reports()), 1)
    ((lacks, _),) = reports()
    scan(page, ["SLSP204518377"])  # outside of any field: nothing is recorded
    eventually(page, reports, [(lacks, False), (lacks, True)])
    page.locator(".readiness summary").click()
    expect(page.locator(".readiness .points")).to_contain_text("HTTPS")
    expect(page.get_by_role("button", name="Commencer un exercice")).to_be_visible()


def test_calm_page_reports_and_opens_the_procedure_by_one_key(page: Page) -> None:
    expect(page.locator("#etat h1:visible")).to_contain_text("Tout répond.")
    expect(page.locator('[data-hotkey="x"]')).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator('[data-step="A1"]')).to_be_visible()
    expect(page.locator(".foot--here")).to_contain_text("Dit ici à")
