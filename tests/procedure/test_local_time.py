"""UTC and local times, including the two nights when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from procedure.local_time import (
    USUAL_ZONE,
    instants,
    is_ambiguous,
    local,
    local_day,
    parse_last_time,
    parse_next_time,
    use_zone,
    zone_named,
)
from procedure.status_pages.maintenance import PlannedWork


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def shown(*parts: int) -> datetime:
    return utc(*parts).replace(tzinfo=None)


def test_instants_of_an_ordinary_time() -> None:
    assert instants(shown(2026, 11, 24, 10, 0)) == (utc(2026, 11, 24, 9, 0),)
    assert instants(shown(2026, 7, 1, 10, 0)) == (utc(2026, 7, 1, 8, 0),)


def test_instants_of_the_skipped_march_hour_are_none() -> None:
    assert instants(shown(2026, 3, 29, 2, 30)) == ()
    assert local(utc(2026, 3, 29, 0, 59)).strftime("%H:%M %Z") == "01:59 CET"
    assert local(utc(2026, 3, 29, 1, 0)).strftime("%H:%M %Z") == "03:00 CEST"


def test_instants_of_the_doubled_october_hour_are_two() -> None:
    first, second = utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)
    assert instants(shown(2026, 10, 25, 2, 30)) == (first, second)
    assert [local(at).strftime("%H:%M %Z") for at in (first, second)] == ["02:30 CEST", "02:30 CET"]
    assert [is_ambiguous(at) for at in (first, second)] == [True, True]
    assert not is_ambiguous(utc(2026, 10, 25, 2, 0))
    assert not is_ambiguous(utc(2026, 10, 24, 23, 59))


def test_local_times_of_planned_work_across_a_clock_change() -> None:
    spring = PlannedWork(utc(2026, 3, 29, 0, 0), utc(2026, 3, 29, 2, 0), "feed:statuspage")
    autumn = PlannedWork(utc(2026, 10, 24, 23, 0), utc(2026, 10, 25, 3, 0), "feed:statuspage")
    times = [
        [local(at).strftime("%H:%M") for at in (work.start, work.end) if at]
        for work in (spring, autumn)
    ]
    assert times == [["01:00", "04:00"], ["01:00", "04:00"]]


@given(st.datetimes(shown(2020, 1, 1), shown(2035, 1, 1)))
def test_instants_include_every_instant_of_the_shown_time(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    assert at in instants(local(at).replace(tzinfo=None))


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/Havana", "Asia/Beirut", "Pacific/Apia"])
@given(st.lists(st.datetimes(shown(2010, 1, 1), shown(2030, 1, 1)), max_size=8))
def test_local_day_equals_the_date_of_the_local_time(zone: str, naive: list[datetime]) -> None:
    use_zone(ZoneInfo(zone))
    try:
        near = [
            at.replace(tzinfo=UTC) + timedelta(hours=hour) for at in naive for hour in range(30)
        ]
        assert [local_day(at) for at in near] == [local(at).date() for at in near]
    finally:
        use_zone(USUAL_ZONE)


def test_local_day_on_the_nights_when_the_clocks_change() -> None:
    for day in (utc(2026, 3, 28), utc(2026, 10, 24)):
        minutes = [day + timedelta(minutes=minute) for minute in range(60 * 48)]
        assert [local_day(at) for at in minutes] == [local(at).date() for at in minutes]


def test_instants_in_another_zone() -> None:
    new_york = ZoneInfo("America/New_York")
    assert instants(shown(2026, 11, 1, 1, 30), new_york) == (
        utc(2026, 11, 1, 5, 30),
        utc(2026, 11, 1, 5, 30) + timedelta(hours=1),
    )


@pytest.mark.parametrize("name", ["Nowhere/Land", "../etc/passwd", "", "Europe", "x" * 5000, "\0"])
def test_zone_named_of_an_unknown_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


def test_zone_named() -> None:
    assert zone_named("Europe/Zurich") == ZoneInfo("Europe/Zurich")


NOW = datetime(2026, 11, 24, 8, 21, tzinfo=UTC)  # 09:21 in Geneva


def november(day: int, hour: int, minute: int, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "last", "coming"),
    [
        ("09:12", november(24, 8, 12), november(25, 8, 12)),
        (" 9h12 ", november(24, 8, 12), november(25, 8, 12)),
        ("9.12", november(24, 8, 12), november(25, 8, 12)),
        ("23:50", november(23, 22, 50), november(24, 22, 50)),
        ("09:21", november(24, 8, 21), november(25, 8, 21)),
        ("22.11. 14:00", november(22, 13, 0), november(22, 13, 0, year=2027)),
        ("1/12 08:00", november(1, 7, 0, month=12, year=2025), november(1, 7, 0, month=12)),
        ("24:00", None, None),
        ("09:60", None, None),
        ("31.2. 10:00", None, None),
        ("0.0. 10:00", None, None),
        ("bientôt", None, None),
        ("2071234567", None, None),
        ("", None, None),
    ],
)
def test_parse_last_and_next_time_find_the_nearest(
    text: str, last: datetime | None, coming: datetime | None
) -> None:
    assert (parse_last_time(text, NOW), parse_next_time(text, NOW)) == (last, coming)


def test_parse_last_and_next_time_in_the_doubled_hour() -> None:
    after = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
    before = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert parse_last_time("02:30", after) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert parse_next_time("02:30", before) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
