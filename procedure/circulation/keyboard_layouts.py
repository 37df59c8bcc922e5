"""Scans that arrive through another keyboard layout than the American one, put right.

A scanner is a keyboard that does not know the layout of the computer. Set wrongly, its digits
arrive as what is on the digit keys there, and the number can be read from that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# As many digits as this must have been mistyped before a text is taken for a number.
FEWEST = 4


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
        if digits < FEWEST or not any(key in self.telling for key in code):
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
