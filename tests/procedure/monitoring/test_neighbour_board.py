"""A neighbour's board: what is taken from it, how old it is, and that a lie or a ruin harms nothing."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.neighbour_board import (
    HOLDS,
    BoardProblem,
    Neighbour,
    NeighbourBoard,
    NeighbourStatus,
    read_board,
)

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
LAUSANNE = Neighbour(
    "lausanne", "Lausanne", "https://relais.example.org/board.json", {"alma-saml": "alma"}
)
NOTHING = NeighbourBoard("lausanne", problem=BoardProblem.NOT_YET)
BEFORE = NeighbourBoard("lausanne", {"alma-saml": NeighbourStatus(Status.UP, NOON)}, NOON)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def entry(**more: Any) -> dict[str, Any]:
    known = {"target": "alma", "vantage": "server", "verdict": "down", "cause": "timeout"}
    return known | {"age_s": 40.0, "at": "2026-11-24T10:59:20.000+00:00"} | more


def board(*entries: object, at: str = "2026-11-24T11:00:00.000+00:00", **more: Any) -> bytes:
    return json.dumps({"at": at, "targets": list(entries), "version": "9"} | more).encode()


def heard(body: bytes, before: NeighbourBoard = NOTHING, at: datetime = NOON) -> NeighbourBoard:
    return read_board(body, LAUSANNE, before, at)


def test_heard_reads_verdict_cause_and_age_only() -> None:
    body = board(
        entry(latency_ms=3, since="2026-11-24T09:00:00+00:00", operator="anne", extra={"a": 1}),
        entry(target="switch", status="up"),
        message={"text": "Anne sagt …"},
    )
    status = NeighbourStatus(Status.DOWN, NOON - seconds(40), FailureCause.TIMEOUT)
    assert heard(body) == NeighbourBoard("lausanne", {"alma-saml": status}, NOON)


def test_heard_reads_only_what_the_neighbours_server_saw() -> None:
    body = board(entry(vantage="pc-1"), entry(vantage="~geneve", status="up"))
    assert heard(body) == NeighbourBoard("lausanne", {}, NOON)
    both = board(entry(vantage="pc-1", status="up"), entry())
    assert heard(both).fresh_statuses(NOON) == {"alma-saml": Status.DOWN}


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "splendid"},
        {"verdict": ["down"]},
        {"verdict": None},
        {"age_s": -1},
        {"age_s": "40"},
        {"age_s": True},
        {"age_s": None},
        {"age_s": 1e9},
        {"age_s": 10**400},
        {"age_s": float("nan")},
        {"age_s": float("inf")},
    ],
)
def test_heard_leaves_out_invalid_entries(wrong: dict[str, Any]) -> None:
    assert heard(board(entry(**wrong))) == NeighbourBoard("lausanne", {}, NOON)


def test_heard_unknown_cause_becomes_none() -> None:
    for cause in ("<script>", 7, ["dns"], None):
        status = heard(board(entry(cause=cause))).statuses["alma-saml"]
        assert status == NeighbourStatus(Status.DOWN, NOON - seconds(40), None)


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        (b"", BoardProblem.SHAPE),
        (b"<html>", BoardProblem.SHAPE),
        (b"[" * 100_000, BoardProblem.SHAPE),
        (b"\xff\xfe", BoardProblem.SHAPE),
        (b"[]", BoardProblem.SHAPE),
        (b'{"at": "2026-11-24T11:00:00Z"}', BoardProblem.SHAPE),
        (board(entry(), at="yesterday"), BoardProblem.SHAPE),
        (board(entry(), at="2026-11-24T11:02:01+00:00"), BoardProblem.CLOCK),
        (board(entry(), at="2099-01-01T00:00:00+00:00"), BoardProblem.CLOCK),
    ],
)
def test_heard_keeps_the_last_verdicts_when_a_board_is_invalid(
    body: bytes, broken: BoardProblem
) -> None:
    assert heard(body, BEFORE) == BEFORE.with_problem(broken)


def test_heard_age_is_by_the_own_clock_at_arrival() -> None:
    # Its clock is a minute ahead, within what is allowed: the age alone counts.
    ahead = heard(board(entry(), at="2026-11-24T11:01:00+00:00"))
    assert ahead.statuses["alma-saml"].at == NOON - seconds(40)
    # Its clock is behind, or a proxy has kept the board: the lag is part of the age.
    kept = heard(board(entry(), at="2026-11-24T10:50:00+00:00"))
    assert kept.statuses["alma-saml"].at == NOON - seconds(640)
    assert kept.fresh_statuses(NOON) == {}


def test_verdicts_leave_out_what_is_old_or_unknown() -> None:
    neighbour = heard(board(entry(), entry(target="switch")))
    assert neighbour.fresh_statuses(NOON + HOLDS - seconds(40)) == {"alma-saml": Status.DOWN}
    assert neighbour.fresh_statuses(NOON + HOLDS) == {}
    assert heard(board(entry(verdict="unknown"))).fresh_statuses(NOON) == {}


def test_heard_bounds_the_number_of_entries() -> None:
    flood = board(*[entry(target=f"t{n}") for n in range(500)], entry())
    assert heard(flood) == NeighbourBoard("lausanne", {}, NOON)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
KEYS = st.sampled_from(["target", "vantage", "verdict", "cause", "age_s", "at"])


@given(
    at=ANYTHING | st.just("2026-11-24T11:00:00+00:00"),
    entries=ANYTHING | st.lists(st.dictionaries(KEYS, ANYTHING | st.just("server")), max_size=4),
)
def test_heard_never_raises_and_never_lies_in_the_future(at: object, entries: object) -> None:
    neighbour = heard(json.dumps({"at": at, "targets": entries}).encode(), BEFORE)
    assert all(status.at <= NOON for status in neighbour.statuses.values())
