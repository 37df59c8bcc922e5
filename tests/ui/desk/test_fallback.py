"""The desk page replaces the dashboard while the server does not answer."""

import re
import signal
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.ui.conftest import Relais, scan
from tests.ui.desk.workstation import part

pytestmark = pytest.mark.ui
PATRON = "SLSP204518377"
DESK = re.compile(r"/desk/\?back=")
LONGER = 6000  # ms; the browser is back on the dashboard sooner, unless a patron is open


@pytest.fixture
def opened(context: BrowserContext, relais: Relais) -> Any:
    """A function that opens a place of the dashboard.

    It returns the page once the browser could open the desk page without the server. If the test
    has killed the server, it is started again at the end.
    """
    context.strict.server_may_die = True  # type: ignore[attr-defined]

    def begin(place: str) -> Page:
        page = context.new_page()
        page.goto(f"{relais.url}?page={place}")
        page.select_option("#desk", "MAIL")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("navigator.serviceWorker.controller && localStorage['relais.board']")
        return page

    yield begin
    relais.signal(signal.SIGCONT)
    if relais.process is None or relais.process.poll() is not None:
        relais.start()


@pytest.mark.important
def test_desk_reload_without_the_server_keeps_the_open_patron(opened: Any, relais: Relais) -> None:
    wanted = [f"0AWAY-{number:03d}" for number in range(23)]
    page = opened("loans")
    scan(page, [PATRON, *wanted[:3]])
    expect(part(page, "rows").locator("tr", has_text="Enregistré")).to_have_count(3)
    relais.kill()
    page.reload()
    expect(page).to_have_url(DESK)
    expect(page.get_by_text("Serveur injoignable depuis")).to_be_visible()
    expect(part(page, "patron")).to_have_text(PATRON)
    expect(part(page, "rows").locator("tr")).to_have_count(3)
    expect(part(page, "grid").get_by_text("Répondait").first).to_be_visible()
    assert page.locator("#desk").input_value() == "MAIL"
    scan(page, wanted[3:])
    expect(part(page, "waiting")).to_have_text("20")
    relais.start()
    expect(part(page, "waiting")).to_have_text("0")
    # The browser stays on the desk page while a patron is open.
    page.wait_for_timeout(LONGER)
    expect(page).to_have_url(DESK)
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{relais.url}?page=loans")
    expect(part(page, "input")).to_be_focused()
    loans = [loan for loan in relais.recorded("loan") if loan["item"].startswith("0AWAY")]
    assert [(loan["item"], loan["patron"]) for loan in loans] == [(item, PATRON) for item in wanted]


def test_desk_waits_for_a_server_that_hangs(opened: Any, relais: Relais) -> None:
    page = opened("history")
    relais.signal(signal.SIGSTOP)
    page.reload()
    expect(page).to_have_url(DESK)
    expect(page.get_by_text("Le serveur n’a pas encore répondu.")).to_be_visible()
    relais.signal(signal.SIGCONT)
    expect(page).to_have_url(f"{relais.url}?page=history")


def test_desk_page_opens_from_a_disconnected_page(opened: Any, relais: Relais) -> None:
    page = opened("guide")
    relais.kill()
    expect(page.get_by_role("heading", name="Serveur injoignable depuis")).to_be_visible()
    page.locator(".nav [data-go=loans]").click()
    expect(page).to_have_url(DESK)
    expect(part(page, "input")).to_be_focused()
    relais.start()
    expect(page).to_have_url(f"{relais.url}?page=loans")


def test_desk_warns_a_vdi_profile_only_on_its_first_day(
    context: BrowserContext, relais: Relais
) -> None:
    context.add_cookies([{"name": "relais_vdi", "value": "1", "url": relais.url}])
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    alone = page.locator('[data-shows="offline_text"]')
    expect(alone).to_contain_text("Une session VDI peut être vidée à la déconnexion.")
    page.evaluate("localStorage.setItem('relais.since', '2026-01-01')")
    page.reload()
    expect(alone).to_contain_text("Sans serveur, ce poste continue à prêter.")
    expect(alone).not_to_contain_text("VDI")
