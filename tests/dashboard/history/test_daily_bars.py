"""Ninety bars a row: the worst of a day, how many days failed, of how many."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

from dashboard.history.daily_bars import daily_bars
from dashboard.translations import language
from procedure.monitoring.downtime import StatusInterval, availability
from procedure.monitoring.model import Status
from procedure.outages.figures import AvailabilityFigures
from procedure.outages.ninety_days import NinetyDays, daily_availability

UNTIL = datetime(2026, 11, 24, 11, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ninety_days(*pieces: tuple[timedelta, Status | None]) -> NinetyDays:
    at, states = UNTIL - sum((length for length, _ in pieces), timedelta()), []
    for length, status in pieces:
        states.append(StatusInterval("A4", at, at + length, status))
        at += length
    figures = AvailabilityFigures(availability(states), None)
    days = {"A4": daily_availability(states)}
    return NinetyDays(UNTIL, {"A4": states}, {"A4": figures}, days, {})


def bars(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<i class="(\w+)" title="(.*?)"></i>', page)


def test_daily_bars_have_the_worst_status_and_its_duration() -> None:
    read = ninety_days(
        (3 * DAY, None),
        (2 * DAY, Status.UP),
        (26 * MINUTE, Status.DOWN),
        (DAY, Status.UP),
        (5 * MINUTE, Status.SLOW),
        (DAY - 31 * MINUTE, Status.UP),
        (59 * MINUTE / 60, Status.DOWN),
    )
    page = daily_bars(read, ["A4"], {"A4": "Alma"}, language("fr"))
    shown = bars(page)
    assert len(shown) == 90
    assert Counter(kind for kind, _ in shown) == {"none": 85, "up": 3, "down": 1, "slow": 1}
    assert shown[-3:] == [
        ("down", "dimanche 22 novembre\u202f: en panne 26\u202fmin"),
        ("slow", "lundi 23 novembre\u202f: lent 5\u202fmin"),
        ("up", "mardi 24 novembre\u202f: aucune panne"),
    ]
    assert "1 jour avec panne sur 5" in " ".join(re.sub("<.*?>", "", page).split())


def test_daily_bars_of_a_target_never_read_have_no_share() -> None:
    page = daily_bars(ninety_days((DAY, None)), ["A4"], {"A4": "Alma"}, language("en"))
    assert {kind for kind, _ in bars(page)} == {"none"}
    assert "never read" in page
    assert "%" not in page.partition("<tbody>")[2]


def test_daily_bars_before_the_first_reading_are_empty() -> None:
    assert daily_bars(None, ["A4"], {"A4": "Alma"}, language("fr")) == ""
