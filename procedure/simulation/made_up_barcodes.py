"""Made-up barcodes for cards and items, in a handbook's formats; they belong to nobody."""

from collections.abc import Sequence
from random import Random

from procedure.circulation.pattern_overlap import machine_of
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape

# The formats to use if the handbook describes none. A format in `ITEMS` that the handbook takes for
# something else is avoided if possible.
CARD = "2060{:06d}"
ITEMS = ("1060{:06d}", "0000{:06d}", "39000{:09d}")
# Chance decides whether a repeated character, as in `[0-9]+`, is followed by another, so a code
# normally ends long before this many steps.
_MOST_STEPS = 1_000


def made_up_card(rules: ScanRules, chance: Random) -> str:
    """Return a card number in the handbook's first format for cards, or else in `CARD`."""
    shape = _first_shape(rules, ScanKind.CARD)
    return _number((CARD,), chance) if shape is None else _code_of(shape, chance)


def made_up_item(rules: ScanRules, chance: Random) -> str:
    """Return an item's barcode in the handbook's first format for items, or else in `ITEMS`."""
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
    """Return a code in this format, in upper case unless the format is lower case."""
    machine = machine_of(form.shape)
    at, code = machine.start, ""
    for _ in range(_MOST_STEPS):
        if at == machine.end:
            return code.lower() if form.spelling == "lower" else code.upper()
        steps = [(frozenset[str](), state) for state in machine.free[at]]
        letters, at = chance.choice(steps + machine.letters[at])
        # Use letters and digits where the format accepts anything, because any scanner can read
        # them.
        code += chance.choice(sorted(filter(str.isalnum, letters)) or sorted(letters) or [""])
    raise ValueError(f'"{form.shape}" has no code of finite length')
