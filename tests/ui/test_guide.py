"""In a browser, the guide works by keyboard, ignores scans, is saved in its URL, and prints."""

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


def row(page: Page, step: str) -> Locator:
    return page.locator(f'.four [data-step="{step}"]')


def answer(page: Page, label: str) -> Locator:
    return page.locator(".replies:visible").get_by_role("button", name=label, exact=True)


def press(page: Page, key: str) -> None:
    """Press a key as a person would, well after the previous key."""
    page.wait_for_timeout(100)
    page.keyboard.press(key)


def reply(page: Page, label: str) -> None:
    """Click an answer after a pause to read its question."""
    page.wait_for_timeout(400)
    answer(page, label).click()


def asks(page: Page, step: str) -> None:
    expect(page.locator(".four .now")).to_have_attribute("data-step", step)


def leads(page: Page, step: str) -> None:
    """Wait until the answers have led to a step."""
    expect(page.locator("#t-questions")).to_have_text(f"Vos réponses mènent à {step}.")


def given(page: Page, relais: Relais) -> list[tuple[str, str]]:
    """Return the steps and answers recorded at the page's workstation, which no other test uses."""
    cookies = {cooky["name"]: cooky["value"] for cooky in page.context.cookies()}
    result = relais.recorded("answer")
    here = [entry for entry in result if entry["workstation"] == cookies["relais_workstation"]]
    return [(entry["step"], entry["answer"]) for entry in here]


# A hidden page does not probe. The page's own probes would suggest answers to A3 and A4 after two
# to four seconds, and a suggestion replaces the buttons of its question.
HIDDEN = "Object.defineProperty(document, 'hidden', { value: true })"


@pytest.fixture
def hidden(context: BrowserContext) -> Page:
    """A page that will not probe anything itself."""
    context.add_init_script(HIDDEN)
    return context.new_page()


@pytest.fixture
def guide(hidden: Page, relais) -> Page:
    """A hidden page that shows the first question."""
    hidden.goto(f"{relais.url}?step=A1")
    asks(hidden, "A1")
    return hidden


CODES = [f"{first}{10_203_040_506_070 + 7 * first}" for first in (1, 2, 3, 1, 2)] * 4


def test_guide_whole_path_by_keyboard(guide: Page, relais) -> None:
    for step, label in (("A1", "Non"), ("A2", "Non"), ("A3", "Oui"), ("A4", "Non")):
        asks(guide, step)
        if step != "A1":  # the previous answer led here
            expect(row(guide, step).locator(".q")).to_be_focused()
        answer(guide, label).focus()
        press(guide, "Enter")
    leads(guide, "B2")
    expect(guide.locator("#t-calls")).to_be_focused()  # the heading above the contacts
    wanted = [("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no")]
    eventually(guide, lambda: given(guide, relais), wanted)
    press(guide, "p")
    expect(guide.locator('[data-part="input"]')).to_be_focused()
    assert given(guide, relais) == wanted


# Redraws each piece of the page whose HTML contains `text`, as a new reading does.
REDRAW = """text => {
  for (const { data } of Bokeh.documents[0]._all_models.values()) {
    for (const name of Object.keys(data?.attributes ?? {}).filter((name) => name.startsWith("html_"))) {
      if (data[name].includes(text)) data.setv({ [name]: `${data[name]} ` }, { sync: false })
    }
  }
}"""


def test_guide_keeps_the_focus_on_new_content_when_redrawn(guide: Page, relais) -> None:
    for step, label in (("A1", "Non"), ("A2", "Pas sur les postes VDI")):
        asks(guide, step)
        answer(guide, label).focus()
        press(guide, "Enter")
    calls = guide.locator("#t-calls")
    expect(calls).to_be_focused()
    calls.evaluate("heading => heading.classList.add('drawn-before')")
    guide.evaluate(REDRAW, 'id="t-calls"')
    expect(guide.locator("#t-calls:not(.drawn-before)")).to_be_focused()


def test_guide_scans_change_no_answer_wherever_the_focus_is(guide: Page, relais) -> None:
    for focused in (None, answer(guide, "Oui"), answer(guide, "Non")):
        if focused is not None:
            focused.focus()
        scan(guide, CODES)
        expect(guide.locator("#stray")).to_be_visible()
        guide.wait_for_timeout(200)  # longer than the page holds a key back
    asks(guide, "A1")
    assert given(guide, relais) == []
    assert guide.url.endswith("?step=A1")


