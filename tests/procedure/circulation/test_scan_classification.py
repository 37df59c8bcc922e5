"""The scan guard, held to the table of scans; `tests/ui/test_browser_guard.py` holds the browser's."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.scan_classification import ScanResult, classify_scan, pair_doubt
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.io.handbook_files import load_handbook

PAPER = Path(__file__).with_name("scans.toml")
ROWS: list[dict[str, Any]] = tomllib.loads(PAPER.read_text("utf-8"))["scan"]
ITEMS = (
    ScanShape("reserve", ScanKind.ITEM, "106100[0-9]{4}", days=7),
    ScanShape("shelf", ScanKind.ITEM, "2099[0-9]{6}"),
    ScanShape("stack", ScanKind.ITEM, "2098[0-9]{6}", wins=True),
)


def rules() -> ScanRules:
    packaged = load_handbook(PACKAGED_HANDBOOK).scans
    return ScanRules((*packaged.forms, *ITEMS), packaged.days)


RULES = rules()
PAIRS = [
    ("2071234567", "1061004821", None),
    ("1061004821", "2071234567", "swapped"),
    ("1060348821", "SLSP204518377", "swapped"),
    ("4071234567", "2071234567", "looks_like_patron"),
    ("12345678", "2071234567", "looks_like_patron"),
    ("1060348821", "1060348821", "looks_like_patron"),
    ("a1001891027", "A1001891027", "looks_like_patron"),
    ("E10234567", "1061004821", "unknown_card"),
    ("2071234567", "2099123456", "looks_like_patron"),
    ("1060348821", "2099123456", "looks_like_patron"),
    ("2099123456", "2071234567", "looks_like_patron"),
    ("E10234567", "9782070360024", "isbn"),
    ("12345678", "03124511", "matriculation"),
]


def expected(row: dict[str, Any]) -> dict[str, Any]:
    given = {key: row.get(key) for key in ("kind", "form", "warning", "repaired")}
    return {"text": row.get("text", row["arrives"]), **given}


def test_classification_table_is_long_and_has_no_duplicate() -> None:
    assert len(ROWS) >= 60
    assert len({(row["arrives"], row["place"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['place']} {row['arrives']}")
def test_classify_scan_of_the_table(row: dict[str, Any]) -> None:
    assert asdict(classify_scan(row["arrives"], row["place"], RULES)) == expected(row)


@pytest.mark.parametrize(("patron", "item", "doubt"), PAIRS)
def test_pair_doubt_is_the_graver_doubt(patron: str, item: str, doubt: str | None) -> None:
    seen = classify_scan(patron, "patron", RULES), classify_scan(item, "item", RULES)
    assert pair_doubt(*seen) == doubt


def test_classify_scan_without_patterns() -> None:
    bare = ScanRules()
    assert classify_scan("2071234567", "item", bare) == ScanResult("2071234567", ScanKind.UNKNOWN)
    assert classify_scan("2071234567", "patron", bare) == ScanResult("2071234567", ScanKind.UNKNOWN)
    assert classify_scan("11112222211112222 2", "item", bare).warning is None
    assert classify_scan("1111211112", "item", bare).warning == "glued"
