"""Each downtime is listed once, under a service if possible, otherwise under a target."""

from datetime import UTC, datetime, timedelta

from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status
from procedure.monitoring.service_states import Service
from procedure.outages.figures import ObservedPast

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
END = START + timedelta(hours=4)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def down(target: str, begin: float, end: float) -> list[StatusInterval]:
    return [
        StatusInterval(target, START, at(begin), Status.UP),
        StatusInterval(target, at(begin), at(end), Status.DOWN),
        StatusInterval(target, at(end), END, Status.UP),
    ]


def listed(*lanes: list[StatusInterval]) -> list[tuple[str, datetime, datetime | None]]:
    states = {intervals[0].target: intervals for intervals in lanes}
    services = [Service("A4", ("a", "b"))]
    past = ObservedPast.of_targets(states, [], services, since=START, until=END)
    return [(found.target, found.start, found.end) for found in past.distinct_downtimes()]


def test_downtime_of_a_service_stands_for_its_targets() -> None:
    assert listed(down("a", 60, 120), down("b", 90, 150)) == [("A4", at(90), at(120))]


def test_momentary_downtime_of_a_service_hides_no_downtime_of_a_target() -> None:
    moment = down("b", 90, 90 + 20 / 60)
    assert listed(down("a", 60, 120), moment) == [("a", at(60), at(120))]
