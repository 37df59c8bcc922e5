from __future__ import annotations

import pytest

from procedure.cards import card_form, item_doubt, patron_doubt, scan_doubt


@pytest.mark.parametrize(
    ("scan", "name", "as_patron", "as_item"),
    [
        ("SLSP204518377", "slsp", None, "looks_like_patron"),
        ("SLSP-198334071", "slsp", None, "looks_like_patron"),
        ("slsp204518377", "slsp", None, "looks_like_patron"),
        ("2071234567", "geneva", None, "looks_like_patron"),
        ("4071234567", "geneva", None, "looks_like_patron"),
        ("2091234567", "romandy", None, "looks_like_patron"),
        ("HES1234567", "hesso", None, "looks_like_patron"),
        ("123456789012@eduid.ch", "eduid", None, "looks_like_patron"),
        ("12-345-678", "matriculation", "matriculation", None),
        ("03124510", "matriculation", "matriculation", None),
        ("1060348821", None, "unknown_card", None),
        ("SLSP20451837", None, "unknown_card", None),
        ("UBS-S-1044912", None, "unknown_card", None),
        ("2071234567\n", None, "unknown_card", None),
        ("٢٠٧١٢٣٤٥٦٧", None, "unknown_card", None),
    ],
)
def test_what_a_scan_looks_like(
    scan: str, name: str | None, as_patron: str | None, as_item: str | None
) -> None:
    form = card_form(scan)
    assert (form and form.name, patron_doubt(scan), item_doubt(scan)) == (name, as_patron, as_item)


def test_the_doubt_about_the_item_goes_first() -> None:
    assert scan_doubt("1060348821", "2071234567") == "looks_like_patron"
    assert scan_doubt("1060348821", "1060348821") == "looks_like_patron"
    assert scan_doubt("1060348821", "A1001891027") == "unknown_card"
    assert scan_doubt("2071234567", "A1001891027") is None
