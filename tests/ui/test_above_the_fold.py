"""What stands above the fold while Alma fails and nobody has answered: little, and none of it old."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.ui.conftest import PATIENCE, Relais
from tests.ui.page_limits import words

pytestmark = pytest.mark.ui

DESKS = ("MAIL", "CMU", "BASTIONS")


@pytest.fixture
def stations(browser: Browser, relais: Relais) -> Iterator[list[Page]]:
    """Three workstations at three desks while no link to Alma answers."""
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


def test_page_has_at_most_180_words_above_the_fold(stations: list[Page], relais: Relais) -> None:
    page = stations[0]
    for language, folded, sum_ in (
        ("fr", "6 autres répondent", "0 sur 3"),
        ("en", "6 others respond", "0 of 3"),
    ):
        page.goto(f"{relais.url}?lang={language}")
        expect(page.locator(".folded > summary .live")).to_have_text(folded)
        expect(page.locator('[data-value="alma-saml/*"] .live')).to_have_text(sum_)
        shown = words(page)
        assert len(shown) <= 180, shown


def test_working_targets_unfold_at_a_click_and_stay_open(
    stations: list[Page], relais: Relais
) -> None:
    page = stations[0]
    summary = page.locator(".folded > summary")
    expect(summary.locator(".live")).to_have_text("6 autres répondent")
    expect(page.get_by_role("link", name="Site externe")).to_be_hidden()
    summary.click()
    expect(page.get_by_role("link", name="Site externe")).to_be_visible()
    relais.standins.only("alma-saml", "alma-secours", "tickets", status=0)
    expect(summary.locator(".live")).to_have_text("5 autres répondent")
    expect(page.get_by_role("link", name="Site externe")).to_be_visible()
    shown = page.locator(".panel > table.grid .name a")
    expect(shown).to_have_text(["Alma, lien habituel", "Alma, lien de secours", "Tickets du CAD"])
