"""The shapes of scanned codes, as listed in the handbook and as the page needs them.

A scanner acts as a keyboard that does not know the computer's layout. If it is set up wrongly, its
digits arrive as the characters on the computer's digit keys, from which the number can be
recovered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache

from procedure.circulation.transaction_checks import LONGEST_SCAN

# At least this many digits must be garbled before a text is taken for a number.
FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class KeyboardLayout:
    """The characters that each key gives: for a scanner's digits, and for anything else.

    `telling` are characters that no barcode contains; a text without any of them is not repaired.
    """

    name: str
    digits: Mapping[str, str]
    others: Mapping[str, str]
    telling: str

    def decode(self, code: str) -> str | None:
        """Return the code the scanner meant, or None if this layout does not explain the text."""
        digits = sum(key in self.digits for key in code)
        if digits < FEWEST_DIGITS or not any(key in self.telling for key in code):
            return None
        keys = {**self.digits, **self.others}
        if not all(key in keys or (key.isascii() and key.isalpha()) for key in code):
            return None
        return "".join(keys.get(key, key) for key in code)


# French: digits need the shift key, and four letters are elsewhere. Swiss: the digits are where the
# scanner expects them, but it presses shift (a scanner set to undo Caps Lock).
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
    """Return the code meant by a scanner with a wrong layout, or None if the text may be right."""
    decoded = (keyboard.decode(code) for keyboard in KEYBOARDS)
    return next((meant for meant in decoded if meant is not None), None)


USUAL_DAYS = 28
# A scan that is shorter than this and has no shape of its own is a piece of a scan.
FEWEST = 4


class ScanKind(StrEnum):
    """The kind of a scan: a card, a number in place of a card, an item, either, or neither."""

    CARD = "card"
    NUMBER = "number"
    ITEM = "item"
    EITHER = "either"
    NEITHER = "neither"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ScanShape:
    """A shape: a regular expression for a whole scan that Python and browsers interpret alike.

    Only the first `LONGEST_SCAN` characters of a scan are matched: nothing longer is recorded, and
    the time to match stays bounded (see `procedure.circulation.pattern_cost`).

    `partial` is the shape of what remains when the scanner slips. `spelling` is `upper`, `lower` or
    empty. `warning` is the key of the doubt that the shape itself raises. `days` is how long an
    item of this shape is lent, or None for the usual period. `wins` says whether this shape decides
    if a code also has a shape of another kind.
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
        """Return whether the code has this shape, ignoring the case of its letters."""
        return _whole(self.shape).fullmatch(code[:LONGEST_SCAN]) is not None

    def begun(self, code: str) -> bool:
        """Return whether the code is part of a code with this shape."""
        shape = self.partial
        return bool(shape) and _whole(shape).fullmatch(code[:LONGEST_SCAN]) is not None

    @property
    def lettered(self) -> bool:
        """Whether the shape is marked by letters, so that it stands out from digits around it."""
        return bool(self.spelling) and self.kind is ScanKind.CARD


@dataclass(frozen=True, slots=True)
class ScanRules:
    """The shapes in the order in which they are tried, and the usual loan period in days.

    `shortest_item` is the minimum length of an item's barcode without a shape of its own.
    """

    forms: tuple[ScanShape, ...] = ()
    days: int = USUAL_DAYS
    shortest_item: int = FEWEST

    def form(self, code: str) -> ScanShape | None:
        """Return the shape of the code (one that wins, else the first), or None if it has none."""
        fitting = [form for form in self.forms if form.fits(code)]
        return next((form for form in fitting if form.wins), fitting[0] if fitting else None)

    @property
    def describes_cards(self) -> bool:
        """Whether any shape describes a card; if none does, no card can look unknown."""
        return any(form.kind is ScanKind.CARD for form in self.forms)

    def is_ambiguous(self, code: str) -> bool:
        """Return whether the code has both a card's and an item's shape, and neither wins."""
        fitting = [form for form in self.forms if form.fits(code)]
        kinds = {form.kind for form in fitting}
        return {ScanKind.CARD, ScanKind.ITEM} <= kinds and not any(form.wins for form in fitting)

    def for_page(self) -> dict[str, object]:
        """Return the rules for `scan_classification.js` as JSON values."""
        return {
            "days": self.days,
            "shortest": {"patron": FEWEST, "item": self.shortest_item},
            "forms": [asdict(form) | {"lettered": form.lettered} for form in self.forms],
            "keyboards": [asdict(keyboard) for keyboard in KEYBOARDS],
        }


# The message of `relais check` and `relais doctor` if no shape describes a card.
NO_CARD_SHAPE = (
    "scans.toml has no shape of a card: unless Escape is pressed first, the card of the next user "
    "is recorded as an item of the user before; describe your cards there"
)


@cache
def _whole(shape: str) -> re.Pattern[str]:
    return re.compile(shape, re.ASCII | re.IGNORECASE)
