"""Times on status pages are converted to UTC, even in hours that are skipped or occur twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from procedure.status_pages.dates import latest, read_instant

GENEVA = ZoneInfo("Europe/Zurich")
UTC_ZONE = ZoneInfo("UTC")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T12:00:00Z",
        "2026-11-24T13:00:00.000+01:00",
        "2026-11-24 12:00:00",
        "Tue, 24 Nov 2026 12:00:00 GMT",
        "Tue, 24 Nov 2026 07:00:00 -0500",
        "24 Nov 2026 12:00:00 -0000",
        "  2026-11-24T12:00:00Z ",
    ],
)
def test_read_instant_in_every_format(written: str) -> None:
    assert read_instant(written, UTC_ZONE) == NOON


def test_read_instant_without_a_zone_is_in_the_pages_zone() -> None:
    assert read_instant("2026-11-24 13:00:00", GENEVA) == NOON
    assert read_instant("2026-07-01 13:00:00", GENEVA) == datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert read_instant("2026-03-29 02:30:00", GENEVA) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert read_instant("2026-10-25 02:30:00", GENEVA) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1999-12-31T00:00:00Z",
        None,
        1764000000,
        True,
        ["2026-11-24T12:00:00Z"],
        "9" * 5000,
        "Tue, 99 Nov 2026 12:00:00 GMT",
        "2026-11-24T12:00:00+99:99",
    ],
)
def test_read_instant_outside_this_century_is_none(written: object) -> None:
    assert read_instant(written, UTC_ZONE) is None


def test_latest_ignores_rubbish() -> None:
    assert latest(["x", "2026-11-24T12:00:00Z", None, "2025-01-01"], UTC_ZONE) == NOON
    assert latest([], UTC_ZONE) is None


@given(st.text(alphabet="0123456789.-:h, –àto\n", max_size=60))
def test_read_instant_never_raises(text: str) -> None:
    instant = read_instant(text, GENEVA)
    assert instant is None or instant.tzinfo is UTC
