"""Accessibility in a browser: axe-core's findings, reading order, focus rings, colours and motion.

axe-core must find no violation of WCAG 2.2 A and AA, or of its own best practices. It checks each
page at three widths in light colours, and at the largest width in dark colours too.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from procedure.io.database.database import open_database
from procedure.monitoring.model import FailureCause, Outcome, Status
from tests.ui.axe import violations
from tests.ui.conftest import PATIENCE, Relais, Standins, handbook_over, scan

pytestmark = pytest.mark.ui

TEN_SECONDS = timedelta(seconds=10)
WIDE = (1366, 768)
# One width is enough for dark colours, because colours do not depend on the width. One language is
# enough, because other languages change only accessible names, and no name is empty in any of them.
DRAWINGS = ((*WIDE, "light"), (*WIDE, "dark"), (683, 600, "light"), (390, 844, "light"))
# For each page, the part that is drawn last.
PLACES = {
    "guide&step=A1": ".four",
    "loans": "#log-title",
    "reconciliation": ".way",
    "history": ".state--span",
    "history&span=quarter": ".days90",
}
# Returns "" if an outline shows the focus: the outline of the focused element, of its `::after`
# (which may cover its cell in the grid) or, if the element receives the events of a figure, of the
# figure. Returns null if no element has the focus, and otherwise the start of the element's markup.
RING = """() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  if (!element || element === document.body) return null
  const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  const host = element.getRootNode().host?.getRootNode().host
  const ring = drawn(getComputedStyle(element)) || drawn(getComputedStyle(element, "::after"))
    || (element.matches(".bk-events") && drawn(getComputedStyle(host)))
  return ring ? "" : element.outerHTML.slice(0, 200)
}"""


# The content that a screen reader reads in the guide and on the loans page, in this order.
ANSWERING = """
- main:
  - region "Un lecteur attend ? Prêtez.":
    - link "Prêter maintenant"
  - region "Personne n’attend ? Répondez.":
    - list:
      - listitem:
        - button "Aucune des 3 n’annonce rien"
        - group "Une page d’état annonce-t-elle la panne ?":
          - button "Oui"
          - button "Non"
      - listitem: /A2 Alma marche-t-il correctement/
  - region "Ce que nous voyons"
  - region "Et chez vous ?"
  - region "Autre chose ne va pas ?"
"""
LENDING = """
- main:
  - region "Scannez un document":
    - text: /Lecteur SLSP204518377/
    - button "Lecteur suivant Échap"
    - button "Annuler le dernier F8"
    - textbox "Scannez un document"
    - alert
    - table "Documents de ce passage":
      - rowgroup:
        - row /1 0ARIA-1 .* Enregistré/
    - status: 0ARIA-1 pris.
  - complementary "Ce poste"
  - heading /Journal des prêts/ [level=2]
  - table "Journal des prêts"
