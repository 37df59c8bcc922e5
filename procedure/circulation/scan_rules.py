"""The shapes of what a scanner reads, as the handbook lists them, and as the page needs them.

A scanner is a keyboard that does not know the layout of the computer. Set wrongly, its digits
arrive as what is on the digit keys there, and the number can be read from that.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache

from procedure.circulation.transaction_checks import LONGEST_SCAN

# As many digits as this must have been mistyped before a text is taken for a number.
FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class KeyboardLayout:
    """What each key gives that a scanner means for a digit, and for anything else.

    `telling` are the characters that no barcode has: without one of them nothing is repaired.
    """

    name: str
    digits: Mapping[str, str]
    others: Mapping[str, str]
    telling: str

    def decode(self, code: str) -> str | None:
        """Return what the scanner meant, None when this keyboard explains nothing of it."""
        digits = sum(key in self.digits for key in code)
        if digits < FEWEST_DIGITS or not any(key in self.telling for key in code):
            return None
        keys = {**self.digits, **self.others}
        if not all(key in keys or (key.isascii() and key.isalpha()) for key in code):
            return None
        return "".join(keys.get(key, key) for key in code)


# French: digits need the shift key there, and four letters stand elsewhere. Swiss: the digits
# are where the scanner thinks, but its shift key is pressed (a scanner set to undo Caps Lock).
KEYBOARDS: Sequence[KeyboardLayout] = (
    KeyboardLayout(
        "french",
        digits=dict(zip("&é\"'(-è_çà", "1234567890", strict=True)),
        others=dict(zip("qawzQAWZ,?)", "aqzwAQZWmM-", strict=True)),
        telling="&é\"'(èçà",
    ),
    KeyboardLayout(
        "swiss",
        digits=dict(zip('+"*ç%&/()=', "1234567890", strict=True)),
        others={"?": "-"},
        telling='+"*ç%&/()=',
    ),
)


def decode_wrong_layout(code: str) -> str | None:
    """Return what a scanner with the wrong keyboard meant, None when the code may be as it is."""
    decoded = (keyboard.decode(code) for keyboard in KEYBOARDS)
    return next((meant for meant in decoded if meant is not None), None)


USUAL_DAYS = 28
# Shorter than this, and without a shape of its own, a scan is a piece of one.
FEWEST = 4


class ScanKind(StrEnum):
    """What a scan is: a card, a number in place of it, an item, a card or an item, neither."""

    CARD = "card"
    NUMBER = "number"
    ITEM = "item"
    EITHER = "either"
    NEITHER = "neither"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ScanShape:
    """One shape: a regular expression for the whole scan that Python and browsers read alike.

    Only the first `LONGEST_SCAN` characters of a scan are read: nothing longer is recorded,
    and matching has an end (see `procedure.circulation.pattern_cost`).

    `partial` is the shape of what a slipped scanner leaves of it. `spelling` is `upper`, `lower`
    or empty. `warning` is the key of the doubt that the shape itself raises. `days` is how long
    an item of this shape is lent, None for as long as usual. `wins` is whether a code that also
    has the shape of another kind is of this one.
    """

    name: str
    kind: ScanKind
    shape: str
    partial: str = ""
    spelling: str = ""
    warning: str | None = None
    days: int | None = None
    wins: bool = False

    def fits(self, code: str) -> bool:
        """Return whether the code is of this shape, whatever the case of its letters."""
        return _whole(self.shape).fullmatch(code[:LONGEST_SCAN]) is not None

    def begun(self, code: str) -> bool:
        """Return whether the code is a part of one of this shape."""
        shape = self.partial
        return bool(shape) and _whole(shape).fullmatch(code[:LONGEST_SCAN]) is not None

    @property
    def lettered(self) -> bool:
        """Whether letters mark it, so that it differs from any number around it."""
        return bool(self.spelling) and self.kind is ScanKind.CARD


@dataclass(frozen=True, slots=True)
class ScanRules:
    """The shapes in the order in which they are tried, and the days of a usual loan.

    `shortest_item` is the least length of an item's barcode without a shape of its own.
    """

    forms: tuple[ScanShape, ...] = ()
    days: int = USUAL_DAYS
    shortest_item: int = FEWEST

    def form(self, code: str) -> ScanShape | None:
        """Return the shape that the code has: one that wins, else the first; None when none."""
        fitting = [form for form in self.forms if form.fits(code)]
        return next((form for form in fitting if form.wins), fitting[0] if fitting else None)

    @property
    def describes_cards(self) -> bool:
        """Whether any shape is that of a card: without one, no card looks like none of them."""
        return any(form.kind is ScanKind.CARD for form in self.forms)

    def is_ambiguous(self, code: str) -> bool:
        """Return whether the code has the shape of a card and of an item, and neither wins."""
        fitting = [form for form in self.forms if form.fits(code)]
        kinds = {form.kind for form in fitting}
        return {ScanKind.CARD, ScanKind.ITEM} <= kinds and not any(form.wins for form in fitting)

    def for_page(self) -> dict[str, object]:
        """Return the same rules for `scan_classification.js`, as JSON takes them."""
        return {
            "days": self.days,
            "shortest": {"patron": FEWEST, "item": self.shortest_item},
            "forms": [asdict(form) | {"lettered": form.lettered} for form in self.forms],
            "keyboards": [asdict(keyboard) for keyboard in KEYBOARDS],
        }


# What `relais check` and `relais doctor` say where no shape describes a card.
NO_CARD_SHAPE = (
    "scans.toml has no shape of a card: unless Escape is pressed first, the card of the next user "
    "is recorded as an item of the user before; describe your cards there"
)


@cache
def _whole(shape: str) -> re.Pattern[str]:
    return re.compile(shape, re.ASCII | re.IGNORECASE)
