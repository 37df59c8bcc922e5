"""If several processes serve Relais, the pages of all of them show the same outage and loans."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.test_processes import Process, leader_of, processes
from tests.ui.conftest import PATIENCE, scan
from tests.ui.test_outage import banner, declared

pytestmark = [pytest.mark.ui, pytest.mark.long]

READ_ONLY, ITEMS = "SLSP204518377", ("0UBU0536413", "0UBU0536421")


def opened(browser: Browser, process: Process, path: str) -> Page:
    """Open a page that this process serves, in a new browser context."""
    context = browser.new_context(locale="fr-CH", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.goto(f"http://localhost:{process.port}/{path}")
    return page


def test_page_of_a_follower_agrees_with_the_leader(
    browser: Browser, postgres_url: str, tmp_path: Path
) -> None:
    with processes(postgres_url, tmp_path, 3) as (running, _):
        leader = leader_of(running)
        follower, other = (each for each in running if each is not leader)
        at_leader = opened(browser, leader, "dashboard")
        pages = [at_leader, *(opened(browser, each, "dashboard") for each in (follower, other))]
        declared(at_leader, "Prêtez avec Relais.")
        for page in pages:
            expect(banner(page)).to_contain_text("Prêtez avec Relais.")
        desk = opened(browser, follower, "desk/")
        desk.select_option("#desk", "MAIL")
        scan(desk, [READ_ONLY, *ITEMS])
        for page in pages:
            page.locator("[data-go=loans]").first.click()
            expect(page.locator("#log-title")).to_contain_text("2 prêts")
            for item in ITEMS:
                expect(page.locator(".place[data-place=loans]")).to_contain_text(item)
        for page in (*pages, desk):
            page.context.close()
