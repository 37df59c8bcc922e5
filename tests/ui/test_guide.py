"""The guide in a browser: by keyboard alone, safe from scanners, in the address, on paper."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.ui.conftest import (
    WIDER_THAN_WINDOW,
    Relais,
    double_click,
    eventually,
    play,
    scan,
    scan_heard_late,
    strokes_of,
)

pytestmark = pytest.mark.ui


def question(page: Page) -> Locator:
    return page.locator("[data-step]")


def answer(page: Page, label: str) -> Locator:
    return page.locator(".reply:visible").get_by_role("button", name=label, exact=True)


def press(page: Page, key: str) -> None:
    """Press a key as a hand does, well after the last one."""
    page.wait_for_timeout(100)
    page.keyboard.press(key)


def reply(page: Page, label: str) -> None:
    """Click an answer after a glance at its question."""
    page.wait_for_timeout(400)
    answer(page, label).click()


def at(page: Page, step: str) -> None:
    expect(page.locator(f'[data-step="{step}"]')).to_be_visible()


def given(page: Page, relais: Relais) -> list[tuple[str, str]]:
    """Read what was answered at this page's workstation, which no other test has."""
    cookies = {cooky["name"]: cooky["value"] for cooky in page.context.cookies()}
    result = relais.recorded("answer")
    here = [entry for entry in result if entry["workstation"] == cookies["relais_workstation"]]
    return [(entry["step"], entry["answer"]) for entry in here]


def listens(page: Page) -> None:
    """Wait until the page hears keys."""
    expect(page.locator('[data-hears="keys"]')).to_be_attached()


@pytest.fixture
def guide(context: BrowserContext, relais) -> Page:
    """A page on the first question."""
    page = context.new_page()
    page.goto(f"{relais.url}?step=A1")
    at(page, "A1")
    listens(page)
    return page


CODES = [f"{first}{10_203_040_506_070 + 7 * first}" for first in (1, 2, 3, 1, 2)] * 4


def test_guide_whole_path_by_keyboard(guide: Page, relais) -> None:
    press(guide, "n")  # on a page just opened
    at(guide, "A2")
    expect(question(guide)).to_be_focused()
    guide.get_by_role("link", name="Aller à la suite à donner").focus()
    press(guide, "Enter")  # past the header, to what there is to do
    expect(question(guide)).to_be_focused()
    expect(guide.locator(".reply:visible")).to_have_count(3)
    press(guide, "2")
    at(guide, "A3")
    expect(guide.locator(".reply:visible")).to_have_count(2)
    press(guide, "O")
    at(guide, "A4")
    expect(guide.locator(".reply:visible")).to_have_count(2)
    expect(question(guide)).to_be_focused()
    press(guide, "Tab")  # the first link
    press(guide, "Tab")
    press(guide, "Tab")
    expect(answer(guide, "Oui")).to_be_focused()
    press(guide, "ArrowRight")
    expect(answer(guide, "Non")).to_be_focused()
    press(guide, "Enter")
    at(guide, "B2")
    wanted = [("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no")]
    eventually(guide, lambda: given(guide, relais), wanted)
    press(guide, "p")
    expect(guide.locator('[data-part="input"]')).to_be_focused()
    assert given(guide, relais) == wanted


@pytest.mark.parametrize("key", ["n", "Enter"])
def test_guide_key_answers_while_the_answers_are_replaced(guide: Page, key: str) -> None:
    answer(guide, "Non").focus()
    guide.locator(".choice").evaluate("""(choice) => {
        const pane = choice.parentNode
        addEventListener("keydown", () => setTimeout(() => {
            pane.innerHTML = pane.innerHTML
            pane.querySelector('[data-value="A1/no"]').focus()
        }, 20), { once: true })
    }""")
    press(guide, key)
    at(guide, "A2")


def test_guide_scans_change_no_answer_wherever_the_focus_is(guide: Page, relais) -> None:
    for focused in (None, question(guide), answer(guide, "Non")):
        if focused is not None:
            focused.focus()
        scan(guide, CODES)
        expect(guide.locator("#stray")).to_be_visible()
        guide.wait_for_timeout(200)  # longer than a key is held
    at(guide, "A1")
    assert given(guide, relais) == []
    assert guide.url.endswith("?step=A1")


