"""Scans are classified as in the table in `scans.toml`, which the browser must follow too."""

import tomllib
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.scan_classification import (
    ScanResult,
    classify_scan,
    scan_doubt,
    with_scan_warning,
)
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.io.handbook_files import load_handbook
from tests.support import make

PAPER = Path(__file__).with_name("scans.toml")
TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(PAPER.read_text("utf-8"))
ROWS = TABLE["scan"]
ITEMS = (
    ScanShape("reserve", ScanKind.ITEM, "106100[0-9]{4}", days=7),
    ScanShape("shelf", ScanKind.ITEM, "2099[0-9]{6}"),
    ScanShape("stack", ScanKind.ITEM, "2098[0-9]{6}", wins=True),
)


def rules() -> ScanRules:
    packaged = load_handbook(PACKAGED_HANDBOOK).scans
    return replace(packaged, forms=(*packaged.forms, *ITEMS))


RULES = rules()


def expected(row: dict[str, Any]) -> dict[str, Any]:
    given = {key: row.get(key) for key in ("kind", "form", "warning", "repaired")}
    return {"text": row.get("text", row["arrives"]), **given}


def test_classification_table_is_long_and_has_no_duplicates() -> None:
    assert len(ROWS) >= 60
    assert len({(row["arrives"], row["place"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['place']} {row['arrives']}")
def test_classify_scan_agrees_with_the_table(row: dict[str, Any]) -> None:
    assert asdict(classify_scan(row["arrives"], row["place"], RULES)) == expected(row)


@pytest.mark.parametrize("pair", TABLE["pair"], ids=lambda pair: f"{pair['patron']} {pair['item']}")
def test_scan_doubt_is_the_more_serious_doubt_of_a_pair(pair: dict[str, str]) -> None:
    assert scan_doubt(pair["patron"], pair["item"], RULES) == pair.get("doubt")


def test_classify_scan_without_patterns() -> None:
    bare = ScanRules()
    assert classify_scan("2071234567", "item", bare) == ScanResult("2071234567", ScanKind.UNKNOWN)
    assert classify_scan("2071234567", "patron", bare) == ScanResult("2071234567", ScanKind.UNKNOWN)
    assert classify_scan("11112222211112222 2", "item", bare).warning is None
    assert classify_scan("1111211112", "item", bare).warning == "glued"


def test_classify_scan_without_patterns_of_cards() -> None:
    items = ScanRules(ITEMS)
    assert classify_scan("E10234567", "patron", items) == ScanResult("E10234567", ScanKind.UNKNOWN)
    assert classify_scan("1061004821", "patron", items).warning == "looks_like_item"


@pytest.mark.parametrize(("length", "warning"), [(255, "glued"), (256, "unknown_card")])
def test_classify_scan_recognises_glued_codes_up_to_the_longest_scan(
    length: int, warning: str
) -> None:
    scan = "SLSP204518377".ljust(length, "X")
    assert classify_scan(scan, "patron", RULES).warning == warning


def test_classify_scan_compares_the_beginning_of_a_long_scan() -> None:
    scan = "https://www.example.org/".ljust(255, "x")
    assert classify_scan(f"{scan}\n2", "item", RULES).form == "address"
    assert classify_scan(f"{scan[:-1]}\n2", "item", RULES).form is None


@pytest.mark.parametrize(
    ("patron", "item", "warning"),
    [
        ("2071234567", "1061004821", None),
        ("E10234567", "1061004821", "unknown_card"),
        ("E10234567", "é", "item_not_ascii"),
        (" 2071234567\r\n", "9782070360024 ", "isbn"),
    ],
)
def test_with_scan_warning_of_a_trimmed_loan(patron: str, item: str, warning: str | None) -> None:
    loan = make.loan(1, item, patron, at=datetime(2026, 11, 24, tzinfo=UTC), desk="CMU")
    kept = replace(loan, patron=patron.strip(), item=item.strip(), warning=warning)
    assert with_scan_warning(loan, RULES) == kept
    assert with_scan_warning(replace(loan, warning="renewal"), RULES).warning == "renewal"
