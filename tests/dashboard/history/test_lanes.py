"""Lanes of 90 days mark trouble, planned work and long gaps; unmarked addresses share a lane."""

from datetime import UTC, datetime, timedelta

from dashboard.history.lanes import LEAST, WIDTH, Lane, lanes
from dashboard.translations import language
from procedure.monitoring.downtime import StatusInterval, availability
from procedure.monitoring.model import Status
from procedure.outages.announcements import Announcement
from procedure.outages.figures import AvailabilityFigures
from procedure.outages.ninety_days import QUARTER, NinetyDays

UNTIL = datetime(2026, 11, 24, 11, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NAMES = {"a": "A", "b": "B", "c": "C"}


def read(announced: tuple[Announcement, ...] = (), **pieces: list[tuple[timedelta, Status | None]]):
    states: dict[str, list[StatusInterval]] = {}
    for key in NAMES:
        at = UNTIL - QUARTER
        given = pieces.get(key, [])
        rest = QUARTER - sum((length for length, _ in given), timedelta())
        for length, status in [*given, (rest, Status.UP)]:
            states.setdefault(key, []).append(StatusInterval(key, at, at + length, status))
            at += length
    figures = {key: AvailabilityFigures(availability(own)) for key, own in states.items()}
    return NinetyDays(UNTIL, states, figures, {}, announced)


def drawn(found: list[Lane]) -> list[tuple[str, list[tuple[str, float, float]], str]]:
    return [
        (lane.name, [(mark.kind, mark.x, mark.width) for mark in lane.marks], lane.share)
        for lane in found
    ]


def test_lane_marks_failed_slow_and_unread_times() -> None:
    pieces = [
        (10 * DAY, None),
        (10 * DAY, Status.UP),
        (9 * DAY, Status.DOWN),
        (5 * DAY, Status.UP),
        (10 * MINUTE, Status.SLOW),
        (DAY, Status.UP),
        (30 * MINUTE / 60, Status.DOWN),
    ]
    alone, others = drawn(lanes(read(a=pieces), NAMES, (), language("fr")))
    assert alone[:2] == (
        "A",
        [
            ("none", 0.0, WIDTH / 9),
            ("down", 2 * WIDTH / 9, WIDTH / 10),
            ("slow", 340.0, LEAST),
        ],
    )
    assert others == ("Les 2 autres", [], "100,00")


def test_lane_marks_planned_work_only_on_its_own_target() -> None:
    work = Announcement("page", UNTIL - 9 * DAY, UNTIL - 9 * DAY + 60 * MINUTE, planned=True)
    found = drawn(lanes(read((work,)), NAMES, {"b"}, language("fr")))
    assert found == [
        ("B", [("plan", WIDTH * 0.9, LEAST)], "100,00"),
        ("Les 2 autres", [], "100,00"),
    ]
