"""A cell: the newest reading while it counts, since when it says so, and what an old one is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dashboard.state.cell import Cell, cell, held_since
from procedure.monitoring import Cause, Outcome, Target, Verdict
from procedure.outages import State

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SWITCH = Target("switch", "https://switch.example.org", "A3", MINUTE)
UP, SLOW, DOWN, UNKNOWN = Verdict.UP, Verdict.SLOW, Verdict.DOWN, Verdict.UNKNOWN


def reading(minute: float, verdict: Verdict, cause: Cause | None = None) -> Outcome:
    return Outcome("switch", SWITCH.url, "server", NOON + MINUTE * minute, verdict, cause)


def row(*told: tuple[float, Verdict | None]) -> list[State]:
    ends = [minute for minute, _ in told[1:]] + [60]
    return [
        State("switch", NOON + MINUTE * minute, NOON + MINUTE * end, verdict)
        for (minute, verdict), end in zip(told, ends, strict=True)
    ]


def test_before_the_first_reading_nothing_is_known() -> None:
    assert cell(SWITCH, "server", (), before=(), now=NOON) == Cell("switch", "server")
    assert Cell("switch", "server").unread


def test_a_fresh_reading_gives_its_verdict_and_since_when() -> None:
    hour = (reading(0, UP), reading(1, DOWN, Cause.DNS), reading(2, DOWN, Cause.TIMEOUT))
    assert cell(SWITCH, "server", hour, before=(), now=NOON + MINUTE * 2) == Cell(
        "switch",
        "server",
        verdict=DOWN,
        cause=Cause.TIMEOUT,
        since=NOON + MINUTE,
        newest=hour[-1],
        fresh_until=NOON + MINUTE * 5,
        hour=hour,
    )


def test_a_reading_counts_for_three_intervals_and_no_longer() -> None:
    hour = (reading(0, UP),)
    assert cell(SWITCH, "server", hour, before=(), now=NOON + MINUTE * 3).verdict is UP
    assert cell(SWITCH, "server", hour, before=(), now=NOON + MINUTE * 3.01) == Cell(
        "switch", "server", since=NOON, newest=hour[0], stale=True, hour=hour
    )


def test_a_verdict_older_than_the_hour_is_dated_by_the_states_before_it() -> None:
    hour = (reading(60, DOWN), reading(61, DOWN))
    before = row((0, UP), (10, DOWN))
    found = cell(SWITCH, "server", hour, before=before, now=NOON + MINUTE * 61)
    assert found.since == NOON + MINUTE * 10


def test_neither_a_gap_nor_an_unknown_ends_an_outage() -> None:
    told = row((0, UP), (1, DOWN), (2, None), (3, UNKNOWN), (4, DOWN))
    assert held_since(DOWN, told) == NOON + MINUTE


def test_a_gap_ends_what_was_up() -> None:
    assert held_since(UP, row((0, UP), (1, None), (4, UP))) == NOON + MINUTE * 4


def test_an_answer_ends_an_outage_and_a_slow_one_is_another_state() -> None:
    assert held_since(DOWN, row((0, DOWN), (1, SLOW), (2, DOWN))) == NOON + MINUTE * 2
    assert held_since(UP, row((0, UP), (1, SLOW), (2, UP))) == NOON + MINUTE * 2


def test_of_a_verdict_that_never_was_there_is_no_beginning() -> None:
    assert held_since(UP, row((0, DOWN))) is None
