"""Readers for the values of handbook entries; their ValueErrors say what would be valid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from procedure.handbook.spelling import describe_character

_T = TypeVar("_T")

# What `relais new-handbook` writes where the library has to write something of its own.
FILL_IN = "FILL IN"

# bool before int, since it is a subclass.
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
    """Return the name of a TOML value's type, for a message to somebody who edits the file."""
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "a date")


def text(value: object) -> str:
    """Return a non-empty line of text."""
    line = _expect(value, str)
    if line.startswith(FILL_IN):
        raise ValueError(f"is not filled in: write {line.removeprefix(FILL_IN).lstrip(': ')}")
    if not line.strip():
        raise ValueError("is empty; write it, or take the key out")
    control = next((one for one in line if ord(one) < 32 or ord(one) == 127), None)
    if control is not None:
        raise ValueError(f"holds a control character (U+{ord(control):04X}); keep it on one line")
    return line


def texts(value: object) -> tuple[str, ...]:
    return tuple(text(item) for item in _as_list(value))


def flag(value: object) -> bool:
    return _expect(value, bool)


@dataclass(frozen=True, slots=True)
class Count:
    """Reads a whole number within two limits."""

    least: int
    most: int

    def __call__(self, value: object) -> int:
        """Return the number."""
        if type(value) is not int or not self.least <= value <= self.most:
            raise ValueError(f"must be a whole number from {self.least} to {self.most}")
        return value


def table(value: object) -> dict[str, object]:
    """Return a table whose entries are read later."""
    return cast("dict[str, object]", _expect(value, dict))


def tables(value: object) -> tuple[dict[str, object], ...]:
    """Return a list of tables whose entries are read later."""
    return tuple(table(item) for item in _as_list(value))


@dataclass(frozen=True, slots=True)
class OneOf:
    """Reads one of several strings."""

    known: tuple[str, ...]

    def __call__(self, value: object) -> str:
        """Return the string."""
        word = text(value)
        if word not in self.known:
            raise ValueError(f'"{word}" is not one of: {", ".join(self.known)}')
        return word


def one_of(*known: str) -> OneOf:
    return OneOf(known)


def weekdays(value: object) -> tuple[int, ...]:
    """Return days of the week as sorted ISO numbers (Monday is 1)."""
    days = _as_list(value)
    for day in days:
        if type(day) is not int or not 1 <= day <= 7:
            raise ValueError(f"{day!r} is not a day; write 1 for Monday to 7 for Sunday")
    return tuple(sorted({day for day in days if isinstance(day, int)}))


def clock_time(value: object) -> str:
    """Return a local time of day, `HH:MM`."""
    shown = text(value)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", shown, re.ASCII):
        raise ValueError(f'"{shown}" is not a time of day; write it like "08:00"')
    return shown


def day(value: object) -> date:
    """Return a local date, written `2026-11-24` with or without quotes."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    shown = text(value)
    try:
        return date.fromisoformat(shown)
    except ValueError:
        raise ValueError(f'"{shown}" is not a day; write it like "2026-11-24"') from None


_UNITS = {"s": 1, "min": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Reads a duration such as `60 s`, `5 min` or `1 h`, within two limits."""

    least: timedelta
    most: timedelta

    def __call__(self, value: object) -> timedelta:
        """Return the duration."""
        shown = text(value)
        match = re.fullmatch(r"(\d{1,6}) ?(s|min|h)", shown, re.ASCII)
        if not match:
            raise ValueError(f'"{shown}" is not a length of time; write "60 s", "5 min" or "1 h"')
        length = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
        if not self.least <= length <= self.most:
            raise ValueError(
                f'"{shown}" is not between {_shown(self.least)} and {_shown(self.most)}'
            )
        return length


def _shown(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]} {unit}"


def address(value: object) -> str:
    """Return a web address; one with a user name or password is refused, since it is displayed."""
    shown = text(value)
    foreign = next((one for one in shown if not one.isascii()), None)
    if foreign is not None:
        raise ValueError(f'"{shown}" holds {describe_character(foreign)}; an address is ASCII')
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
    """Return a number that can be dialled from anywhere: a plus sign, the country, digits only."""
    shown = text(value)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", shown, re.ASCII):
        raise ValueError(f'"{shown}" cannot be dialled; write it like "+41223797000"')
    return shown


def _as_list(value: object) -> list[object]:
    return cast("list[object]", _expect(value, list))


def _expect(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        # To the editor of the file, a wrong type is a wrong value.
        raise ValueError(f"must be {_KINDS[kind]}, not {kind_of(value)}")  # noqa: TRY004
    return value
