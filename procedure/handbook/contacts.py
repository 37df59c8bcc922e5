"""Whom to call, read from its paper: numbers that can be dialled, hours only where given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, cast

from procedure.guide.steps import Contact, Telephone
from procedure.handbook.fields import address, clock_time, tables, telephone, text, weekdays
from procedure.handbook.page import Field, KeyRule, Page, Shape

LONGEST = timedelta(days=60)  # a longer closure is a year mistyped


def closures(value: object) -> frozenset[date]:
    """Read a list of days and spans such as `2026-12-24` and `2026-12-24/2027-01-03`.

    Both ends of a span are closed; dates are local. A ValueError says which entry cannot be read.
    """
    if not isinstance(value, list):
        raise ValueError('must be a list of days such as "2026-12-24" or "2026-12-24/2027-01-03"')  # noqa: TRY004 - a wrong type in a file is a wrong value
    entries = cast("list[object]", value)
    return frozenset(day for entry in entries for day in _days(entry))


def _days(entry: object) -> Iterator[date]:
    first, last = _ends(entry)
    if not timedelta() <= last - first <= LONGEST:
        raise ValueError(f'"{entry}" does not end within {LONGEST.days} days of its beginning')
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _ends(entry: object) -> tuple[date, date]:
    if isinstance(entry, date) and not isinstance(entry, datetime):
        return entry, entry
    begin, slash, end = str(entry).partition("/")
    try:
        return date.fromisoformat(begin), date.fromisoformat(end if slash else begin)
    except ValueError:
        raise ValueError(
            f'"{entry}" is not a day; write "2026-12-24" or "2026-12-24/2027-01-03"'
        ) from None


_CONTACT_KEY = KeyRule(
    re.compile(r"[a-z][a-z0-9-]*"), "a contact's key is small letters, digits and hyphens"
)
_CONTACT: Shape = {
    "telephones": Field(tables),
    "ticket": Field(address),
    "weekdays": Field(weekdays),
    "opens": Field(clock_time),
    "closes": Field(clock_time),
}
_TELEPHONE: Shape = {
    "shown": Field(text, required=True),
    "dialled": Field(telephone, required=True),
    "person": Field(text),
    "weekdays": Field(weekdays),
}


_CLOSURES = "closures"


def read_closures(page: Page) -> frozenset[date]:
    """Read the local dates on which nobody at all is there; none when the paper lists none."""
    alone = {key: found for key, found in (page.content or {}).items() if key == _CLOSURES}
    return page.table("", alone, {_CLOSURES: Field(closures)}).get(_CLOSURES, frozenset())


def read_contacts(page: Page) -> Iterator[tuple[str, Contact]]:
    """Read the contacts by key; what is faulty is noted on the page and left out."""
    for key, values in page.sections(_CONTACT_KEY, _CONTACT, besides=(_CLOSURES,)):
        given: tuple[dict[str, object], ...] = values.pop("telephones", ())
        telephones = [
            _telephone(page, f"{key}.telephones[{n}]", one) for n, one in enumerate(given, 1)
        ]
        _check_hours(page, key, values)
        if not given and not values.get("ticket") and page.sound(f"{key}.telephones"):
            page.fault(key, "has neither telephones nor a ticket; say how to reach it")
        contact = Contact(
            key=key,
            telephones=tuple(one for one in telephones if one),
            hours_known=bool(values.get("weekdays")),
            **values,
        )
        yield key, contact


def _telephone(page: Page, key: str, found: dict[str, object]) -> Telephone | None:
    values = page.table(key, found, _TELEPHONE)
    if not {"shown", "dialled"} <= values.keys():
        return None
    last = re.sub(r"\D", "", values["shown"])[-4:]
    if not values["dialled"].endswith(last):
        page.fault(key, f'"{values["shown"]}" is shown, but "{values["dialled"]}" is dialled')
    return Telephone(**values)


def _check_hours(page: Page, key: str, values: dict[str, Any]) -> None:
    opens, closes = values.get("opens"), values.get("closes")
    if (opens is None) != (closes is None):
        page.fault(key, "opens and closes go together; give both, or neither if it is not known")
    elif opens is not None and closes is not None and opens >= closes:
        page.fault(f"{key}.closes", f"closes at {closes}, before it opens at {opens}")
    if opens is not None and not values.get("weekdays"):
        page.fault(f"{key}.weekdays", "missing; hours need the days on which they hold")
