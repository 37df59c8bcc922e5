"""The scan classification's rules, in the format that pages need."""

from dataclasses import asdict

from procedure.circulation.scan_rules import KEYBOARDS, ScanKind, ScanRules, ScanShape


def test_for_page_has_every_field_of_a_shape() -> None:
    card = ScanShape("slsp", ScanKind.CARD, "SLSP[0-9]{9}", "SLSP[0-9]*", "upper", wins=True)
    item = ScanShape("plain", ScanKind.ITEM, "[0-9]{8}")
    assert ScanRules((card, item)).for_page() == {
        "days": 28,
        "shortest": {"patron": 4, "item": 4},
        "forms": [
            {
                "name": "slsp",
                "kind": "card",
                "shape": "SLSP[0-9]{9}",
                "partial": "SLSP[0-9]*",
                "spelling": "upper",
                "warning": None,
                "days": None,
                "wins": True,
                "lettered": True,
            },
            {
                "name": "plain",
                "kind": "item",
                "shape": "[0-9]{8}",
                "partial": "",
                "spelling": "",
                "warning": None,
                "days": None,
                "wins": False,
                "lettered": False,
            },
        ],
        "keyboards": [asdict(keyboard) for keyboard in KEYBOARDS],
    }
