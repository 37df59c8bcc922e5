"""Instants in the commands' input and output, and durations in their output."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from dashboard.cli.instants import Instant, format_duration, format_local, format_utc


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("2026-11-24", datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
        ("2026-11-24T09:12", datetime(2026, 11, 24, 8, 12, tzinfo=UTC)),
        ("2026-07-01T09:12:30", datetime(2026, 7, 1, 7, 12, 30, tzinfo=UTC)),
        ("2026-11-24T09:12:00-05:00", datetime(2026, 11, 24, 14, 12, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_convert_without_an_offset_is_local_time(given: str, at: datetime) -> None:
    assert Instant().convert(given, None, None) == at


@pytest.mark.parametrize(
    "given", ["0001-01-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "2101-01-01"]
)
def test_convert_refuses_an_impossible_year(given: str) -> None:
    with pytest.raises(click.BadParameter, match="is not between the years 1970 and 2100"):
        Instant().convert(given, None, None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 0 min"),
        (86399, "23 h 59 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_format_duration_has_two_units(seconds: float, words: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == words


def test_format_local_and_format_utc() -> None:
    at = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
    assert (format_local(at), format_local(None)) == ("2026-11-24 09:12", "-")
    assert (format_utc(at), format_utc(None)) == ("2026-11-24T08:12:00Z", None)
