"""The shapes of scanned codes, and the repair of codes scanned with a wrong keyboard layout.

A scanner acts as a keyboard and does not know the computer's layout. If the scanner is
misconfigured, each digit arrives as the other character on the same key of the computer's keyboard.
The number can be recovered from these characters.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache

from procedure.circulation.transaction_checks import LONGEST_SCAN

# A scan is repaired only if it has at least this many garbled digits.
FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class KeyboardLayout:
    """A keyboard layout that garbles scans, and the characters needed to repair the scans.

    `digits` and `others` map each character received to the character that was scanned. `telling`
    holds characters that no barcode contains; a scan is repaired only if it has such a character.
    """

    name: str
    digits: Mapping[str, str]
    others: Mapping[str, str]
    telling: str

    def decode(self, code: str) -> str | None:
        """Return the code that was scanned, or None if this layout does not explain `code`."""
        digits = sum(key in self.digits for key in code)
        if digits < FEWEST_DIGITS or not any(key in self.telling for key in code):
            return None
        keys = {**self.digits, **self.others}
        if not all(key in keys or (key.isascii() and key.isalpha()) for key in code):
            return None
        return "".join(keys.get(key, key) for key in code)


# On a French keyboard, digits need the shift key, and some letters are in other places. On a Swiss
# keyboard, digits are in the usual places, but a scanner set to undo Caps Lock presses shift.
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
    """Return the code that was scanned, or None if no wrong layout explains `code`."""
    decoded = (keyboard.decode(code) for keyboard in KEYBOARDS)
    return next((meant for meant in decoded if meant is not None), None)


USUAL_DAYS = 28
# A scan with fewer characters counts as partial, unless a shape matches the scan.
FEWEST = 4


class ScanKind(StrEnum):
    """The kind of a scan.

    - `NUMBER`: a number that identifies a patron but is not the number of a card.
    - `EITHER`: a code that may belong to a card or to an item.
    - `NEITHER`: the code of something else that was scanned by mistake, such as an ISBN.
    """

    CARD = "card"
    NUMBER = "number"
    ITEM = "item"
    EITHER = "either"
    NEITHER = "neither"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ScanShape:
    """A regular expression for a whole scan, interpreted alike by Python and browsers.

    Only the first `LONGEST_SCAN` characters of a scan are matched, to limit the time that matching
    takes (see `procedure.circulation.pattern_cost`). Longer scans are not recorded.

    - `partial`: the shape of an incomplete scan.
    - `spelling`: the case in which the code is recorded (`upper` or `lower`), or empty to record
      the code as scanned.
    - `warning`: the key of the doubt that the shape itself raises.
    - `days`: the loan period of items with this shape, or None for the usual period.
    - `wins`: whether this shape takes precedence over other shapes that match the same code.
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
        """Return whether the code has this shape, ignoring case."""
        return _whole(self.shape).fullmatch(code[:LONGEST_SCAN]) is not None

    def begun(self, code: str) -> bool:
        """Return whether the code has the shape of an incomplete scan, ignoring case."""
        shape = self.partial
        return bool(shape) and _whole(shape).fullmatch(code[:LONGEST_SCAN]) is not None

    @property
    def lettered(self) -> bool:
        """Whether this shape describes cards whose letters distinguish them from plain numbers."""
        return bool(self.spelling) and self.kind is ScanKind.CARD


@dataclass(frozen=True, slots=True)
class ScanRules:
    """The shapes, in the order in which they are tried, and the usual loan period in days.

    `shortest_item` is the minimum length of an item's barcode that matches no shape.
    """

    forms: tuple[ScanShape, ...] = ()
    days: int = USUAL_DAYS
    shortest_item: int = FEWEST

    def form(self, code: str) -> ScanShape | None:
        """Return the first shape that fits the code, or None; shapes with `wins` come first."""
        fitting = [form for form in self.forms if form.fits(code)]
        return next((form for form in fitting if form.wins), fitting[0] if fitting else None)

    @property
    def describes_cards(self) -> bool:
        """Whether a shape describes cards; if none does, no card is reported as unknown."""
        return any(form.kind is ScanKind.CARD for form in self.forms)

    def is_ambiguous(self, code: str) -> bool:
        """Return whether the code has both a card's and an item's shape, and neither shape wins."""
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


# `relais check` and `relais doctor` show this message.
NO_CARD_SHAPE = (
    "scans.toml describes no cards: unless Escape is pressed first, the next patron's card is "
    "recorded as an item lent to the previous patron; add the shape of your cards there"
)


@cache
def _whole(shape: str) -> re.Pattern[str]:
    return re.compile(shape, re.ASCII | re.IGNORECASE)
