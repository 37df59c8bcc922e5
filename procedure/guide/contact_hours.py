"""The times at which contacts can be reached."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

import holidays

from procedure.guide.steps import Contact, Step
from procedure.local_time import library_zone
from procedure.opening_hours import OpeningHours

# How far ahead to look for the next opening or closing.
_HORIZON = timedelta(days=366)


class Presence(StrEnum):
    """Whether a contact can be reached, according to the handbook."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ContactAvailability:
    """Whether a contact can be reached, and until when.

    `changes` is the time (aware UTC) of the next opening or closing, or None if it is unknown or at
    least a year away. If `hours_given` is false, the handbook gives no times of day; `changes` is
    then None or a local midnight, and only its date is meaningful.
    """

    presence: Presence
    changes: datetime | None = None
    hours_given: bool = False


def reachable(
    hours: OpeningHours, at: datetime, closed: Collection[date] = ()
) -> ContactAvailability:
    """Return whether a contact can be reached at the time `at` (aware).

    `closed` holds local dates without service, such as public holidays. If the handbook names no
    weekdays, the presence is `UNKNOWN`.
    """
    if not hours.hours_known:
        return ContactAvailability(Presence.UNKNOWN)
    hours_given = hours.opens is not None or bool(hours.other_hours)
    for begin, end in _openings(hours, at, closed):
        if begin <= at < end:
            lasting = end - at >= _HORIZON
            return ContactAvailability(Presence.OPEN, None if lasting else end, hours_given)
        if at < begin:
            return ContactAvailability(Presence.CLOSED, begin, hours_given)
    return ContactAvailability(Presence.CLOSED, None, hours_given)


def applicable_step(
    step: Step,
    contacts: Mapping[str, Contact],
    at: datetime,
    closed: Collection[date] = (),
) -> str:
    """Return the key of the step to show when a walk reaches `step` at the time `at` (aware).

    This is the step's `when_closed` if its contact is known to be unavailable, or else the step
    itself.
    """
    if step.contact is None or step.when_closed is None:
        return step.key
    presence = reachable(contacts[step.contact], at, closed).presence
    return step.when_closed if presence is Presence.CLOSED else step.key


def _openings(
    hours: OpeningHours, at: datetime, closed: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the start and end (UTC) of each opening, starting with the day of `at`.

    Adjacent openings are joined.
    """
    span: tuple[datetime, datetime] | None = None
    for begin, end in _days(hours, at, closed):
        if span is not None and begin <= span[1]:
            span = span[0], end
            continue
        if span is not None:
            yield span
        span = begin, end
    if span is not None:
        yield span


def _days(
    hours: OpeningHours, at: datetime, closed: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    today = at.astimezone(library_zone()).date()
    for ahead in range(_HORIZON.days + 1):
        day = today + timedelta(days=ahead)
        if day.isoweekday() not in hours.days or day in closed:
            continue
        opens, closes = hours.hours_on(day.isoweekday())
        end = _instant(day, closes) if closes else _instant(day + timedelta(1))
        yield _instant(day, opens or "00:00"), end


def _instant(day: date, clock: str = "00:00") -> datetime:
    local = datetime.combine(day, time.fromisoformat(clock), tzinfo=library_zone())
    return local.astimezone(UTC)


def public_holidays(region: str, years: Iterable[int]) -> frozenset[date]:
    """Return the public holidays of a region such as `CH-GE`, as local dates.

    There are none if `region` is empty.
    """
    country, _, part = region.partition("-")
    if not country:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=list(years)))


@cache
def coming_holidays(region: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year and the following year."""
    return public_holidays(region, (year, year + 1))
