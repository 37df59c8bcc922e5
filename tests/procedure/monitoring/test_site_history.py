"""A site's last hour in steps of two minutes, each with the status that most workstations saw."""

from datetime import timedelta

from procedure.monitoring.model import Outcome, Status, Vantage
from procedure.monitoring.site_history import SiteHistory
from tests.support.clock import NOON

UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


def seen(
    minutes_ago: float, status: Status, spent: float | None = None, by: str = "pc-1"
) -> Outcome:
    at = NOON - timedelta(minutes=minutes_ago)
    return Outcome("alma", "https://a", by, at, status, latency_ms=spent)


def history_of(*outcomes: Outcome) -> SiteHistory:
    history = SiteHistory()
    for outcome in outcomes:
        history.add(Vantage(outcome.vantage, "Uni Mail"), [outcome])
    return history


def of(*outcomes: Outcome) -> list[tuple[float, Status, float | None]]:
    history = history_of(*outcomes)
    assert history.of("alma", "Uni CMU", NOON) == ()
    return shown(history)


def shown(history: SiteHistory) -> list[tuple[float, Status, float | None]]:
    steps = history.of("alma", "Uni Mail", NOON)
    return [((NOON - step.at).total_seconds() / 60, step.status, step.latency_ms) for step in steps]


def test_steps_are_the_majority_status_and_the_median_latency() -> None:
    three = seen(4, UP, 10), seen(3.5, UP, 30, by="pc-2"), seen(3, DOWN, by="pc-3")
    assert of(*three, seen(1.9, SLOW, 900)) == [(3.0, UP, 20.0), (1.0, SLOW, 900.0)]
    most_fail = seen(4, UP, 10), seen(3.5, DOWN, by="pc-2"), seen(3, DOWN, 5000, by="pc-3")
    assert of(*most_fail) == [(3.0, DOWN, 10.0)]


def test_workstation_counts_once_a_step_however_much_it_sends() -> None:
    flood = [seen(4 - number / 100, DOWN) for number in range(63)]
    others = [seen(3, UP, 10, by=f"pc-{number}") for number in (2, 3)]
    assert of(*flood, *others) == [(3.0, UP, 10.0)]


def test_forget_drops_a_renamed_workstation() -> None:
    history = history_of(seen(3, DOWN), seen(3, UP, 10, by="pc-2"))
    history.forget("pc-1")
    assert shown(history) == [(3.0, UP, 10.0)]
    history.forget("pc-2")
    assert shown(history) == []


def test_steps_older_than_an_hour_are_dropped_and_late_readings_added() -> None:
    assert of(seen(62, UP, 1), seen(30, UP, 2), seen(2, UP, 3), seen(29, UP, 4, by="pc-2")) == [
        (29.0, UP, 3.0),
        (1.0, UP, 3.0),
    ]
    assert of(seen(2, UP, 3), seen(20, UP, 4)) == [(1.0, UP, 3.0)]


def test_steps_ignore_unknown_readings() -> None:
    assert of(seen(2, UNKNOWN)) == []
