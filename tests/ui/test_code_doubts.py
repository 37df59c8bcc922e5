"""Staff are asked what a scan is if it may be part of a code, or two codes run together."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.ui.scan_model import RULES

pytestmark = pytest.mark.ui

READ = """async ({ rules, known, scan, place }) => {
    const { CodeDoubts } = await import("relais/code_doubts.js")
    const { ScanClassifier } = await import("relais/scan_classification.js")
    localStorage.removeItem("relais.codes")
    const doubts = new CodeDoubts(localStorage, new ScanClassifier(rules))
    for (const code of known) doubts.learn(code, "item")
    return doubts.read(scan, place)
}"""
IS_REST = """async ({ rules, before, code }) => {
    const { CodeDoubts } = await import("relais/code_doubts.js")
    const { ScanClassifier } = await import("relais/scan_classification.js")
    return new CodeDoubts(localStorage, new ScanClassifier(rules)).isRest(code, before)
}"""
BOOK, OTHER = "10238100011", "10238100022"
CARD = "2071234567"


def read(page: Page, known: list[str], place: str = "item", **scan: Any) -> tuple[str, str | None]:
    values = {"rules": RULES.for_page(), "known": known, "scan": scan, "place": place}
    done = page.evaluate(READ, values)
    return done["code"], done["doubt"]


@pytest.mark.parametrize(
    ("known", "text", "doubt"),
    [
        ([], BOOK, None),
        ([], BOOK + OTHER, "length"),  # two labels glued as the first code of a workstation
        ([BOOK], OTHER, None),
        ([BOOK], "1023810001", "length"),
        ([BOOK, "1023810001"], "2023810001", None),
        ([BOOK], CARD, None),
        ([BOOK], BOOK + CARD, "length"),
        ([BOOK], f"SLSP204518377{CARD}", "glued"),
        ([], "74232720", "length"),  # the end of a card, with the shape of a number
        ([BOOK], "74232720", "length"),
        ([BOOK, "12345678"], "74232720", None),
        ([BOOK], "SLSP2045", "cut"),
    ],
)
def test_length_and_shape_raise_a_doubt(
    plain: Page, known: list[str], text: str, doubt: str | None
) -> None:
    assert read(plain, known, text=text) == (text, doubt)


@pytest.mark.parametrize(
    ("scan", "result"),
    [
        ({"text": BOOK, "early": True}, (BOOK, "cut")),
        ({"text": BOOK, "end": None}, (BOOK, "cut")),
        ({"text": CARD, "end": None}, (CARD, "cut")),
        ({"text": "238100011", "torn": "10"}, (BOOK, "cut")),
        ({"text": "71234567", "torn": "20"}, (CARD, "cut")),
        ({"text": BOOK, "torn": "F"}, (BOOK, "cut")),
        ({"text": CARD, "torn": "F"}, (CARD, None)),  # a card is whole by its shape
        ({"text": "011", "follows": True, "end": "none"}, ("011", "cut")),
        ({"text": BOOK, "end": "none"}, (BOOK, None)),
    ],
)
def test_lost_keys_raise_a_doubt(
    plain: Page, scan: dict[str, Any], result: tuple[str, str | None]
) -> None:
    assert read(plain, [OTHER], **scan) == result


def test_first_code_of_a_scanner_without_an_end_raises_a_doubt(plain: Page) -> None:
    assert read(plain, [], text=BOOK, end="none") == (BOOK, "length")
    assert read(plain, [], text=CARD, end="none") == (CARD, None)


def test_card_that_the_handbook_does_not_describe_is_taken(plain: Page) -> None:
    assert read(plain, [BOOK], "patron", text="0X12") == ("0X12", None)


@pytest.mark.parametrize(
    ("before", "code", "is_rest"),
    [
        ("10238100", "011", True),
        ("10238100", "0011", True),
        (CARD, "0X12-77", False),  # the first item of a patron whose card is whole
        (CARD, "5", True),  # an item's code that begins like a card
    ],
)
def test_code_after_a_short_pause_may_be_the_rest_of_the_last_code(
    plain: Page, before: str, code: str, is_rest: bool
) -> None:
    values = {"rules": RULES.for_page(), "before": before, "code": code}
    assert plain.evaluate(IS_REST, values) is is_rest
