"""Made-up card and item barcodes have the right formats for every packaged handbook."""

from pathlib import Path
from random import Random

import pytest

import procedure
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.io.handbook_files import load_handbook
from procedure.simulation.made_up_barcodes import made_up_card, made_up_item

PACKAGE = Path(procedure.__file__).parent
SHIPPED = (PACKAGE / "handbook", *sorted((PACKAGE / "libraries").iterdir()))


def kind_of(rules: ScanRules, code: str) -> ScanKind | None:
    form = rules.form(code)
    return None if form is None else form.kind


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_shipped_handbook_distinguishes_its_cards_from_items(folder: Path) -> None:
    rules, chance = load_handbook(folder).scans, Random(1)
    cards = {made_up_card(rules, chance) for _ in range(50)}
    items = {made_up_item(rules, chance) for _ in range(50)}
    assert len(cards) == len(items) == 50
    assert {kind_of(rules, card) for card in cards} == {ScanKind.CARD}
    assert {kind_of(rules, item) for item in items} == {None}


def test_codes_follow_the_first_shape_of_their_kind() -> None:
    rules = ScanRules(
        (
            ScanShape("card", ScanKind.CARD, "(k|lib)-[0-9]+[ab]?", spelling="lower"),
            ScanShape("other", ScanKind.CARD, "X[0-9]{4}"),
            ScanShape("item", ScanKind.ITEM, "[0-9]{2}.{1,5}"),
        )
    )
    for seed in range(50):
        chance = Random(seed)
        card, item = made_up_card(rules, chance), made_up_item(rules, chance)
        assert rules.forms[0].fits(card)
        assert card == card.lower()
        assert rules.forms[2].fits(item)
        assert item.isalnum()


def test_item_never_has_the_shape_of_a_ten_digit_card() -> None:
    rules = ScanRules((ScanShape("card", ScanKind.CARD, "[0-9]{10}"),))
    assert {len(made_up_item(rules, Random(seed))) for seed in range(20)} == {14}


def test_codes_are_numbers_if_a_handbook_has_no_shapes() -> None:
    assert made_up_card(ScanRules(), Random(1)).startswith("2060")
    assert made_up_item(ScanRules(), Random(1)).isdigit()
