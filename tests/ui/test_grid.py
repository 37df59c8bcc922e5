"""In a browser, the grid follows the targets, opens details, and turns grey without the server."""

import re
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.ui

ALMA = ("alma-saml", "alma-secours")
# Records whether the page notices within ten seconds that it is cut off. A timer in the page counts
# the seconds, because a busy machine delays it as much as the page's other timers.
TEN_SECONDS = """() => {
    let within = true
    setTimeout(() => { within = false }, 10_000)
    addEventListener("relais:line", () => { window.cutWithin = within }, { once: true })
}"""
DOWN = re.compile(r"Alma ne répond plus (nulle part )?depuis")


def band(page: Page) -> Locator:
    return page.locator("#etat h1:visible")


def row(page: Page, name: str) -> Locator:
    return page.locator("table.grid tr.row", has_text=name)


def button(page: Page, name: str) -> Locator:
    """The cell of a target in the server's own column."""
    return row(page, name).locator('[data-value$="/server"]')


def detailed(page: Page) -> None:
    """Open the grid by building and workstation, below the guide."""
    page.get_by_role("button", name="Par bâtiment et poste").click()
    expect(page.locator("table.grid")).to_be_visible()


@pytest.fixture
def targets(relais, request: pytest.FixtureRequest) -> None:
    """Make all targets answer, or all but Alma's two links if the test uses `failing`.

    Between two tests with `failing`, the links stay down, so that their status does not flap.
    """
    fails = ALMA if "failing" in request.fixturenames else ()
    relais.standins.only(*fails)


@pytest.fixture
def failing(page: Page) -> Page:
    """A page that shows that both links to Alma fail, with the grid open below the guide."""
    expect(band(page)).to_contain_text(DOWN)
    detailed(page)
    return page


@pytest.fixture
def mended(page: Page, relais) -> Iterator[None]:
    """Accept the page's errors while the server is stopped; at the end, resume a paused server."""
    page.context.strict.server_may_die = True
    yield
    relais.signal(signal.SIGCONT)


def test_grid_shows_a_failure_and_its_end_without_a_reload(page: Page, relais) -> None:
    expect(band(page)).to_contain_text("Tout répond.")
    relais.standins.only(*ALMA)
    expect(band(page)).to_contain_text(DOWN)
    detailed(page)
    saml = row(page, "Alma, lien habituel")
    expect(saml).to_contain_text("Échoue")
    expect(saml).to_contain_text("HTTP 503")
    expect(row(page, "Site externe")).to_contain_text("Répond")
    expect(page).to_have_title("Alma ne répond plus · Relais")
    relais.standins.only()
    expect(band(page)).to_contain_text("Tout répond.")
    expect(page).to_have_title("Tout répond · Relais")


def test_grid_of_a_page_opened_during_an_outage_needs_no_click(failing: Page, relais) -> None:
    opened = failing.context.new_page()
    opened.goto(relais.url)
    expect(band(opened)).to_contain_text(DOWN)
    expect(band(opened)).to_contain_text("Prêtez en secours")
    expect(opened.locator('.four [data-step="A1"]')).to_be_in_viewport()
    expect(opened.locator('[data-key="lend"]:visible')).to_be_in_viewport()
    detailed(opened)
    expect(opened.locator(".reasons")).to_contain_text("le site externe répond, aucun lien d’Alma")


def test_grid_cell_opens_and_closes_by_keyboard(failing: Page) -> None:
    opened = button(failing, "Alma, lien habituel")
    opened.focus()
    failing.keyboard.press("Enter")
    expect(opened).to_have_attribute("aria-expanded", "true")
    detail = failing.get_by_role("group", name="Détail du dernier relevé")
    expect(detail).to_contain_text("503")
    expect(detail).to_contain_text("Premier octet")
    expect(detail.get_by_role("link")).to_have_attribute("href", re.compile(r"/alma-saml$"))
    # Readings keep arriving, and the focus does not move.
    rounds = failing.locator(".last li time").first.inner_text()
    expect(failing.locator(".last li time").first).not_to_have_text(rounds)
    expect(opened).to_be_focused()
    failing.keyboard.press("Enter")
    expect(detail).to_have_count(0)


def test_grid_cell_opens_with_a_click_anywhere(failing: Page) -> None:
    # The button covers its whole cell, including the text at the bottom.
    button(failing, "Tickets du CAD").click(position={"x": 60, "y": 26})
    expect(button(failing, "Tickets du CAD")).to_have_attribute("aria-expanded", "true")


@pytest.mark.usefixtures("mended")
def test_grid_turns_grey_within_ten_seconds_of_silence(failing: Page, relais) -> None:
    expect(button(failing, "Site externe").locator(".live")).to_be_visible()
    failing.evaluate(TEN_SECONDS)
    failing.evaluate("document.documentElement.dataset.zone = 'Asia/Tokyo'")  # not the browser's
    relais.signal(signal.SIGSTOP)
    expect(band(failing)).to_contain_text("Serveur injoignable depuis")
    assert failing.evaluate("window.cutWithin") is True
    now = datetime.now(ZoneInfo("Asia/Tokyo"))
    minutes = "|".join(f"{now - timedelta(minutes=ago):%H:%M}" for ago in range(3))
    expect(band(failing)).to_contain_text(re.compile(rf"depuis ({minutes})\."))
    expect(failing).to_have_title("Serveur injoignable · Relais")
    expect(button(failing, "Site externe").locator(".past")).to_have_text("Répondait")
    expect(button(failing, "Alma, lien habituel").locator(".past")).to_have_text("Échouait")
    expect(failing.locator("table.grid .live:visible")).to_have_count(0)
    expect(failing.locator("table.grid svg.is-up:visible")).to_have_count(0)
    relais.signal(signal.SIGCONT)
    expect(band(failing)).to_contain_text(DOWN)
    expect(failing.locator(".seen .live").first).to_be_visible()


@pytest.mark.usefixtures("mended")
def test_grid_returns_after_a_restart_of_the_server(failing: Page, relais) -> None:
    failing.evaluate("window.before = true")
    relais.kill()
    expect(band(failing)).to_contain_text("Serveur injoignable depuis")
    relais.start()
    failing.wait_for_function("window.before === undefined")
    expect(band(failing)).to_contain_text(DOWN)


def test_grid_reading_during_a_click_does_not_swallow_it(failing: Page) -> None:
    grid = failing.locator("table.grid")
    button(failing, "Tickets du CAD").hover(position={"x": 60, "y": 8})
    failing.mouse.down()
    grid.evaluate("(grid) => { grid.className += ' before' }")
    failing.wait_for_timeout(2500)  # the server makes a round of probes every second
    expect(failing.locator("table.grid.before")).to_have_count(1)
    failing.mouse.up()
    expect(button(failing, "Tickets du CAD")).to_have_attribute("aria-expanded", "true")


def test_grid_in_english(context, relais) -> None:
    page = context.new_page()
    page.goto(f"{relais.url}?lang=en")
    expect(band(page)).to_contain_text("Everything answers.")
    assert page.locator("html").get_attribute("lang") == "en"