# Counts each tone that a page plays.
TONES = """window.tones = 0
const { start } = OscillatorNode.prototype
OscillatorNode.prototype.start = function (...words) { window.tones += 1; return start.apply(this, words) }"""


def test_guide_sets_a_scan_at_any_pace_aside_with_a_sound(guide: Page, relais: Relais) -> None:
    guide.context.add_init_script(TONES)
    guide.reload()
    asks(guide, "A1")
    banner = guide.locator("#stray")
    for place in (guide.locator("body"), answer(guide, "Non"), guide.locator("#desk")):
        place.focus()
        for end, apart in ("\r", 0.06), ("\t", 0.045), ("\r", 0.005):
            code = f"{CODES[0]}{guide.evaluate('tones')}"
            play(guide, strokes_of(code, end, apart=apart, pause_at=5, pause=0.4))
            expect(banner).to_contain_text(code)
    guide.wait_for_function("tones === 9")
    asks(guide, "A1")
    assert (given(guide, relais), guide.url.endswith("?step=A1")) == ([], True)
    expect(guide.locator("#desk")).to_have_value("")


def test_guide_scan_with_late_key_events_changes_no_answer(guide: Page, relais) -> None:
    answer(guide, "Non").focus()
    scan_heard_late(guide, CODES[0])
    expect(guide.locator("#stray")).to_be_visible()
    guide.wait_for_timeout(400)
    assert (given(guide, relais), guide.url.endswith("?step=A1")) == ([], True)


def test_guide_keys_can_be_switched_off_and_stay_off(guide: Page, relais) -> None:
    switch = guide.get_by_role("switch")
    press(guide, "F1")
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()
    remembers(guide, "off")
    press(guide, "Escape")
    press(guide, "p")
    guide.wait_for_timeout(300)
    guide.reload()
    asks(guide, "A1")
    expect(guide.locator(".lend-now kbd")).to_be_hidden()
    press(guide, "F1")
    switch.click()
    expect(switch).to_be_checked()
    remembers(guide, "on")
    press(guide, "Escape")
    guide.locator("body").focus()
    press(guide, "p")
    expect(guide.locator('[data-part="input"]')).to_be_focused()


def remembers(page: Page, keys: str) -> None:
    """Wait until the browser has stored `keys`, "on" or "off", as the switch's position."""
    page.wait_for_function(f"document.cookie.includes('relais_keys={keys}')")


def test_guide_double_click_answers_one_question(guide: Page, relais) -> None:
    double_click(answer(guide, "Non"))
    asks(guide, "A2")
    guide.wait_for_timeout(300)
    asks(guide, "A2")
    eventually(guide, lambda: given(guide, relais), [("A1", "no")])


def test_guide_address_contains_the_walk(guide: Page, relais) -> None:
    reply(guide, "Non")
    asks(guide, "A2")
    expect(guide).to_have_url(re.compile(r"\?step=A2&walk=A1\.no$|\?walk=A1\.no&step=A2$"))
    reply(guide, "Pas sur les postes VDI")
    leads(guide, "B2")
    expect(guide).to_have_url(re.compile("A2.vdi"))
    colleague = guide.context.new_page()
    colleague.goto(guide.url)
    leads(colleague, "B2")
    expect(row(colleague, "A2")).to_contain_text("Pas sur les postes VDI")
    guide.go_back()
    asks(guide, "A2")
    guide.go_forward()
    leads(guide, "B2")
    guide.reload()
    leads(guide, "B2")


def test_guide_changed_answer_keeps_the_later_ones(hidden: Page, relais) -> None:
    hidden.goto(f"{relais.url}?walk=A1.no-A2.no-A3.no&step=B2")
    change = row(hidden, "A2").get_by_role("button", name="changer A2")
    change.click()
    expect(change).to_have_attribute("aria-expanded", "true")
    reply(hidden, "Oui")
    leads(hidden, "B1")
    change.click()
    reply(hidden, "Non")
    leads(hidden, "B2")
    expect(answer(hidden, "Oui")).to_have_count(0)  # the row is closed
    eventually(hidden, lambda: given(hidden, relais), [("A2", "yes"), ("A2", "no")])


