"""The dates and periods that machines write are found; those that people write are not."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.periods import Period, day_of, periods

ZURICH = ZoneInfo("Europe/Zurich")
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HEADER = "THIS IS A SCHEDULED EVENT "


def span(*parts: tuple[int, int, int, int]) -> list[Period]:
    start, end = (datetime(2026, *part, tzinfo=UTC) for part in parts)
    return [(start, end)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEADER + "Nov 27, 21:00 - 22:00 UTC", span((11, 27, 21, 0), (11, 27, 22, 0))),
        (HEADER + "Nov 27, 21:00 - Nov 28, 02:00 UTC", span((11, 27, 21, 0), (11, 28, 2, 0))),
        (HEADER + "Nov 27, 21:00 - 22:00 CET", span((11, 27, 20, 0), (11, 27, 21, 0))),
        (HEADER + "Nov 27, 16:00 - 17:00 EST", span((11, 27, 21, 0), (11, 27, 22, 0))),
        ("Alma, 28.11.2026, 07:00 – 09:00 Uhr", span((11, 28, 6, 0), (11, 28, 8, 0))),
        ("Alma 28.11.2026 07:00 Uhr - 09:00 Uhr", span((11, 28, 6, 0), (11, 28, 8, 0))),
        ("Alma 28.11.2026 22:00-02:00", span((11, 28, 21, 0), (11, 29, 1, 0))),
        ("Alma 28.11.2026 22:00 - 24:00", span((11, 28, 21, 0), (11, 28, 23, 0))),
        ("28.11.2026 22:00 - 29.11.2026 02:00", span((11, 28, 21, 0), (11, 29, 1, 0))),
    ],
)
def test_periods_written_by_machines(text: str, found: list[Period]) -> None:
    assert periods(text, AT, ZURICH) == found


def test_header_after_new_year_is_in_the_next_year() -> None:
    at = datetime(2026, 12, 30, tzinfo=UTC)
    (period,) = periods(HEADER + "Dec 31, 23:00 - Jan 1, 01:00 UTC", at, ZURICH)
    assert period == (
        datetime(2026, 12, 31, 23, tzinfo=UTC),
        datetime(2027, 1, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "text",
    [
        "le 08/12/2026 de 6h à 7h",
        "am 29.11.2026 von 18:00 bis 20:00",
        "31.02.2026 07:00 - 09:00",
        "28.11.2026 09:00 - 07:00",
        HEADER + "Nov 27, 21:00 - 22:00 XYZ",
        "Nov 27, 21:00 - 22:00 UTC",
    ],
)
def test_other_times_are_no_periods(text: str) -> None:
    assert periods(text, AT, ZURICH) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Mardi 24.11 : Alma est perturbé", date(2026, 11, 24)),
        ("23.11.2026, 08:00", date(2026, 11, 23)),
        ("2026-11-23 Alma", date(2026, 11, 23)),
        ("le 24/11/2026", date(2026, 11, 24)),
        ("28.12. Alma", date(2025, 12, 28)),
        ("Coupure le 25/11/2026", None),
        ("31.02.2026", None),
        ("Alma is down", None),
    ],
)
def test_day_of_a_line(text: str, day: date | None) -> None:
    assert day_of(text, AT, ZURICH) == day
