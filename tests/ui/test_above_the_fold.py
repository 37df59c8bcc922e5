"""While Alma is down, the first screen is short, and one line covers all working addresses."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.ui.conftest import PATIENCE, Relais, eventually
from tests.ui.page_limits import CONTROLS, WORDS, controls, words

pytestmark = pytest.mark.ui

DESKS = ("MAIL", "CMU", "BASTIONS")


@pytest.fixture
def stations(browser: Browser, relais: Relais) -> Iterator[list[Page]]:
    """Pages of three workstations at three desks, while no link to Alma works."""
    relais.standins.only("alma-saml", "alma-secours", status=0)
    contexts = [at_desk(browser, relais, desk) for desk in DESKS]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto(relais.url)
    yield pages
    for context in contexts:
        context.close()


def at_desk(browser: Browser, relais: Relais, desk: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(1000 * PATIENCE)
    cookies = {"relais_desk": desk, "relais_workstation": f"poste {desk}"}
    context.add_cookies([{"name": k, "value": v, "url": relais.url} for k, v in cookies.items()])
    return context


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_guide_shows_few_words_and_controls(
    stations: list[Page], relais: Relais, language: str
) -> None:
    page = stations[0]
    page.goto(f"{relais.url}?lang={language}")
    expect(page.locator(".is-seen-down")).to_have_count(2)
    expect(page.locator(".is-seen-down .v").first).to_contain_text("0")
    expect(page.locator(".is-seen-up")).to_have_count(1)
    eventually(page, lambda: len(words(page)) <= WORDS, wanted=True)
    eventually(page, lambda: len(controls(page)) <= CONTROLS, wanted=True)


def test_each_failing_address_has_a_line_and_the_rest_share_one(
    stations: list[Page], relais: Relais
) -> None:
    page = stations[0]
    answering = page.locator(".is-seen-up .n")
    expect(answering).to_have_text(["Les 6 autres adresses"])
    expect(page.locator("table.grid")).to_have_count(0)
    page.get_by_role("button", name="Par bâtiment et poste").click()
    expect(page.get_by_role("link", name="Site externe")).to_be_visible()
    relais.standins.only("alma-saml", "alma-secours", "tickets", status=0)
    expect(answering).to_have_text(["Les 5 autres adresses"])
    expect(page.locator(".is-seen-down .n")).to_have_text(
        ["Alma, lien habituel", "Alma, lien de secours", "Tickets du CAD"]
    )
