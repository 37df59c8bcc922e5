"""A scanner's keys reach only the scan box and fields for codes, not other fields, lists or buttons."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.conftest import DASHBOARD, play, scan, scan_heard_late, strokes_of

pytestmark = pytest.mark.ui

PAGE = """<form><button id="button">Oui</button><input id="note"><input id="day" type="date">
<select id="desk"><option value="">?<option value="2">2 Mail<option value="0">0 CMU</select>
<a id="link" href="#">Tout</a><details><summary id="fold">Plus</summary></details>
<input id="search" data-scan><input id="box" data-ends><input id="tick" type="checkbox"><textarea id="text"></textarea></form>"""
HEARD = """() => {
    addEventListener("relais:scan", (event) => { event.preventDefault(); heard.scans.push(event.detail) })
    for (const kind of ["click", "submit"]) {
        addEventListener(kind, (event) => { event.preventDefault(); heard.presses += 1 })
    }
    document.getElementById("box").addEventListener("relais:end", ({ target, detail: { text, end, byHand } }) => {
        heard.box.push([text, end, byHand])
        if (end || !byHand) target.value = ""
    })
}"""
# A key that is not a letter ends any code left over from another test.
AFRESH = """() => {
    document.querySelector("form").reset()
    document.activeElement.blur()
    window.heard = { scans: [], presses: 0, box: [] }
    scanner.box = () => null
    scanner.learn(null)
    dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))
}"""
FIELDS = """() => ({ ...heard, focus: document.activeElement.id,
    values: Object.fromEntries(["note", "day", "desk", "text"].map((id) => [id, document.getElementById(id).value])) })"""
CODES = ["2071234567", "0A 123", "SLSP204518377"]
EMPTY = {"note": "", "day": "", "desk": "", "text": ""}


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_content(PAGE)
    page.add_script_tag(path=DASHBOARD / "assets" / "scanner_keys.js")
    page.evaluate(HEARD)
    page.wait_for_timeout(2500)  # longer than a scan, so none has begun before the page opened
    yield page
    page.close()


@pytest.fixture
def keys(opened: Page) -> Page:
    opened.evaluate(AFRESH)
    return opened


@pytest.mark.parametrize("end", ["\r", "\t"], ids=["enter", "tab"])
@pytest.mark.parametrize("focus", ["button", "note", "day", "desk", "tick", "text", ""])
def test_scan_presses_no_button_and_leaves_fields_empty(keys: Page, focus: str, end: str) -> None:
    if focus:
        keys.locator(f"#{focus}").focus()
    scan(keys, CODES, end)
    assert keys.evaluate(FIELDS) == {
        "scans": [{"text": code, "early": False} for code in CODES],
        "box": [],
        "presses": 0,
        "focus": focus,
        "values": EMPTY,
    }


@pytest.mark.parametrize("end", ["\r", "\t"], ids=["enter", "tab"])
def test_code_field_accepts_a_scan_and_submits_nothing(keys: Page, end: str) -> None:
    keys.locator("#search").focus()
    scan(keys, CODES[:1], end)
    assert keys.input_value("#search") == CODES[0]
    done = keys.evaluate(FIELDS)
    assert (done["scans"], done["presses"], done["focus"]) == ([], 0, "search")


PAUSES = [0.041, 0.2, 0.4, 1.0]
FOCUSES = ["", "button", "link", "fold", "desk", "tick", "note", "day"]


@pytest.mark.parametrize("focus", FOCUSES)
def test_pause_within_a_code_loses_no_character(keys: Page, focus: str) -> None:
    if focus:
        keys.locator(f"#{focus}").focus()
    wanted = []
    for number, pause in enumerate(PAUSES):
        for pause_at in (1, 3, 9):
            code = f"2071{number}{pause_at}3456"
            play(keys, strokes_of(code, pause_at=pause_at, pause=pause))
            wanted.append({"text": code, "early": False})
    done = keys.evaluate(FIELDS)
    assert (done["scans"], done["presses"], done["values"]) == (wanted, 0, EMPTY)


@pytest.mark.parametrize("focus", ["", "button", "link", "fold", "desk"])
@pytest.mark.parametrize("apart", [0.001, 0.045, 0.06, 0.3])
def test_keys_outside_a_field_are_a_scan_at_any_pace(keys: Page, focus: str, apart: float) -> None:
    if focus:
        keys.locator(f"#{focus}").focus()
    for end in "\r\t":
        play(keys, strokes_of("2071234567", end, apart=apart))
    play(keys, [*strokes_of("12", "", apart=apart), ("\r", 0.9)])  # a short code, and a late Enter
    done = keys.evaluate(FIELDS)
    assert [scan["text"] for scan in done["scans"]] == ["2071234567", "2071234567", "12"]
    assert (done["presses"], done["values"], done["focus"]) == (0, EMPTY, focus)


@pytest.mark.parametrize("end", ["\r", "\t"], ids=["enter", "tab"])
@pytest.mark.parametrize("focus", ["", "button", "link", "fold", "desk", "tick", "box"])
def test_first_key_moves_the_focus_to_the_visible_box(keys: Page, focus: str, end: str) -> None:
    keys.evaluate("scanner.box = () => document.getElementById('box')")
    for apart in (0.005, 0.06, 0.2):
        if focus:
            keys.locator(f"#{focus}").focus()
        for code in CODES:
            play(keys, strokes_of(code, end, apart=apart, pause_at=1, pause=0.5))
    done = keys.evaluate(FIELDS)
    assert [code for code, *_ in keys.evaluate("heard.box")] == 3 * CODES
    assert (done["scans"], done["presses"], done["values"]) == ([], 0, EMPTY)
    assert (done["focus"], keys.input_value("#box")) == ("box", "")


def test_tab_leaves_an_empty_box(keys: Page) -> None:
    keys.locator("#box").focus()
    keys.keyboard.press("Tab")
    assert keys.evaluate(FIELDS)["focus"] == "tick"
    assert keys.evaluate("heard.box") == []


def test_leftover_letter_in_the_box_is_removed_from_a_scan(keys: Page) -> None:
    keys.locator("#box").fill("F")
    play(keys, strokes_of(CODES[0]))
    keys.locator("#box").fill("20712")  # but half a code is kept
    play(keys, strokes_of(CODES[0]))
    keys.locator("#box").fill("2")  # text that is continued by hand is kept too
    play(keys, strokes_of("071234", apart=0.1))
    texts = [text for text, *_ in keys.evaluate("heard.box")]
    assert texts == [CODES[0], f"20712{CODES[0]}", "2071234"]


def test_shortcut_key_is_not_part_of_a_scan(keys: Page) -> None:
    keys.evaluate("""() => {
        heard.acted = []
        addEventListener("keydown", (event) => {
            if (event.key === "o") scanner.alone(event, () => heard.acted.push(event.key))
        })
    }""")
    keys.wait_for_timeout(400)  # until the keys of the previous test no longer count as a scan
    keys.keyboard.press("o")
    keys.wait_for_function("heard.acted.length === 1")
    scan(keys, CODES[:1])
    scan(keys, [f"o{CODES[0]}"])  # the key does nothing within a scan
    keys.wait_for_timeout(200)
    done = keys.evaluate(FIELDS)
    assert [entry["text"] for entry in done["scans"]] == [CODES[0], f"o{CODES[0]}"]
    assert done["acted"] == ["o"]


def test_code_in_progress_continues_in_the_box_that_appears(keys: Page) -> None:
    play(keys, strokes_of("2071", ""))
    begun = "document.getElementById('box').value = scanner.release(document.getElementById('box')).begun"
    assert keys.evaluate(begun) == "2071"
    keys.locator("#box").focus()
    play(keys, strokes_of("234567", pause_at=1, pause=0.3))
    assert [text for text, *_ in keys.evaluate("heard.box")] == [CODES[0]]


def test_typing_by_hand_is_not_a_scan(keys: Page) -> None:
    keys.locator("#note").focus()
    keys.keyboard.type("Mme Rochat", delay=70)
    keys.keyboard.press("Tab")
    keys.locator("#button").focus()
    keys.keyboard.press("Enter")
    done = keys.evaluate(FIELDS)
    assert (done["scans"], done["presses"] > 0) == ([], True)
    assert done["values"] == EMPTY | {"note": "Mme Rochat"}


def test_scan_after_typed_words_keeps_them(keys: Page) -> None:
    keys.locator("#note").focus()
    keys.keyboard.type("M. Blanc", delay=70)
    keys.wait_for_timeout(100)
    scan(keys, CODES[:1])
    done = keys.evaluate(FIELDS)
    assert (done["scans"], done["values"]["note"]) == (
        [{"text": CODES[0], "early": False}],
        "M. Blanc",
    )


def test_code_begun_while_the_page_loads_is_marked_early(keys: Page) -> None:
    keys.evaluate("""() => {
        for (const [number, key] of [..."2381", "Enter"].entries()) {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
            Object.defineProperty(event, "timeStamp", { value: 5 * number })
            document.body.dispatchEvent(event)
        }
    }""")
    assert keys.evaluate("heard.scans") == [{"text": "2381", "early": True}]


def test_code_without_an_end_is_held_unless_a_pause_is_known(keys: Page) -> None:
    keys.locator("#box").focus()
    scan(keys, CODES[:1], "")
    keys.wait_for_timeout(1200)  # the code may still continue
    assert keys.evaluate("heard.box") == []
    keys.wait_for_function("heard.box.length")
    keys.locator("#button").focus()
    scan(keys, CODES[:1], "")
    keys.wait_for_function("heard.scans.length")
    assert keys.evaluate("heard") == {
        "box": [[CODES[0], None, False]],
        "scans": [{"text": CODES[0], "early": True}],
        "presses": 0,
    }
    keys.evaluate("heard.box.length = heard.scans.length = 0")
    keys.evaluate("scanner.learn({ end: 'none', gap: 10, pause: 200 })")
    keys.locator("#box").focus()
    for code in CODES:
        scan(keys, [code], "")
        keys.wait_for_timeout(400)
    assert keys.evaluate("heard.box") == [[code, "none", False] for code in CODES]
    keys.locator("#button").focus()
    scan(keys, CODES[:1], "")
    keys.wait_for_timeout(400)
    assert keys.evaluate("heard.scans") == [{"text": CODES[0], "early": False}]


def test_pause_ends_a_scan_into_typed_text_but_not_typing(keys: Page) -> None:
    keys.evaluate("scanner.learn({ end: 'none', gap: 10, pause: 200 })")
    keys.locator("#box").focus()
    keys.keyboard.type("20712", delay=90)
    keys.wait_for_timeout(400)
    assert keys.evaluate("heard.box") == [["20712", None, True]]
    scan(keys, CODES[:1], "")
    keys.wait_for_timeout(400)
    # The text is not split: the page asks about it.
    assert keys.evaluate("heard.box.at(-1)") == [f"20712{CODES[0]}", "none", False]


@pytest.mark.parametrize("focus", ["box", "note", ""])
@pytest.mark.parametrize("sends_end", [True, False])
def test_code_keeps_its_first_keys_if_the_rest_arrive_late(
    keys: Page, focus: str, sends_end: bool
) -> None:
    if not sends_end:
        keys.evaluate("scanner.learn({ end: 'none', gap: 60, pause: 240 })")
    if focus:
        keys.locator(f"#{focus}").focus()
    end, late = ("\r", 2.5) if sends_end else ("", 0.5)  # longer than the pause that ends a code
    scan_heard_late(keys, "SLSP204518377", end, first=3, late=late)
    keys.wait_for_timeout(500)
    done = keys.evaluate(FIELDS)
    assert [*(text for text, *_ in done["box"]), *(scan["text"] for scan in done["scans"])] == [
        "SLSP204518377"
    ]
    assert done["values"] == EMPTY
