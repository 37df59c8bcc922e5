"""A site's last hour: steps of two minutes, each what most of its workstations saw then."""

from datetime import timedelta

from procedure.monitoring.model import Outcome, Status, Vantage
from procedure.monitoring.site_history import SiteHistory
from tests.dashboard.conftest import NOON

UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN
MAIL = Vantage("pc", "Uni Mail")


def seen(minutes_ago: float, status: Status, spent: float | None = None) -> Outcome:
    at = NOON - timedelta(minutes=minutes_ago)
    return Outcome("alma", "https://a", "pc", at, status, latency_ms=spent)


def of(*outcomes: Outcome) -> list[tuple[float, Status, float | None]]:
    hour = SiteHistory()
    for outcome in outcomes:
        hour.add(MAIL, [outcome])
    hours = hour.of("alma", "Uni Mail", NOON)
    assert hour.of("alma", "Uni CMU", NOON) == ()
    return [((NOON - hour.at).total_seconds() / 60, hour.status, hour.latency_ms) for hour in hours]


def test_steps_are_the_majority_status_and_the_median_latency() -> None:
    assert of(seen(4, UP, 10), seen(3.5, UP, 30), seen(3, DOWN), seen(1.9, SLOW, 900)) == [
        (3.0, UP, 20.0),
        (1.0, SLOW, 900.0),
    ]
    assert of(seen(4, UP, 10), seen(3.5, DOWN), seen(3, DOWN, 5000)) == [(3.0, DOWN, 10.0)]


def test_steps_older_than_an_hour_are_dropped_and_late_readings_added() -> None:
    assert of(seen(62, UP, 1), seen(30, UP, 2), seen(2, UP, 3), seen(29, UP, 4)) == [
        (29.0, UP, 3.0),
        (1.0, UP, 3.0),
    ]
    assert of(seen(2, UP, 3), seen(20, UP, 4)) == [(1.0, UP, 3.0)]


def test_steps_ignore_unknown_readings() -> None:
    assert of(seen(2, UNKNOWN)) == []
