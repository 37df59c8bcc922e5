"""The types of the values in a handbook's files; their error messages describe valid values."""

import re
from collections.abc import Sized
from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypeVar, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, Strict

from procedure.handbook.spelling import closest, describe_character
from procedure.local_time import zone_named

_Given = TypeVar("_Given", bound=Sized)

# The placeholder that `relais new-handbook` writes for a value that the library must fill in.
FILL_IN = "FILL IN"
# bool must come before int, because it is a subclass of int.
_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}
_WEEK: dict[str, JsonValue] = {"enum": [1, 2, 3, 4, 5, 6, 7]}
_UNITS = {"s": 1, "min": 60, "h": 3600}
_LENGTH = "^([0-9]{1,6}) ?(s|min|h)$"


def kind_of(value: object) -> str:
    """Return the name of a TOML value's type, for error messages."""
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "a date")


def text(value: object) -> str:
    """Check that a value is a non-empty line of text."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {kind_of(value)}")  # noqa: TRY004 - a wrong type in a file is a wrong value
    if value.startswith(FILL_IN):
        raise ValueError(f"is not filled in: write {value.removeprefix(FILL_IN).lstrip(': ')}")
    if not value.strip():
        raise ValueError("is empty; give a value or remove the key")
    control = next(
        (character for character in value if ord(character) < 32 or ord(character) == 127), None
    )
    if control is not None:
        raise ValueError(
            f"contains a control character (U+{ord(control):04X}); keep it on one line"
        )
    return value


def like(pattern: str, hint: str) -> Any:
    """Return the type for a string that matches a pattern; `hint` ends the error message."""

    def check(value: str) -> str:
        if not re.search(pattern, value):
            raise ValueError(f'"{value}" {hint}')
        return value

    return Annotated[Text, AfterValidator(check), Field(json_schema_extra={"pattern": pattern})]


def count(least: int, most: int) -> Any:
    """Return the type for a whole number from `least` to `most`."""

    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    limits: dict[str, JsonValue] = {"minimum": least, "maximum": most}
    return Annotated[int, BeforeValidator(read), Field(json_schema_extra=limits)]


def percentage(least: float) -> Any:
    """Return the type for a percentage from `least` to 100."""

    def read(value: object) -> float:
        if type(value) not in {int, float} or not least <= cast("float", value) <= 100:
            raise ValueError(f"must be a percentage from {least:g} to 100, such as 99.5")
        return float(cast("float", value))

    limits: dict[str, JsonValue] = {"minimum": least, "maximum": 100}
    return Annotated[float, BeforeValidator(read), Field(json_schema_extra=limits)]


def length(least: timedelta, most: timedelta) -> Any:
    """Return the type for a duration such as `60 s`, `5 min` or `1 h`, from `least` to `most`."""

    def read(value: object) -> timedelta:
        duration = text(value)
        match = re.search(_LENGTH, duration)
        if not match:
            raise ValueError(f'"{duration}" is not a duration; write "60 s", "5 min" or "1 h"')
        span = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
        if not least <= span <= most:
            raise ValueError(
                f'"{duration}" is not between {_duration_text(least)} and {_duration_text(most)}'
            )
        return span

    written = Annotated[str, Field(pattern=_LENGTH)]
    return Annotated[timedelta, BeforeValidator(read, json_schema_input_type=written)]


def _duration_text(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]} {unit}"


def needed(hint: str) -> AfterValidator:
    """Return a validator that refuses an empty list or table; `hint` says what to write."""

    def refuse_empty(given: _Given) -> _Given:
        if not given:
            raise ValueError(f"is empty; {hint}")
        return given

    return AfterValidator(refuse_empty)


def _address(address: str) -> str:
    foreign = next((character for character in address if not character.isascii()), None)
    if foreign is not None:
        raise ValueError(
            f'"{address}" contains {describe_character(foreign)}; addresses must be ASCII'
        )
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in address:
        raise ValueError(f'"{address}" is not an address; write https:// and a host')
    if "@" in urlsplit(address).netloc:
        raise ValueError(
            "contains a user name or a password; addresses here are shown to everybody"
        )
    return address


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    day = text(value)
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise ValueError(f'"{day}" is not a date; write it like "2026-11-24"') from None


def _weekday(day: object) -> int:
    if type(day) is not int or not 1 <= day <= 7:
        raise ValueError(f"{day!r} is not a weekday; write 1 for Monday to 7 for Sunday")
    return day


def _zone(value: object) -> ZoneInfo:
    zone = zone_named(text(value))
    if zone is None:
        nearest = closest(text(value), available_timezones(), cutoff=0.85) or "Europe/Zurich"
        raise ValueError(f'"{value}" is not a time zone; write one like "{nearest}"')
    return zone


Text = Annotated[str, BeforeValidator(text), Field(json_schema_extra={"pattern": r"\S"})]
Flag = Annotated[bool, Strict()]
Address = Annotated[
    Text, AfterValidator(_address), Field(json_schema_extra={"pattern": "^https?://[^ ]+$"})
]
ClockTime = like(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", 'is not a time of day; write it like "08:00"')
DialledNumber = like(r"^\+[1-9][0-9]{6,14}$", 'cannot be dialled; write it like "+41223797000"')
# Written `2026-11-24`, with or without quotes.
Day = Annotated[date, BeforeValidator(_day)]
_Weekday = Annotated[int, BeforeValidator(_weekday), Field(json_schema_extra=_WEEK)]
# Sorted ISO numbers: Monday is 1.
Weekdays = Annotated[tuple[_Weekday, ...], AfterValidator(lambda days: tuple(sorted(set(days))))]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
