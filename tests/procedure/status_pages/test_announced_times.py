"""Times in prose are read in Geneva's local time, even across midnight and clock changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from procedure.status_pages.announced_times import AnnouncedTime, announced_times

GENEVA = ZoneInfo("Europe/Zurich")
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def november(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MORNING = AnnouncedTime(november(28, 6), november(28, 8, 30))
NIGHT = AnnouncedTime(november(28, 21), november(29, 1))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Wartung: 28.11.2026, 07:00 – 09:30 Uhr", MORNING),
        ("am 28. November, 7.00 bis 9.30 Uhr", MORNING),
        ("Maintenance le 28.11.2026 à 07h00 - 09h30", MORNING),
        ("samedi 28 novembre, de 7h à 9h30", MORNING),
        ("sabato 28 novembre 2026, dalle ore 7 alle ore 9.30", MORNING),
        ("from 7am to 9:30am on Saturday, November 28", MORNING),
        ("Nov 28, 06:00 - 08:30 UTC", MORNING),
        ("28/11/2026 07:00-09:30", MORNING),
        ("2026-11-28 22:00 to 2026-11-29 02:00", NIGHT),
        ("vom 28.11.2026 22:00 bis 29.11.2026 02:00 Uhr", NIGHT),
        ("21:00 UTC on Nov 28 to 01:00 UTC on Sunday, Nov 29", NIGHT),
        ("28.11. zwischen 22 und 2 Uhr", NIGHT),
        ("ab 28.11. um 18 Uhr", AnnouncedTime(november(28, 17), None)),
        ("bis 28.11.2026, 12:00", AnnouncedTime(november(28, 11), None, deadline=True)),
        ("d'ici au 28.11. à 12h", AnnouncedTime(november(28, 11), None, deadline=True)),
        ("am 28.11.", AnnouncedTime(november(27, 23), november(28, 23), hours=False)),
        ("28 - 29 November", AnnouncedTime(november(27, 23), november(29, 23), hours=False)),
    ],
)
def test_announced_times_of_one_span(text: str, time: AnnouncedTime) -> None:
    assert announced_times(text, GENEVA, AT) == [time]


def test_announced_times_of_several_spans() -> None:
    text = "Le 28.11. de 7h à 9h30, puis du 28.11. 22h au 29.11. 2h. Ouvert dès 10h."
    assert announced_times(text, GENEVA, AT) == [MORNING, NIGHT]


def test_announced_times_without_a_year_are_the_nearest() -> None:
    (next_year,) = announced_times("5. Januar, 08:00", GENEVA, AT)
    (last_year,) = announced_times("5 Nov, 08:00", GENEVA, datetime(2027, 1, 2, tzinfo=UTC))
    assert (next_year.start.year, last_year.start.year) == (2027, 2026)


def test_announced_times_across_a_clock_change() -> None:
    (spring,) = announced_times("29.03.2026 01:00 - 04:00", GENEVA, AT)
    (autumn,) = announced_times("25.10.2026 01:00 - 04:00", GENEVA, AT)
    assert spring == AnnouncedTime(
        datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)
    )
    assert autumn == AnnouncedTime(
        datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sunday morning",
        "since 9:10",
        "31.02.2026 07:00 - 09:00",
        "8 servers in 12.11",
        "28.11.2026 09:00 - 07:00",
        "28.11.1926",
        "5/6/2026",
        "https://example.org/28.11.2026/",
    ],
)
def test_announced_times_of_prose_without_any(text: str) -> None:
    assert announced_times(text, GENEVA, AT) == []


@given(st.text(alphabet="0123456789.-:h, –àto\nNovbisamUTC", max_size=80))
def test_announced_times_never_raise(text: str) -> None:
    for time in announced_times(text, GENEVA, AT):
        assert time.end is None or time.start < time.end
