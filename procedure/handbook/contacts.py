"""Contacts and closures, read from `contacts.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, cast

from procedure.guide.steps import Contact, Telephone
from procedure.handbook.fields import address, clock_time, day, tables, telephone, text, weekdays
from procedure.handbook.table_reader import Field, KeyRule, Page, Shape

MAX_CLOSURE = timedelta(days=60)  # a longer one has a mistyped year


def closures(value: object) -> frozenset[date]:
    """Return the local dates of days and spans such as `2026-12-24` and `2026-12-24/2027-01-03`.

    Both ends of a span are included. A ValueError names the entry that cannot be parsed.
    """
    if not isinstance(value, list):
        raise ValueError('must be a list of days such as "2026-12-24" or "2026-12-24/2027-01-03"')  # noqa: TRY004 - a wrong type in a file is a wrong value
    entries = cast("list[object]", value)
    return frozenset(day for entry in entries for day in _days(entry))


def _days(entry: object) -> Iterator[date]:
    first, last = _parse_span(entry)
    if not timedelta() <= last - first <= MAX_CLOSURE:
        raise ValueError(f'"{entry}" does not end within {MAX_CLOSURE.days} days of its beginning')
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _parse_span(entry: object) -> tuple[date, date]:
    if isinstance(entry, date) and not isinstance(entry, datetime):
        return entry, entry
    begin, slash, end = str(entry).partition("/")
    try:
        return date.fromisoformat(begin), date.fromisoformat(end if slash else begin)
    except ValueError:
        raise ValueError(
            f'"{entry}" is not a day; write "2026-12-24" or "2026-12-24/2027-01-03"'
        ) from None


CONTACT_KEY = KeyRule(
    re.compile(r"[a-z][a-z0-9-]*"), "a contact's key is small letters, digits and hyphens"
)
CONTACT: Shape = {
    "telephones": Field(tables),
    "ticket": Field(address),
    "weekdays": Field(weekdays),
    "opens": Field(clock_time),
    "closes": Field(clock_time),
    "owner": Field(text),
    "reviewed": Field(day),
}
TELEPHONE: Shape = {
    "shown": Field(text, required=True),
    "dialled": Field(telephone, required=True),
    "person": Field(text),
    "weekdays": Field(weekdays),
}


def read_closures(page: Page) -> frozenset[date]:
    """Return the local dates on which the whole library is closed; empty if none are listed."""
    return page.value("closures", Field(closures), frozenset())


def read_contacts(page: Page) -> Iterator[tuple[str, Contact]]:
    """Yield contacts by key; invalid entries become faults of the page and are left out."""
    for key, values in page.sections(CONTACT_KEY, CONTACT, other_keys=("closures",)):
        given: tuple[dict[str, object], ...] = values.pop("telephones", ())
        telephones = [
            _telephone(page, f"{key}.telephones[{n}]", telephone)
            for n, telephone in enumerate(given, 1)
        ]
        _check_hours(page, key, values)
        if not given and not values.get("ticket") and page.is_complete(key):
            page.fault(key, "has neither telephones nor a ticket; say how to reach it")
        contact = Contact(
            key=key,
            telephones=tuple(telephone for telephone in telephones if telephone),
            hours_known=bool(values.get("weekdays")),
            **values,
        )
        yield key, contact


def _telephone(page: Page, key: str, table: dict[str, object]) -> Telephone | None:
    values = page.table(key, table, TELEPHONE)
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
