"""Barcodes of cards and items that nobody has, of the shapes that a handbook describes."""

from collections.abc import Sequence
from random import Random

from procedure.circulation.pattern_overlap import machine_of
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape

# Where a handbook describes no shape; an item is of one that it does not take for something else.
CARD = "2060{:06d}"
ITEMS = ("1060{:06d}", "0000{:06d}", "39000{:09d}")
# An end is not far on the way through a shape: `[0-9]+` goes on by the toss of a coin.
_MOST_STEPS = 1_000


def made_up_card(rules: ScanRules, chance: Random) -> str:
    """Return a card of the shape that the handbook has first."""
    shape = _first_shape(rules, ScanKind.CARD)
    return _number((CARD,), chance) if shape is None else _code_of(shape, chance)


def made_up_item(rules: ScanRules, chance: Random) -> str:
    """Return the barcode of an item, of the shape that the handbook has first, if any."""
    shape = _first_shape(rules, ScanKind.ITEM)
    if shape is not None:
        return _code_of(shape, chance)
    clear = [form for form in ITEMS if rules.form(form.format(0)) is None]
    return _number(clear or ITEMS, chance)


def _first_shape(rules: ScanRules, kind: ScanKind) -> ScanShape | None:
    return next((form for form in rules.forms if form.kind is kind), None)


def _number(forms: Sequence[str], chance: Random) -> str:
    return chance.choice(forms).format(chance.randrange(1_000_000))


def _code_of(form: ScanShape, chance: Random) -> str:
    """Return a code that has the shape, in capital letters where it has no spelling."""
    machine = machine_of(form.shape)
    at, code = machine.start, ""
    for _ in range(_MOST_STEPS):
        if at == machine.end:
            return code.lower() if form.spelling == "lower" else code.upper()
        steps = [(frozenset[str](), state) for state in machine.free[at]]
        letters, at = chance.choice(steps + machine.letters[at])
        # Letters and digits where the shape takes anything: a scanner knows them all.
        code += chance.choice(sorted(filter(str.isalnum, letters)) or sorted(letters) or [""])
    raise ValueError(f'"{form.shape}" has no end')