# What is heard: each tone that a page plays.
TONES = """window.tones = 0
const { start } = OscillatorNode.prototype
OscillatorNode.prototype.start = function (...words) { window.tones += 1; return start.apply(this, words) }"""


def test_guide_holds_a_scan_at_any_pace_with_a_sound(guide: Page, relais: Relais) -> None:
    guide.context.add_init_script(TONES)
    guide.reload()
    at(guide, "A1")
    listens(guide)
    banner = guide.locator("#stray")
    for place in (guide.locator("body"), answer(guide, "Non"), guide.locator("#desk")):
        place.focus()
        for end, apart in ("\r", 0.06), ("\t", 0.045), ("\r", 0.005):
            code = f"{CODES[0]}{guide.evaluate('tones')}"
            play(guide, strokes_of(code, end, apart=apart, pause_at=5, pause=0.4))
            expect(banner).to_contain_text(code)
    guide.wait_for_function("tones === 9")
    at(guide, "A1")
    assert (given(guide, relais), guide.url.endswith("?step=A1")) == ([], True)
    expect(guide.locator("#desk")).to_have_value("")


def test_guide_scan_whose_keys_are_heard_late_changes_no_answer(guide: Page, relais) -> None:
    answer(guide, "Non").focus()
    scan_heard_late(guide, CODES[0])
    expect(guide.locator("#stray")).to_be_visible()
    guide.wait_for_timeout(400)
    assert (given(guide, relais), guide.url.endswith("?step=A1")) == ([], True)


def test_guide_scan_does_not_go_back(guide: Page, relais) -> None:
    guide.goto(f"{relais.url}?walk=A1.no-A2.no&step=A3")
    listens(guide)
    guide.get_by_role("button", name="Recommencer").focus()
    scan(guide, CODES[:5])
    guide.wait_for_timeout(200)
    at(guide, "A3")
    assert guide.url.endswith("?walk=A1.no-A2.no&step=A3")
    assert given(guide, relais) == []


def test_guide_keys_can_be_switched_off_for_good(guide: Page, relais) -> None:
    settings, switch = guide.get_by_text("Touches et initiales"), guide.get_by_role("switch")
    settings.click()
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()
    remembers(guide, "off")
    question(guide).focus()
    press(guide, "n")
    press(guide, "p")
    guide.reload()
    at(guide, "A1")
    listens(guide)
    settings.click()
    expect(switch).not_to_be_checked()
    switch.click()
    expect(switch).to_be_checked()
    remembers(guide, "on")
    question(guide).focus()
    press(guide, "n")
    at(guide, "A2")


def remembers(page: Page, keys: str) -> None:
    """Wait until the switch has gone to the server and come back: from then on it holds."""
    page.wait_for_function(f"document.cookie.includes('relais_keys={keys}')")


def test_guide_double_click_answers_one_question(guide: Page, relais) -> None:
    double_click(answer(guide, "Non"))
    at(guide, "A2")
    guide.wait_for_timeout(300)
    at(guide, "A2")
    eventually(guide, lambda: given(guide, relais), [("A1", "no")])


def test_guide_address_is_the_walk(guide: Page, relais) -> None:
    reply(guide, "Non")
    at(guide, "A2")
    expect(guide).to_have_url(re.compile(r"\?step=A2&walk=A1\.no$|\?walk=A1\.no&step=A2$"))
    reply(guide, "Pas sur les postes VDI")
    at(guide, "B2")
    expect(guide).to_have_url(re.compile("A2.vdi"))
    colleague = guide.context.new_page()
    colleague.goto(guide.url)
    at(colleague, "B2")
    expect(colleague.get_by_role("button", name="Revenir à")).to_have_count(2)
    guide.go_back()
    at(guide, "A2")
    guide.go_forward()
    at(guide, "B2")
    guide.reload()
    at(guide, "B2")


