"""The printed slip of a patron's loans: a key chooses its language, and it fits each paper size."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import WIDER_THAN_WINDOW, eventually, scan
from tests.ui.desk.workstation import PATRON, Start, part, waits

pytestmark = pytest.mark.ui

# The page prints a frame and then removes it. Instead of opening the print dialog, keep the frame's
# markup in `printed`.
KEEPS = """() => {
  window.printed = []
  const append = document.body.append
  document.body.append = (frame) => {
    append.call(document.body, frame)
    frame.contentWindow.print = () => {
      window.printed.push(frame.contentDocument.documentElement.outerHTML)
      frame.remove()
    }
  }
}"""


@pytest.fixture
def lent(start: Start) -> Page:
    """A desk page with three items lent and the slip open."""
    _, page = start()
    page.evaluate(KEEPS)
    scan(page, [PATRON, "0SLIP-1", "0SLIP-2", "0SLIP-3"])
    waits(page, 0)
    page.get_by_role("button", name="Bordereau").click()
    expect(part(page, "slip")).to_be_visible()
    return page


def printed(page: Page) -> list[str]:
    return page.evaluate("printed")


def test_one_key_prints_in_the_patrons_language(lent: Page) -> None:
    for number, (key, words) in enumerate(
        (("f", "Vos emprunts"), ("e", "Your loans"), ("d", "Ihre A"))
    ):
        lent.keyboard.press(key)
        eventually(lent, lambda: len(printed(lent)), number + 1)
        slips = printed(lent)
        assert words in slips[-1]
        assert PATRON not in slips[-1]
        expect(part(lent, "input")).to_have_value("")
    lent.get_by_role("button", name="English").click()
    assert "University of Geneva Library" in printed(lent)[-1]
    # No language has this key: the letter is erased, so that the next scan does not begin with it.
    lent.keyboard.press("x")
    expect(part(lent, "input")).to_have_value("x")
    expect(part(lent, "input")).to_have_value("")
    assert len(printed(lent)) == 4


def test_scan_closes_the_slip_and_counts_but_escape_only_closes_it(lent: Page) -> None:
    lent.keyboard.press("Escape")
    expect(part(lent, "slip")).to_be_hidden()
    expect(part(lent, "patron")).to_have_text(PATRON)
    lent.get_by_role("button", name="Bordereau").click()
    scan(lent, ["E0SLP-4"])  # the code begins with the key of a language
    waits(lent, 0)
    expect(part(lent, "slip")).to_be_hidden()
    expect(part(lent, "rows").locator("tr").first).to_contain_text("E0SLP-4")
    assert printed(lent) == []
    # Once the slip is closed, its keys are plain letters.
    lent.keyboard.press("e")
    expect(part(lent, "input")).to_have_value("e")
    assert printed(lent) == []


@pytest.mark.parametrize(("paper", "wide"), [("58", 219), ("80", 302), ("A5", 559)])
def test_slip_fits_its_paper(lent: Page, browser: Browser, paper: str, wide: int) -> None:
    lent.keyboard.press("d")
    eventually(lent, lambda: len(printed(lent)), 1)
    sheet: Any = browser.new_page(viewport={"width": wide, "height": 800})
    sheet.set_content(printed(lent)[-1])
    sheet.emulate_media(media="print")
    assert not sheet.evaluate(WIDER_THAN_WINDOW)
    size = float(sheet.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    assert size == pytest.approx({"58": 8.5, "80": 9.5, "A5": 11}[paper] * 96 / 72, abs=0.1)
    sheet.close()


def test_one_key_prints_on_the_dashboard_too(start: Start) -> None:
    pc, _ = start()
    page = pc.open("/dashboard?page=loans")
    page.evaluate(KEEPS)
    scan(page, [PATRON, "0SLIP-9"])
    waits(page, 0)
    page.get_by_role("button", name="Bordereau").click()
    expect(part(page, "slip")).to_be_visible()
    page.keyboard.press("e")
    eventually(page, lambda: ["0SLIP-9" in slip for slip in printed(page)], [True])
    expect(part(page, "input")).to_have_value("")
