"""The time of each local day, over both clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from procedure.monitoring.downtime import Availability, StatusInterval, availability
from procedure.monitoring.model import Status
from procedure.outages.ninety_days import daily_availability

HOUR = timedelta(hours=1)
OCTOBER = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight of the day with 25 hours


def interval(start: datetime, hours: float, status: Status | None) -> StatusInterval:
    return StatusInterval("A4", start, start + hours * HOUR, status)


def test_daily_availability_is_by_local_day() -> None:
    states = [
        interval(OCTOBER - HOUR, 2, Status.UP),
        interval(OCTOBER + HOUR, 24, Status.DOWN),
        interval(OCTOBER + 25 * HOUR, 1, None),
    ]
    assert daily_availability(states) == {
        date(2026, 10, 24): Availability(up=HOUR),
        date(2026, 10, 25): Availability(up=HOUR, down=24 * HOUR),
        date(2026, 10, 26): Availability(unread=HOUR),
    }
    assert daily_availability([]) == {}


@given(
    st.lists(st.integers(1, 4_000_000), max_size=40),
    st.lists(st.sampled_from([*Status, None]), min_size=40, max_size=40),
)
def test_daily_availability_sums_to_the_whole(
    seconds: list[int], statuses: list[Status | None]
) -> None:
    ends = [OCTOBER + timedelta(seconds=sum(seconds[:n])) for n in range(len(seconds) + 1)]
    states = [
        StatusInterval("A4", start, end, status)
        for (start, end), status in zip(pairwise(ends), statuses, strict=False)
    ]
    days = daily_availability(states)
    whole = availability(states)
    for name in ("up", "slow", "down", "unknown", "unread"):
        spent = (getattr(day, name) for day in days.values())
        assert sum(spent, timedelta()) == getattr(whole, name)
    assert list(days) == sorted(days)
