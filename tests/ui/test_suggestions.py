"""In a browser, one key press confirms all suggestions; a scanner's keystrokes never do."""

import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.ui.conftest import WIDER_THAN_WINDOW, Relais, double_click, eventually, scan, scan_slowly

pytestmark = pytest.mark.ui

CODES = [f"{first}{10_203_040_506_070 + 7 * first}" for first in (1, 2, 3, 1, 2)] * 4
WHOLE_WAY = [("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "yes")]


def confirm_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Confirmer"))


def asks(page: Page, step: str) -> None:
    expect(page.locator(".four .now")).to_have_attribute("data-step", step)


def leads(page: Page, step: str) -> None:
    """Wait until the answers have led to a step."""
    expect(page.locator("#t-questions")).to_have_text(f"Vos réponses mènent à {step}.")


def untouched(page: Page) -> None:
    """Check by the URL that nothing has been answered."""
    expect(page).to_have_url(re.compile(r"\?step=A1$"))


def answers(relais: Relais) -> list[tuple[str, str]]:
    """Return the answers in the database itself as pairs of step and answer, in order."""
    return [(entry["step"], entry["answer"]) for entry in relais.recorded("answer")]


def press(page: Page, key: str) -> None:
    """Press a key as a person would, well after the previous key."""
    page.wait_for_timeout(400)
    page.keyboard.press(key)


def named(context: BrowserContext, relais: Relais, workstation: str, desk: str) -> None:
    """Set the name and desk of a browser's workstation."""
    cookies = {"relais_workstation": workstation, "relais_desk": desk}
    context.add_cookies(
        [{"name": name, "value": value, "url": relais.url} for name, value in cookies.items()]
    )


@pytest.fixture(scope="module")
def colleague(browser: Browser, relais: Relais) -> Iterator[Page]:
    """A colleague's page, which reports that Alma fails there and that nothing is announced."""
    context = browser.new_context(locale="en-US", timezone_id="Europe/Zurich")
    named(context, relais, "pc-2", "CMU")
    page = context.new_page()
    page.goto(f"{relais.url}?step=A1")
    page.get_by_role("button", name="Alma ne marche pas", exact=True).click()
    page.get_by_role("button", name="Aucune des 3 n’annonce rien").click()
    expect(page.get_by_text("Les trois pages n’annoncent rien.")).to_be_visible()
    yield page
    context.close()


@pytest.fixture
def unread(context: BrowserContext, relais: Relais) -> Page:
    """The guide on a workstation where there is no evidence for any answer yet."""
    named(context, relais, "pc-1", "MAIL")
    page = context.new_page()
    page.goto(f"{relais.url}?step=A1")
    expect(page.locator(".four")).to_be_visible()
    return page


@pytest.fixture
def guide(colleague: Page, unread: Page) -> Page:
    """The guide with a suggestion for each of the four questions."""
    expect(confirm_button(unread)).to_contain_text("Confirmer A1 à A4, donc B1")
    return unread


def test_suggestions_without_evidence_select_nothing(unread: Page, relais: Relais) -> None:
    asks(unread, "A1")
    expect(unread.get_by_text("Aucune des trois pages n’a été lue récemment.")).to_be_visible()
    expect(confirm_button(unread)).to_have_count(0)
    press(unread, "Space")
    unread.wait_for_timeout(300)
    untouched(unread)
    assert answers(relais) == []


def test_suggestions_are_not_confirmed_by_fast_or_slow_scans(guide: Page, relais: Relais) -> None:
    before = answers(relais)
    scan(guide, CODES)
    confirm_button(guide).focus()
    scan(guide, CODES)
    guide.wait_for_timeout(400)  # longer than the page holds a key back
    expect(confirm_button(guide)).to_be_focused()
    scan_slowly(guide, ["XY73"] * 3, apart=0.09)
    press(guide, "Enter")  # the end of a code, however late
    guide.wait_for_timeout(400)
    untouched(guide)
    assert answers(relais) == before


def test_suggestions_confirm_the_whole_path_with_one_key(guide: Page, relais: Relais) -> None:
    before = answers(relais)
    expect(guide.locator(".four .a .plain")).to_contain_text(["Non", "Non", "Oui", "Oui"])
    expect(confirm_button(guide)).to_have_count(1)
    expect(confirm_button(guide)).to_be_in_viewport(ratio=1)
    press(guide, "Space")
    leads(guide, "B1")
    expect(guide.locator("#t-calls")).to_be_focused()
    eventually(guide, lambda: answers(relais), [*before, *WHOLE_WAY])
    second = relais.recorded("answer")[len(before) + 1]
    assert second["readings"] == ["suggested no: 0 of 1 other workstations reach Alma"]
    expect(guide).to_have_url(re.compile("step=B1"))
    guide.go_back()
    untouched(guide)


def test_suggestions_space_presses_the_focused_control(guide: Page, relais: Relais) -> None:
    before = answers(relais)
    change = guide.get_by_role("button", name="changer A1")
    change.focus()
    press(guide, "Space")
    expect(change).to_have_attribute("aria-expanded", "true")
    guide.wait_for_timeout(300)
    untouched(guide)
    assert answers(relais) == before


def test_suggestions_can_be_answered_differently(guide: Page, relais: Relais) -> None:
    before = answers(relais)
    guide.get_by_role("button", name="changer A1").click()
    guide.locator(".replies").get_by_role("button", name="Oui").click()
    leads(guide, "C1")
    eventually(guide, lambda: answers(relais), [*before, ("A1", "yes")])
    given = relais.recorded("answer")[-1]
    assert given["readings"][-1].startswith("suggested no: all 3 status pages")


def test_suggestions_double_click_confirms_once(guide: Page, relais: Relais) -> None:
    before = answers(relais)
    double_click(confirm_button(guide))
    leads(guide, "B1")
    guide.wait_for_timeout(300)
    leads(guide, "B1")
    eventually(guide, lambda: answers(relais), [*before, *WHOLE_WAY])


def test_suggestions_are_disabled_on_a_disconnected_page(guide: Page, relais: Relais) -> None:
    before = answers(relais)
    guide.context.strict.server_may_die = True  # type: ignore[attr-defined]
    relais.signal(signal.SIGSTOP)
    try:
        expect(confirm_button(guide)).to_be_disabled()
        press(guide, "Space")
        guide.wait_for_timeout(300)
    finally:
        relais.signal(signal.SIGCONT)
    expect(confirm_button(guide)).to_be_enabled()
    untouched(guide)
    assert answers(relais) == before


def test_suggestions_follow_a_colleagues_reading(colleague: Page, guide: Page) -> None:
    colleague.get_by_role("button", name="changer A1").click()
    colleague.locator('[data-key="reads-exlibris-status"] summary').click()
    colleague.locator('[data-key="word-exlibris-status-incident"]').click()
    expect(confirm_button(guide)).to_contain_text("Confirmer\u202f: oui à A1, donc C1")
    expect(guide.get_by_text("Annoncé\u202f: Ex Libris, EU03 (")).to_be_visible()
    expect(guide.get_by_text("pas demandé")).to_have_count(3)
    colleague.locator('[data-key="word-exlibris-status-ok"]').click()
    expect(confirm_button(guide)).to_contain_text("Confirmer A1 à A4, donc B1")


def test_suggestions_fit_on_a_telephone(guide: Page) -> None:
    guide.set_viewport_size({"width": 390, "height": 844})
    expect(confirm_button(guide)).to_be_in_viewport(ratio=1)
    assert not guide.evaluate(WIDER_THAN_WINDOW)
