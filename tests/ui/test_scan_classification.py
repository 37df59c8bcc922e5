"""The browser's scan classification follows the same table and rules as Python's."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.due_dates import due_date
from procedure.circulation.scan_classification import classify_scan, pair_doubt
from procedure.circulation.scan_rules import KEYBOARDS, ScanKind, ScanRules, ScanShape
from procedure.circulation.transactions import Loan
from procedure.io.handbook_files import load_handbook
from procedure.local_time import library_zone

pytestmark = pytest.mark.ui

ROOT = Path(__file__).resolve().parents[2]
MODULE = (ROOT / "dashboard" / "assets" / "scan_classification.js").read_text("utf-8")
TABLE = tomllib.loads(
    (ROOT / "tests" / "procedure" / "circulation" / "scans.toml").read_text("utf-8")
)
ROWS = TABLE["scan"]
PACKAGED = load_handbook(PACKAGED_HANDBOOK).scans
ITEMS = (
    ScanShape("reserve", ScanKind.ITEM, "106100[0-9]{4}", days=7),
    ScanShape("shelf", ScanKind.ITEM, "2099[0-9]{6}"),
    ScanShape("stack", ScanKind.ITEM, "2098[0-9]{6}", wins=True),
)
RULES = replace(PACKAGED, forms=(*PACKAGED.forms, *ITEMS))
LOAD = """async ([source, rules]) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
    globalThis.classifier = new (await import(url)).ScanClassifier(rules)
}"""


@pytest.fixture(scope="module")
def classifier(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.evaluate(LOAD, [MODULE, json.loads(json.dumps(RULES.for_page()))])
    yield page
    page.close()


def test_classify_scan_equals_the_servers_for_the_table(classifier: Page) -> None:
    scans = [[row["arrives"], row["place"]] for row in ROWS]
    result = classifier.evaluate(
        "scans => scans.map(([code, place]) => classifier.classify(code, place))", scans
    )
    keys = ("kind", "form", "warning", "repaired")
    assert result == [
        {"text": row.get("text", row["arrives"]), **{key: row.get(key) for key in keys}}
        for row in ROWS
    ]


def test_classify_scan_bounds_a_long_scan_as_the_server_does(classifier: Page) -> None:
    address, card = "https://www.example.org/", "SLSP204518377"
    long = ["7" * 100_000, address + "x" * 1000, "a" * 254 + "!", "-9" * 400]
    long += [address.ljust(length, "x") + "\n2" for length in (254, 255)]
    long += [card.ljust(length, "X") for length in (255, 256)]
    result = classifier.evaluate(
        "scans => scans.map((code) => classifier.classify(code, 'item'))", long
    )
    seen = [classify_scan(code, "item", RULES) for code in long]
    assert [(entry["kind"], entry["form"], entry["warning"]) for entry in result] == [
        (str(scan.kind), scan.form, scan.warning) for scan in seen
    ]


def test_each_pair_in_the_table_raises_its_doubt(classifier: Page) -> None:
    result = classifier.evaluate(
        """pairs => pairs.map(({ patron, item }) =>
            classifier.pairDoubt(classifier.classify(patron, "patron"), classifier.classify(item, "item")))""",
        TABLE["pair"],
    )
    assert result == [pair.get("doubt") for pair in TABLE["pair"]]


def test_library_that_describes_only_items_accepts_any_other_card(
    classifier: Page,
) -> None:
    rules = json.loads(json.dumps(ScanRules(ITEMS).for_page()))
    result = classifier.evaluate(
        """rules => ["E10234567", "1061004821"].map((code) =>
            new classifier.constructor(rules).classify(code, "patron").warning)""",
        rules,
    )
    assert result == [None, "looks_like_item"]


def test_keyboard_layout_that_explains_a_scan_is_named(classifier: Page) -> None:
    scans = [row["arrives"] for row in ROWS if row.get("repaired") == "keyboard"]
    named = classifier.evaluate("scans => scans.map((code) => classifier.keyboard(code))", scans)
    assert set(named) == {keyboard.name for keyboard in KEYBOARDS}
    assert classifier.evaluate(
        """["&é\\"'\\r\\n", "2071234567"].map((code) => classifier.keyboard(code))"""
    ) == [
        "french",
        None,
    ]


def test_every_pair_of_scans_raises_the_same_doubt_as_the_server(classifier: Page) -> None:
    patrons = [row["arrives"] for row in ROWS if row["place"] == "patron"]
    items = [row["arrives"] for row in ROWS if row["place"] == "item"]
    result = classifier.evaluate(
        """([patrons, items]) => patrons.map((patron) => items.map((item) =>
            classifier.pairDoubt(classifier.classify(patron, "patron"), classifier.classify(item, "item"))))""",
        [patrons, items],
    )
    assert result == [
        [
            pair_doubt(classify_scan(patron, "patron", RULES), classify_scan(item, "item", RULES))
            for item in items
        ]
        for patron in patrons
    ]


def test_due_date_equals_the_servers_across_clock_changes(classifier: Page) -> None:
    days = ("2026-02-28", "2026-03-01", "2026-03-28", "2026-10-24", "2026-10-25", "2026-12-31")
    wanted = [[day, item] for day in days for item in ("1060348821", "1061004821")]
    result = classifier.evaluate(
        "wanted => wanted.map(([day, item]) => classifier.due(day, item))", wanted
    )
    assert result == [str(due_date(lent(day, item), RULES)) for day, item in wanted]


def lent(day: str, item: str) -> Loan:
    at = datetime.fromisoformat(f"{day}T23:30").replace(tzinfo=library_zone())
    return Loan(id=UUID(int=1), at=at, desk="CMU", patron="SLSP204518377", item=item)
