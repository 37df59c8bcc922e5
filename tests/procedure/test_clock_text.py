"""A time written by a person is the one near the present that they mean, or none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from procedure.clock_text import last_at, next_at

NOW = datetime(2026, 11, 24, 8, 21, tzinfo=UTC)  # 09:21 in Geneva


def utc(day: int, hour: int, minute: int, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "last", "coming"),
    [
        ("09:12", utc(24, 8, 12), utc(25, 8, 12)),
        (" 9h12 ", utc(24, 8, 12), utc(25, 8, 12)),
        ("9.12", utc(24, 8, 12), utc(25, 8, 12)),
        ("23:50", utc(23, 22, 50), utc(24, 22, 50)),
        ("09:21", utc(24, 8, 21), utc(25, 8, 21)),
        ("22.11. 14:00", utc(22, 13, 0), utc(22, 13, 0, year=2027)),
        ("1/12 08:00", utc(1, 7, 0, month=12, year=2025), utc(1, 7, 0, month=12)),
        ("24:00", None, None),
        ("09:60", None, None),
        ("31.2. 10:00", None, None),
        ("0.0. 10:00", None, None),
        ("bientôt", None, None),
        ("2071234567", None, None),
        ("", None, None),
    ],
)
def test_a_time_is_the_nearest_one(
    text: str, last: datetime | None, coming: datetime | None
) -> None:
    assert (last_at(text, NOW), next_at(text, NOW)) == (last, coming)


def test_in_the_hour_that_comes_twice_the_past_is_the_newest_and_the_future_the_first() -> None:
    after = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
    before = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert last_at("02:30", after) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert next_at("02:30", before) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
