"""The layout of Alma's offline circulation file.

It is inferred from three public programs that write such files, not from the vendor's documentation
(see `INFERRED`). Check it against a file from the library's copy of the vendor's utility (`relais
loans layout FILE`), and upload a small first file to Alma.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

STAMP = "%Y%m%d%H%M"
STAMP_WIDTH = 12
ITEM_AT = STAMP_WIDTH + 1
LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}
ENCODINGS = ("ascii", "cp1252", "utf-8")

# Points that are not documented publicly, and the grounds for Relais's assumptions.
INFERRED: Mapping[str, str] = {
    "item_width": (
        "80 in three programs; in one public sample line, the identifier begins 4 characters later"
    ),
    "patron_width": "no width is published; the line ends with the identifier",
    "patron_limit": "no limit is published; every known identifier fits in 100 characters",
    "line_end": "CRLF in two programs, LF in one; the utility runs on Windows",
    "encoding": "not published; ASCII is a subset of every candidate",
    "pad_returns": "two programs pad an R line to full width, one does not",
    "order within a minute": "the order of the lines; there are no seconds",
    "time": "local wall time; no offset is written",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a line, with widths in characters.

    A line has the time (12), `L` or `R`, the item (`item_width`) and, in an L line, the patron's
    identifier (`patron_width`; if that is 0, it extends to the end of the line). `pad_returns` pads
    an R line to the column where an identifier would begin. `patron_limit` is the maximum length of
    an identifier.
    """

    item_width: int = 80
    patron_width: int = 0
    patron_limit: int = 100
    line_end: str = "crlf"
    encoding: str = "ascii"
    pad_returns: bool = True

    def __str__(self) -> str:
        """Return the settings that differ from the defaults, in the format of `parse_layout`."""
        own = [f.name for f in fields(self) if getattr(self, f.name) != getattr(USUAL, f.name)]
        return " ".join(f"{name}={_written(getattr(self, name))}" for name in own)


USUAL = Layout()


def parse_layout(text: str) -> Layout:
    """Parse settings such as `item_width=84 line_end=lf`; omitted settings keep their defaults.

    Raises:
        ValueError: a setting is unknown or invalid; the message says what is valid.
    """
    given: dict[str, Any] = {}
    for part in text.split():
        name, _, value = part.partition("=")
        if name not in _READERS:
            raise ValueError(f"{name!r} is not a layout setting; known: {', '.join(_READERS)}")
        try:
            given[name] = _READERS[name](value)
        except ValueError as fault:
            raise ValueError(f"{name}: {fault}") from None
    return Layout(**given)


def _written(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _width(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= 1000:
            raise ValueError(f"{text!r} is not a whole number from {least} to 1000")
        return int(text)

    return read


def _one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"{text!r} is not one of: {', '.join(known)}")
        return text

    return read


_READERS: Mapping[str, Callable[[str], Any]] = {
    "item_width": _width(1),
    "patron_width": _width(0),
    "patron_limit": _width(1),
    "line_end": _one_of(*LINE_ENDS),
    "encoding": _one_of(*ENCODINGS),
    "pad_returns": lambda text: _one_of("yes", "no")(text) == "yes",
}