def test_guide_draws_the_whole_path_and_names_the_contacts(hidden: Page, relais) -> None:
    hidden.goto(f"{relais.url}?walk=A1.no-A2.no&step=A3")
    hidden.get_by_role("button", name="Tout le chemin").click()
    expect(hidden.locator("#t-tree")).to_be_focused()
    tree = hidden.locator("svg.tree--across")
    expect(tree.locator(".way.is-walked")).to_have_count(2)
    expect(tree.locator(".is-here")).to_contain_text("A3")
    call = hidden.locator(".calls").get_by_role("link", name="Appeler 97180")
    expect(call).to_have_attribute("href", "tel:+41223797180")


def test_guide_lend_is_one_click_away_and_changes_no_answer(hidden: Page, relais) -> None:
    hidden.goto(f"{relais.url}?walk=A1.no&step=A2")
    hidden.locator('[data-key="lend"]').click()
    expect(hidden.locator('[data-part="input"]')).to_be_focused()
    hidden.go_back()
    asks(hidden, "A2")
    assert given(hidden, relais) == []


def test_guide_links_open_in_another_tab(hidden: Page, relais) -> None:
    hidden.goto(f"{relais.url}?walk=A1.no-A2.no-A3.yes-A4.no&step=B2")
    row(hidden, "A4").get_by_role("button", name="changer A4").click()
    links = row(hidden, "A4").get_by_role("link")
    expect(links).to_have_count(2)
    for link in links.all():
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", "noopener noreferrer")


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_guide_prints_on_one_sheet(blank: Page, relais, language: str) -> None:
    blank.goto(f"{relais.url}?lang={language}&walk=A1.no-A2.no-A3.yes-A4.no&step=B2")
    expect(blank.locator("#t-calls[data-arrive]")).to_be_visible()
    printed = blank.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    blank.emulate_media(media="print")
    expect(blank.locator(".sheet .tick")).to_have_count(9)
    expect(blank.locator(".sheet")).to_contain_text("(022 37) 97000")
    expect(blank.locator(".four")).to_be_hidden()


def test_guide_on_a_telephone_keeps_lend_in_sight(blank: Page, relais) -> None:
    blank.set_viewport_size({"width": 390, "height": 844})
    blank.goto(f"{relais.url}?walk=A1.no-A2.no-A3.no&step=B2")
    leads(blank, "B2")
    expect(blank.get_by_role("link", name="Prêter maintenant")).to_be_in_viewport(ratio=1)
    assert not blank.evaluate(WIDER_THAN_WINDOW)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (683, 384)])
def test_guide_shows_the_lend_link_without_scrolling(
    blank: Page, relais, width: int, height: int
) -> None:
    blank.set_viewport_size({"width": width, "height": height})
    blank.goto(f"{relais.url}?step=A1")
    expect(blank.get_by_role("link", name="Prêter maintenant")).to_be_in_viewport(ratio=1)
    assert not blank.evaluate(WIDER_THAN_WINDOW)


def test_first_view_of_a_calm_guide_is_as_high_as_the_live_one(page: Page, relais: Relais) -> None:
    expect(page.locator(".calmhead")).to_be_visible()
    # The time after which a first view of another height is replaced never comes.
    page.add_init_script("performance.now = () => 0")
    page.reload()  # until the first view has been replaced
    expect(page.locator(".calmhead")).to_be_visible()


def test_open_page_follows_its_handbook_and_keeps_its_answers(guide: Page, relais: Relais) -> None:
    reply(guide, "Non")
    asks(guide, "A2")
    words = relais.handbook / "words" / "fr.toml"
    before = words.read_text("utf-8")
    try:
        words.write_text(
            before.replace(
                "Alma marche-t-il correctement chez vos collègues", "Et ailleurs"
            ).replace("Service de coordination de la DIS", "Coordination de la DIS"),
            "utf-8",
        )
        expect(row(guide, "A2")).to_contain_text("Et ailleurs", timeout=60_000)
        expect(guide).to_have_url(re.compile(r"walk=A1\.no"))
        expect(guide.locator("#help")).to_contain_text("Coordination de la DIS")
        expect(guide.locator("#help")).not_to_contain_text("Service de coordination")
    finally:
        words.write_text(before, "utf-8")
