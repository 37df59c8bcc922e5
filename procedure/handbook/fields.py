"""What one entry of a paper may be: a reader for each, whose ValueError says what would do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from procedure.handbook.spelling import letter

_T = TypeVar("_T")

# In this order: Python counts true and false among the numbers.
_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
    time: "a time",
}


def kind_of(value: object) -> str:
    """Name what TOML gave, in the words of somebody who edits the file."""
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "a date")


def text(value: object) -> str:
    """Read one line of text that says something."""
    line = _must(value, str)
    if not line.strip():
        raise ValueError("is empty; write it, or take the key out")
    control = next((one for one in line if ord(one) < 32 or ord(one) == 127), None)
    if control is not None:
        raise ValueError(f"holds a control character (U+{ord(control):04X}); keep it on one line")
    return line


def texts(value: object) -> tuple[str, ...]:
    """Read a list of lines of text."""
    return tuple(text(one) for one in _list(value))


def flag(value: object) -> bool:
    """Read true or false."""
    return _must(value, bool)


def count(least: int, most: int) -> Callable[[object], int]:
    """Make a reader for a whole number within two limits."""

    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return read


def table(value: object) -> dict[str, object]:
    """Read a table whose own entries are looked at later."""
    return cast("dict[str, object]", _must(value, dict))


def tables(value: object) -> tuple[dict[str, object], ...]:
    """Read a list of tables whose own entries are looked at later."""
    return tuple(table(one) for one in _list(value))


def one_of(*known: str) -> Callable[[object], str]:
    """Make a reader for a word out of a few."""

    def read(value: object) -> str:
        word = text(value)
        if word not in known:
            raise ValueError(f'"{word}" is not one of: {", ".join(known)}')
        return word

    return read


def weekdays(value: object) -> tuple[int, ...]:
    """Read days of the week by their ISO numbers, Monday being 1."""
    days = _list(value)
    for day in days:
        if type(day) is not int or not 1 <= day <= 7:
            raise ValueError(f"{day!r} is not a day; write 1 for Monday to 7 for Sunday")
    return tuple(sorted({day for day in days if isinstance(day, int)}))


def clock_time(value: object) -> str:
    """Read a time of day, `HH:MM`, local."""
    shown = text(value)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", shown, re.ASCII):
        raise ValueError(f'"{shown}" is not a time of day; write it like "08:00"')
    return shown


_UNITS = {"s": 1, "min": 60, "h": 3600}


def time_span(least: timedelta, most: timedelta) -> Callable[[object], timedelta]:
    """Make a reader for a length of time such as `60 s`, `5 min`, `1 h`, within two limits."""

    def read(value: object) -> timedelta:
        shown = text(value)
        found = re.fullmatch(r"(\d{1,6}) ?(s|min|h)", shown, re.ASCII)
        if not found:
            raise ValueError(f'"{shown}" is not a length of time; write "60 s", "5 min" or "1 h"')
        length = timedelta(seconds=int(found[1]) * _UNITS[found[2]])
        if not least <= length <= most:
            raise ValueError(f'"{shown}" is not between {_shown(least)} and {_shown(most)}')
        return length

    return read


def _shown(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]} {unit}"


def address(value: object) -> str:
    """Read an address of the web; a name and password in it are refused, since it is shown."""
    shown = text(value)
    foreign = next((one for one in shown if not one.isascii()), None)
    if foreign is not None:
        raise ValueError(f'"{shown}" holds {letter(foreign)}; an address is ASCII')
    parts = _split(shown)
    if parts is None or " " in shown:
        raise ValueError(f'"{shown}" is not an address; write https:// and a host')
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or a password; an address here is shown to everybody")
    return shown


def _split(shown: str) -> SplitResult | None:
    try:
        parts = urlsplit(shown)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def telephone(value: object) -> str:
    """Read a number as it is dialled from anywhere: a plus, the country, the rest, digits only."""
    shown = text(value)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", shown, re.ASCII):
        raise ValueError(f'"{shown}" cannot be dialled; write it like "+41223797000"')
    return shown


def _list(value: object) -> list[object]:
    return cast("list[object]", _must(value, list))


def _must(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        # A wrong type in a file is a wrong value to whoever reads the file.
        raise ValueError(f"must be {_KINDS[kind]}, not {kind_of(value)}")  # noqa: TRY004
    return value