"""


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    """A server with a past downtime in its history, and a loan in its log."""
    folder = tmp_path_factory.mktemp("relais")
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
    now = datetime.now(UTC)
    with open_database(server.environment["RELAIS_DATABASE_URL"], now=lambda: now) as database:
        database.history.record(list(outage(now - timedelta(hours=3))))
    server.start()
    sheet = server.folder / "loans.csv"
    sheet.write_text(f"at,desk,patron,item\n{now:%Y-%m-%dT%H:%M}Z,MAIL,100200300,15\n")
    server.command("loans", "import", str(sheet), "--desk", "MAIL")
    yield server
    server.kill()


def outage(at: datetime) -> Iterator[Outcome]:
    """Yield outcomes: Alma is down for five minutes, then up again for one minute."""
    for number in range(36):
        status, cause = (Status.DOWN, FailureCause.TIMEOUT) if number < 30 else (Status.UP, None)
        for target in ("alma-saml", "alma-secours"):
            yield Outcome(target, "", "server", at + number * TEN_SECONDS, status, cause)


@pytest.fixture
def failing(relais: Relais, browser: Browser) -> Iterator[Page]:
    """A new page in a browser, while both links to Alma fail."""
    relais.standins.only("alma-saml", "alma-secours")
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    yield page
    context.close()


def test_axe_finds_no_violation(relais: Relais, failing: Page) -> None:
    page = failing
    for place, last in PLACES.items():
        page.goto(f"{relais.url}?page={place}&lang=fr")
        expect(page.locator("h1:visible").first).to_be_visible()
        expect(page.locator(last).locator("visible=true").first).to_be_visible()
        for width, height, scheme in DRAWINGS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert violations(page) == [], (place, width, scheme)


def test_guide_and_loans_have_the_expected_reading_order(relais: Relais, failing: Page) -> None:
    failing.goto(f"{relais.url}?page=guide&step=A1&lang=fr")
    expect(failing.locator("main")).to_match_aria_snapshot(ANSWERING)
    failing.goto(f"{relais.url}?page=loans&lang=fr")
    expect(failing.locator('[data-part="input"]')).to_be_focused()
    failing.select_option("#desk", "MAIL")
    scan(failing, ["SLSP204518377", "0ARIA-1"])
    expect(failing.locator("main")).to_match_aria_snapshot(LENDING)


def test_forced_colours_keep_status_shapes_visible(relais: Relais, failing: Page) -> None:
    failing.emulate_media(forced_colors="active")
    failing.goto(f"{relais.url}?page=guide&step=A1&lang=fr")
    shape = failing.locator(".seen .shape:visible").first
    expect(shape).to_be_visible()
    drawn, ground = shape.evaluate(
        "e => [getComputedStyle(e).fill, getComputedStyle(document.body).backgroundColor]"
    )
    assert drawn != ground
    assert violations(failing) == []


def test_reduced_motion_stops_all_animation(relais: Relais, failing: Page) -> None:
    failing.goto(f"{relais.url}?page=guide&step=A1&lang=fr")
    button = failing.locator(".btn:visible").first
    moves = "e => getComputedStyle(e).transitionDuration"
    assert button.evaluate(moves) == "0s"
    failing.emulate_media(reduced_motion="no-preference")
    assert button.evaluate(moves) != "0s"


@pytest.mark.parametrize("place", ["guide", "loans", "history"])
def test_every_tab_stop_has_a_focus_ring(relais: Relais, failing: Page, place: str) -> None:
    failing.goto(f"{relais.url}?page={place}")
    expect(failing.locator(f'[data-place="{place}"] h2:visible').first).to_be_visible()
    expect(failing.locator(PLACES.get(place, ".four")).first).to_be_visible()
    bare: set[str] = set()
    for _ in range(45):
        failing.keyboard.press("Tab")
        bare |= {failing.evaluate(RING) or ""}
    assert bare == {""}


def test_first_row_is_five_tab_stops_after_the_filters(relais: Relais, failing: Page) -> None:
    failing.goto(f"{relais.url}?page=loans")
    act = failing.locator(".row-act", has_text="Annuler").first
    expect(act).to_be_visible()
    failing.locator(".log-filters input").last.focus()
    for _ in range(5):
        failing.keyboard.press("Tab")
        if act.evaluate("one => one.getRootNode().activeElement === one"):
            return
    raise AssertionError("the action was not reached")


def test_axe_finds_a_violation(relais: Relais, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(relais.url)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")
    assert any(line.startswith("image-alt") for line in violations(page))
    page.close()


def test_switched_appearance_is_final(browser: Browser) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.set_content("<p></p>")
    page.locator("p").evaluate(
        """(element) => { element.attachShadow({ mode: "open" }).innerHTML = `<b>text</b><style>
          b { color: rgb(0, 0, 0); transition: color 0.4s 0.2s }
          @media (prefers-color-scheme: dark) { b { color: rgb(255, 255, 255) } }
        </style>` }"""
    )
    in_front = context.new_page()  # a page in the background is not animated further
    colour = "(element) => getComputedStyle(element).color"
    for scheme, wanted in (("dark", "rgb(255, 255, 255)"), ("light", "rgb(0, 0, 0)")):
        in_front.bring_to_front()
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.locator("b").evaluate(colour) == wanted
    context.close()
