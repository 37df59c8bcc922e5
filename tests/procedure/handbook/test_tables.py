"""The tables of a handbook, tested with values that are only just accepted or refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from procedure.guide.steps import Telephone
from procedure.handbook.page import Page, SectionedFile
from procedure.handbook.tables import CONTACTS, DESKS, STEPS, TARGETS
from procedure.status_pages.feed import Feed

FEED = {"format": "statuspage", "url": "https://status.example.org/", "filter": ["EU03"]}
NUMBER = {"shown": "(022 37) 97000", "dialled": "+41223797000"}
NO_DAY = 'is neither a date nor a range of dates; write "2026-12-24" or "2026-12-24/2027-01-03"'
TOO_LONG = "must end on or after its first day, and within 60 days of it"
DAYS = ["2026-12-24", "2026-12-30/2027-01-02", date(2027, 4, 1)]


def read(layout: SectionedFile, key: str, value: object) -> tuple[Any, list[str]]:
    """Read an entry in the place that its layout requires; return its value and fault messages.

    Keys in `layout.head` are above the sections, and all others are in a section.
    """
    section = "A1" if layout is STEPS else "a"
    page = Page("any.toml", {key: value} if key in layout.head.rules else {section: {key: value}})
    head, sections = page.read(layout)
    messages = [fault.message for fault in page.faults if fault.message != "missing; add it"]
    return (head | sections.get(section, {})).get(key), messages


@pytest.mark.parametrize(
    ("layout", "key", "value", "expected"),
    [
        (DESKS, "name", " a ", " a "),
        (DESKS, "name", "Panne\u202f?", "Panne\u202f?"),
        (DESKS, "libraries", ["a", "b"], ("a", "b")),
        (DESKS, "libraries", [], ()),
        (DESKS, "confirmed", False, False),
        (CONTACTS, "weekdays", [7, 1, 1], (1, 7)),
        (CONTACTS, "closes", "23:59", "23:59"),
        (CONTACTS, "reviewed", "2026-11-24", date(2026, 11, 24)),
        (CONTACTS, "reviewed", date(2026, 11, 24), date(2026, 11, 24)),
        (CONTACTS, "telephones", [NUMBER], (Telephone("(022 37) 97000", "+41223797000"),)),
        (
            CONTACTS,
            "closures",
            DAYS,
            {*(date(2026, 12, day) for day in (24, 30, 31)), date(2027, 1, 1), date(2027, 1, 2)}
            | {date(2027, 4, 1)},
        ),
        (TARGETS, "retries", 10, 10),
        (TARGETS, "interval", "10 s", timedelta(seconds=10)),
        (TARGETS, "interval", "5min", timedelta(minutes=5)),
        (TARGETS, "interval", "24 h", timedelta(days=1)),
        (TARGETS, "url", "http://localhost:8080/a?b=c#d", "http://localhost:8080/a?b=c#d"),
        (TARGETS, "feed", FEED, Feed("statuspage", "https://status.example.org/", ("EU03",))),
        (
            TARGETS,
            "feed",
            FEED | {"zone": "Europe/Zurich"},
            Feed(
                "statuspage",
                "https://status.example.org/",
                ("EU03",),
                "Europe/Zurich",
            ),
        ),
    ],
)
def test_read_accepts_valid_values(
    layout: SectionedFile, key: str, value: object, expected: object
) -> None:
    assert read(layout, key, value) == (expected, [])


@pytest.mark.parametrize(
    ("layout", "key", "value", "message"),
    [
        (DESKS, "name", 1, "must be text, not a number"),
        (DESKS, "name", "", "is empty; give a value or remove the key"),
        (DESKS, "name", "FILL IN: a name", "is not filled in: write a name"),
        (DESKS, "name", "a\x7fb", "contains a control character (U+007F); keep it on one line"),
        (DESKS, "libraries", ["a", 1.5], "must be text, not a number"),
        (DESKS, "libraries", {}, "must be a list, not a table"),
        (DESKS, "confirmed", 1, "must be true or false, not a number"),
        (DESKS, "confirmed", date(2026, 1, 1), "must be true or false, not a date"),
        (STEPS, "answers", True, "must be a table, not true or false"),
        (STEPS, "kind", "landing", '"landing" is not known here; did you mean "lending"?'),
        (CONTACTS, "telephones", [3], "must be a table, not a number"),
        (
            CONTACTS,
            "telephones",
            [NUMBER | {"shown": "97001"}],
            '"97001" is shown, but "+41223797000" is dialled',
        ),
        (CONTACTS, "weekdays", [0], "0 is not a weekday; write 1 for Monday to 7 for Sunday"),
        (CONTACTS, "weekdays", [True], "True is not a weekday; write 1 for Monday to 7 for Sunday"),
        (CONTACTS, "opens", "24:00", '"24:00" is not a time of day; write it like "08:00"'),
        (
            CONTACTS,
            "opens",
            "08:00\n",
            "contains a control character (U+000A); keep it on one line",
        ),
        (
            CONTACTS,
            "reviewed",
            "24.11.2026",
            '"24.11.2026" is not a date; write it like "2026-11-24"',
        ),
        (
            CONTACTS,
            "closures",
            "2026-12-24",
            'must be a list of dates such as "2026-12-24" or "2026-12-24/2027-01-03"',
        ),
        (CONTACTS, "closures", ["24.12.2026"], f'"24.12.2026" {NO_DAY}'),
        (CONTACTS, "closures", ["2026-12-24/"], f'"2026-12-24/" {NO_DAY}'),
        (CONTACTS, "closures", [7], f'"7" {NO_DAY}'),
        (
            CONTACTS,
            "closures",
            ["2027-01-03/2026-12-24"],
            f'"2027-01-03/2026-12-24" {TOO_LONG}',
        ),
        (
            CONTACTS,
            "closures",
            ["2026-12-24/2027-12-24"],
            f'"2026-12-24/2027-12-24" {TOO_LONG}',
        ),
        (TARGETS, "recovery", 0, "must be a whole number from 1 to 10"),
        (TARGETS, "retries", True, "must be a whole number from 0 to 10"),
        (TARGETS, "interval", "9 s", '"9 s" is not between 10 s and 24 h'),
        (TARGETS, "interval", "25 h", '"25 h" is not between 10 s and 24 h'),
        (
            TARGETS,
            "interval",
            "٦٠ s",
            '"٦٠ s" is not a duration; write "60 s", "5 min" or "1 h"',
        ),
        *(
            (TARGETS, "url", wrong, f'"{wrong}" is not an address; write https:// and a host')
            for wrong in ("https://a b.example", "https://[::1", "https://x.example:99999/")
        ),
        (
            TARGETS,
            "url",
            "javascript:alert(1)",
            '"javascript:alert(1)" is not an address; write https:// and a host',
        ),
        (TARGETS, "means", [], 'is empty; write what the target is, or "other"'),
    ],
)
def test_read_refuses_invalid_values(
    layout: SectionedFile, key: str, value: object, message: str
) -> None:
    assert read(layout, key, value) == (None, [message])
