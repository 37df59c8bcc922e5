"""A contact's hours follow local time in Geneva; all dates are in 2026."""

from datetime import UTC, date, datetime

import pytest

from procedure.guide.contact_hours import ContactAvailability, Presence, applicable_step, reachable
from procedure.guide.steps import Contact, Step
from procedure.opening_hours import OtherHours

CODIS = Contact("codis", weekdays=(1, 2, 3, 4, 5))
OFFICE = Contact("office", weekdays=(1, 2, 3, 4, 5), opens="08:00", closes="17:30")
CAD = Contact("cad")


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_reachable_is_unknown_without_hours() -> None:
    assert reachable(CAD, utc(11, 24, 9)) == ContactAvailability(Presence.UNKNOWN)


@pytest.mark.parametrize(
    ("at", "presence", "changes"),
    [
        # The week of Tuesday 24 November, in UTC+1. CODIS can be reached from Monday to Friday.
        (utc(11, 24, 9), Presence.OPEN, utc(11, 27, 23)),
        (utc(11, 27, 22, 59), Presence.OPEN, utc(11, 27, 23)),
        (utc(11, 27, 23), Presence.CLOSED, utc(11, 29, 23)),
        (utc(11, 29, 22, 59), Presence.CLOSED, utc(11, 29, 23)),
        (utc(11, 29, 23), Presence.OPEN, utc(12, 4, 23)),
        # The last weekend of summer time: Friday ends in UTC+2, and Monday begins in UTC+1.
        (utc(10, 23, 21, 59), Presence.OPEN, utc(10, 23, 22)),
        (utc(10, 24, 12), Presence.CLOSED, utc(10, 25, 23)),
    ],
)
def test_reachable_on_days_without_hours(
    at: datetime, presence: Presence, changes: datetime
) -> None:
    assert reachable(CODIS, at) == ContactAvailability(presence, changes, hours_given=False)


@pytest.mark.parametrize(
    ("at", "presence", "changes"),
    [
        (utc(11, 24, 6, 59), Presence.CLOSED, utc(11, 24, 7)),
        (utc(11, 24, 7), Presence.OPEN, utc(11, 24, 16, 30)),
        (utc(11, 24, 16, 30), Presence.CLOSED, utc(11, 25, 7)),
        (utc(11, 27, 20), Presence.CLOSED, utc(11, 30, 7)),
        (utc(7, 7, 6), Presence.OPEN, utc(7, 7, 15, 30)),
    ],
)
def test_reachable_on_days_with_hours(at: datetime, presence: Presence, changes: datetime) -> None:
    assert reachable(OFFICE, at) == ContactAvailability(presence, changes, hours_given=True)


def test_reachable_on_a_holiday_is_closed() -> None:
    closed = {date(2026, 12, 25), date(2026, 12, 28)}
    assert reachable(OFFICE, utc(12, 25, 9), closed) == ContactAvailability(
        Presence.CLOSED, utc(12, 29, 7), hours_given=True
    )
    assert reachable(CODIS, utc(12, 24, 9), closed).changes == utc(12, 24, 23)


def test_reachable_always_without_hours_on_every_day() -> None:
    always = Contact("always", weekdays=(1, 2, 3, 4, 5, 6, 7))
    assert reachable(always, utc(11, 24, 9)) == ContactAvailability(Presence.OPEN)


def test_reachable_has_no_next_opening_after_a_year_of_closure() -> None:
    mondays = Contact("mondays", weekdays=(1,))
    year = {date.fromordinal(date(2026, 1, 1).toordinal() + day) for day in range(800)}
    assert reachable(mondays, utc(1, 5, 9), year) == ContactAvailability(Presence.CLOSED)


@pytest.mark.parametrize(
    ("step", "at", "applied"),
    [
        (Step("B1", "contact", contact="codis", when_closed="C1"), utc(11, 24, 9), "B1"),
        (Step("B1", "contact", contact="codis", when_closed="C1"), utc(11, 28, 9), "C1"),
        (Step("B1", "contact", contact="codis"), utc(11, 28, 9), "B1"),
        (Step("B2", "contact", contact="cad", when_closed="C1"), utc(11, 28, 9), "B2"),
        (Step("C1", "lending"), utc(11, 28, 9), "C1"),
    ],
)
def test_applicable_step_at_the_weekend(step: Step, at: datetime, applied: str) -> None:
    assert applicable_step(step, {"codis": CODIS, "cad": CAD}, at) == applied


def test_applicable_step_on_a_holiday() -> None:
    step = Step("B1", "contact", contact="codis", when_closed="C1")
    assert applicable_step(step, {"codis": CODIS}, utc(11, 24, 9), {date(2026, 11, 24)}) == "C1"


# This contact has shorter hours on Friday and on Saturday.
LATE = Contact(
    "late",
    weekdays=(1, 2, 3, 4),
    opens="09:00",
    closes="20:00",
    other_hours=(OtherHours((5,), "09:00", "17:30"), OtherHours((6,), "10:00", "13:00")),
)


@pytest.mark.parametrize(
    ("at", "presence", "changes"),
    [
        (utc(11, 26, 18), Presence.OPEN, utc(11, 26, 19)),  # Thursday, 19:00 in Geneva
        (utc(11, 27, 16), Presence.OPEN, utc(11, 27, 16, 30)),
        (utc(11, 27, 18), Presence.CLOSED, utc(11, 28, 9)),
        (utc(11, 28, 11), Presence.OPEN, utc(11, 28, 12)),
        (utc(11, 28, 13), Presence.CLOSED, utc(11, 30, 8)),
    ],
)
def test_reachable_with_different_hours_on_weekdays(
    at: datetime, presence: Presence, changes: datetime
) -> None:
    assert reachable(LATE, at) == ContactAvailability(presence, changes, hours_given=True)
    assert LATE.days == (1, 2, 3, 4, 5, 6)