def test_guide_back_keeps_answers(guide: Page, relais) -> None:
    guide.goto(f"{relais.url}?walk=A1.no-A2.no-A3.no&step=B2")
    guide.get_by_role("button", name="Alma marche-t-il correctement chez vos collègues").click()
    at(guide, "A2")
    expect(guide.get_by_text("(votre réponse)")).to_have_count(1)
    reply(guide, "Non")
    at(guide, "B2")
    guide.get_by_role("button", name="Recommencer").click()
    at(guide, "A1")
    expect(guide.get_by_role("button", name="Revenir à")).to_have_count(0)


def test_guide_tree_shows_the_path_and_opens_a_contact(guide: Page, relais) -> None:
    guide.get_by_role("link", name="Voir tout le chemin").click()
    expect(guide.locator("#chemin")).to_be_in_viewport()
    expect(guide.locator("#chemin")).to_be_focused()
    guide.goto(f"{relais.url}?walk=A1.no-A2.no&step=A3")
    guide.get_by_text("Tout le chemin", exact=True).click()
    tree = guide.locator("svg.tree--across")
    expect(tree.locator(".way.is-walked")).to_have_count(2)
    expect(tree.locator(".is-here")).to_contain_text("A3")
    tree.locator("a", has_text="B1").click()
    at(guide, "B1")
    call = guide.get_by_role("link", name="Appeler 97180")
    expect(call).to_have_attribute("href", "tel:+41223797180")
    guide.get_by_role("button", name="Étape précédente").click()
    at(guide, "A3")


def test_guide_lend_is_one_click_away_and_changes_no_answer(guide: Page, relais) -> None:
    guide.goto(f"{relais.url}?walk=A1.no&step=A2")
    guide.locator('[data-key="lend"]').click()
    expect(guide.locator('[data-part="input"]')).to_be_focused()
    guide.go_back()
    at(guide, "A2")
    assert given(guide, relais) == []


def test_guide_links_open_in_another_tab(guide: Page, relais) -> None:
    guide.goto(f"{relais.url}?walk=A1.no-A2.no-A3.yes&step=A4")
    links = guide.locator(".seen a")
    expect(links).to_have_count(2)
    for link in links.all():
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_guide_opens_from_the_calm_page_and_returns(page: Page) -> None:
    start = page.get_by_role("button", name="Procédure", exact=True)
    expect(start).to_be_visible(timeout=45_000)
    expect(question(page)).to_be_hidden()
    start.click()
    at(page, "A1")
    page.get_by_role("button", name="Fermer la procédure").click()
    expect(start).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_guide_prints_on_one_sheet(page: Page, relais, language: str) -> None:
    page.goto(f"{relais.url}?lang={language}&walk=A1.no-A2.no-A3.yes-A4.no&step=B2")
    at(page, "B2")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    expect(page.locator(".sheet .tick")).to_have_count(9)
    expect(page.locator(".sheet")).to_contain_text("(022 37) 97000")
    expect(question(page)).to_be_hidden()


def test_guide_on_a_telephone_keeps_lend_in_sight(page: Page, relais) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{relais.url}?walk=A1.no-A2.no-A3.no&step=B2")
    at(page, "B2")
    expect(page.get_by_role("link", name="Une file attend")).to_be_in_viewport(ratio=1)
    assert not page.evaluate(WIDER_THAN_WINDOW)


def test_an_open_page_follows_its_handbook_and_keeps_what_is_answered_and_typed(
    guide: Page, relais: Relais
) -> None:
    reply(guide, "Non")
    at(guide, "A2")
    guide.get_by_text("Touches et initiales").click()
    guide.get_by_label("Vos initiales").fill("ab")
    words = relais.handbook / "words" / "fr.toml"
    before = words.read_text("utf-8")
    try:
        words.write_text(
            before.replace(
                "Alma marche-t-il correctement chez vos collègues", "Et ailleurs"
            ).replace("Service de coordination de la DIS", "Coordination de la DIS"),
            "utf-8",
        )
        expect(guide.locator('[data-step="A2"]')).to_contain_text("Et ailleurs", timeout=60_000)
        expect(guide.get_by_label("Vos initiales")).to_have_value("ab")
        expect(guide).to_have_url(re.compile(r"walk=A1\.no"))
        expect(guide.locator("#help")).to_contain_text("Coordination de la DIS")
        expect(guide.locator("#help")).not_to_contain_text("Service de coordination")
    finally:
        words.write_text(before, "utf-8")
