"""A scanner's keys on any page: no button, no list and no field but its own takes them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.conftest import DASHBOARD, scan

pytestmark = pytest.mark.ui

PAGE = """<form><button id="button">Oui</button><input id="note"><input id="day" type="date">
<select id="desk"><option value="">?<option value="2">2 Mail<option value="0">0 CMU</select>
<input id="search" data-scan><input id="box" data-ends><input id="tick" type="checkbox"><textarea id="text"></textarea></form>"""
HEARD = """() => {
    window.heard = { scans: [], presses: 0 }
    addEventListener("relais:scan", (event) => { event.preventDefault(); heard.scans.push(event.detail) })
    for (const kind of ["click", "submit"]) {
        addEventListener(kind, (event) => { event.preventDefault(); heard.presses += 1 })
    }
}"""
FIELDS = """() => ({ ...heard, focus: document.activeElement.id,
    values: Object.fromEntries(["note", "day", "desk", "text"].map((id) => [id, document.getElementById(id).value])) })"""
CODES = ["2071234567", "0A 123", "SLSP204518377"]
EMPTY = {"note": "", "day": "", "desk": "", "text": ""}


@pytest.fixture
def keys(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_content(PAGE)
    page.add_script_tag(path=DASHBOARD / "assets" / "scanner_keys.js")
    page.evaluate(HEARD)
    page.wait_for_timeout(400)  # longer than a code may be cut by the page that appears
    yield page
    page.close()


@pytest.mark.parametrize("end", ["\r", "\t"], ids=["enter", "tab"])
@pytest.mark.parametrize("focus", ["button", "note", "day", "desk", "tick", "text", ""])
def test_scan_presses_nothing_and_stays_in_no_field(keys: Page, focus: str, end: str) -> None:
    if focus:
        keys.locator(f"#{focus}").focus()
    scan(keys, CODES, end)
    assert keys.evaluate(FIELDS) == {
        "scans": [{"text": code, "early": False} for code in CODES],
        "presses": 0,
        "focus": focus,
        "values": EMPTY,
    }


@pytest.mark.parametrize("end", ["\r", "\t"], ids=["enter", "tab"])
def test_field_that_asks_for_a_code_takes_a_scan_and_sends_nothing(keys: Page, end: str) -> None:
    keys.locator("#search").focus()
    scan(keys, CODES[:1], end)
    assert keys.input_value("#search") == CODES[0]
    done = keys.evaluate(FIELDS)
    assert (done["scans"], done["presses"], done["focus"]) == ([], 0, "search")


def test_scan_whose_keys_were_held_up_is_offered_only(keys: Page) -> None:
    """At these times (ms) a remote session brings a code: its first letters are not in the scan."""
    keys.evaluate(
        """() => [..."A1234567890", "Enter"].forEach((key, place) => {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
            const at = performance.now() + 10 * place + (place < 4 ? 0 : 60)
            Object.defineProperty(event, "timeStamp", { value: at })
            document.body.dispatchEvent(event)
        })"""
    )
    assert keys.evaluate("heard.scans") == [{"text": "4567890", "early": True}]


def test_what_a_hand_types_is_no_scan(keys: Page) -> None:
    keys.locator("#note").focus()
    keys.keyboard.type("Mme Rochat", delay=70)
    keys.keyboard.press("Tab")
    keys.locator("#button").focus()
    keys.keyboard.press("Enter")
    done = keys.evaluate(FIELDS)
    assert (done["scans"], done["presses"] > 0) == ([], True)
    assert done["values"] == EMPTY | {"note": "Mme Rochat"}


def test_scan_after_typed_words_leaves_them(keys: Page) -> None:
    keys.locator("#note").focus()
    keys.keyboard.type("M. Blanc", delay=70)
    keys.wait_for_timeout(100)
    scan(keys, CODES[:1])
    done = keys.evaluate(FIELDS)
    assert (done["scans"], done["values"]["note"]) == (
        [{"text": CODES[0], "early": False}],
        "M. Blanc",
    )


def test_code_that_begins_while_the_page_appears_may_be_cut(keys: Page) -> None:
    keys.evaluate("""() => {
        for (const [number, key] of [..."2381", "Enter"].entries()) {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
            Object.defineProperty(event, "timeStamp", { value: 5 * number })
            document.body.dispatchEvent(event)
        }
    }""")
    assert keys.evaluate("heard.scans") == [{"text": "2381", "early": True}]


BOX = """() => {
    heard.box = []
    for (const kind of ["relais:end", "relais:glued"]) {
        document.getElementById("box").addEventListener(kind, ({ target }) => {
            heard.box.push([kind, target.value])
            if (kind === "relais:end") target.value = ""
        })
    }
}"""


def test_pause_ends_a_scan_only_where_the_scanner_sends_nothing(keys: Page) -> None:
    keys.evaluate(BOX)
    keys.locator("#box").focus()
    scan(keys, CODES[:1], "")
    keys.wait_for_timeout(400)
    assert keys.evaluate("heard.box") == []
    scan(keys, CODES[:1], "")  # a second one is told at once
    keys.wait_for_timeout(400)
    assert [kind for kind, _ in keys.evaluate("heard.box")] == ["relais:glued"]
    assert keys.input_value("#box") == 2 * CODES[0]
    keys.evaluate("heard.box.length = 0, document.getElementById('box').value = ''")
    keys.evaluate("scanner.learn({ end: 'none', gap: 10, pause: 200 })")
    for code in CODES:
        scan(keys, [code], "")
        keys.wait_for_timeout(400)
    assert keys.evaluate("heard.box") == [["relais:end", code] for code in CODES]
    keys.locator("#button").focus()
    scan(keys, CODES[:1], "")
    keys.wait_for_timeout(400)
    assert keys.evaluate("heard.scans") == [{"text": CODES[0], "early": False}]


def test_what_a_hand_types_never_ends_by_itself(keys: Page) -> None:
    keys.evaluate(BOX)
    keys.evaluate("scanner.learn({ end: 'none', gap: 10, pause: 200 })")
    keys.locator("#box").focus()
    keys.keyboard.type("20712", delay=90)
    keys.wait_for_timeout(400)
    scan(keys, CODES[:1], "")  # nor does a scan into what was typed
    keys.wait_for_timeout(400)
    assert keys.evaluate("heard.box") == []
    assert keys.input_value("#box") == "20712" + CODES[0]
