"""The days on which the library is closed: listed in the handbook, and nobody can be reached then."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime

import pytest

from procedure.errors import Fault
from procedure.guide.contact_hours import ContactAvailability, Presence, reachable
from procedure.guide.steps import Contact
from procedure.handbook.contacts import closures, read_closures, read_contacts
from procedure.handbook.table_reader import Page

CONTACT = Contact(
    "codis", weekdays=(1, 2, 3, 4, 5), hours_known=True, opens="08:00", closes="17:00"
)


def page(text: str) -> Page:
    return Page("contacts.toml", tomllib.loads(text))


def test_closures_of_days_and_spans_include_both_ends() -> None:
    listed = ["2026-12-24", "2026-12-30/2027-01-02", date(2027, 4, 1)]
    assert closures(listed) == {
        date(2026, 12, 24),
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 2),
        date(2027, 4, 1),
    }


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("2026-12-24", 'must be a list of days such as "2026-12-24" or "2026-12-24/2027-01-03"'),
        (
            ["24.12.2026"],
            '"24.12.2026" is not a day; write "2026-12-24" or "2026-12-24/2027-01-03"',
        ),
        (
            ["2026-12-24/"],
            '"2026-12-24/" is not a day; write "2026-12-24" or "2026-12-24/2027-01-03"',
        ),
        (
            ["2027-01-03/2026-12-24"],
            '"2027-01-03/2026-12-24" does not end within 60 days of its beginning',
        ),
        (
            ["2026-12-24/2027-12-24"],
            '"2026-12-24/2027-12-24" does not end within 60 days of its beginning',
        ),
        ([7], '"7" is not a day; write "2026-12-24" or "2026-12-24/2027-01-03"'),
    ],
)
def test_closures_refuse_an_invalid_day_with_a_valid_example(value: object, why: str) -> None:
    with pytest.raises(ValueError) as refused:
        closures(value)
    assert str(refused.value) == why


def test_closures_list_is_no_contact() -> None:
    read = page('closures = ["2026-12-24"]\n[cad]\nticket = "https://example.org/"\n')
    assert list(dict(read_contacts(read))) == ["cad"]
    assert read_closures(read) == {date(2026, 12, 24)}
    assert (read.keys, read.faults) == (("cad",), [])


def test_read_closures_names_a_faulty_list() -> None:
    read = page("closures = [1]\n")
    assert read_closures(read) == frozenset()
    message = '"1" is not a day; write "2026-12-24" or "2026-12-24/2027-01-03"'
    assert read.faults == [Fault("contacts.toml", "closures", message)]


def test_reachable_after_a_closure_on_the_next_working_day() -> None:
    closed = closures(["2026-12-24/2027-01-03"])
    thursday = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
    monday = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
    assert reachable(CONTACT, thursday, closed) == ContactAvailability(
        Presence.CLOSED, monday, True
    )


def test_read_contacts_owner_and_review_date() -> None:
    written = '[cad]\nticket = "https://example.org/"\nowner = "Anna"\nreviewed = {}\n'
    for value in ("2026-11-24", '"2026-11-24"'):
        ((_, contact),) = read_contacts(page(written.format(value)))
        assert (contact.owner, contact.reviewed) == ("Anna", date(2026, 11, 24))
    read = page(written.format('"24.11.2026"'))
    list(read_contacts(read))
    message = '"24.11.2026" is not a day; write it like "2026-11-24"'
    assert read.faults == [Fault("contacts.toml", "cad.reviewed", message)]
