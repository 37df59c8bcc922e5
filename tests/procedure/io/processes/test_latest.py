"""What processes tell each other: each value once, to all others, the newest last."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from procedure.io.database.database import open_database
from procedure.io.processes.latest import KEPT, Known, SqlLatest, WorkstationRound
from procedure.monitoring.model import Outcome, Status, Vantage
from procedure.monitoring.neighbour_board import BoardProblem, NeighbourBoard, NeighbourStatus
from procedure.status_pages.readings import Reading
from procedure.status_pages.status import PageStatus
from tests.procedure.io.conftest import Clock

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
READING = Reading("page", AT, AT + timedelta(hours=1), "feed:atom", PageStatus.INCIDENT, "Alma")
BOARD = NeighbourBoard("zb", {"alma": NeighbourStatus(Status.UP, AT)}, AT, BoardProblem.UNREACHABLE)
ROUND = WorkstationRound(
    Vantage("Poste 1", "CMU", vdi=True),
    (Outcome("alma", "https://alma.test", "Poste 1", AT, Status.DOWN),),
)
Put = Callable[[str, str, Known], Any]


@pytest.fixture
def both(postgres_url: str, clock: Clock) -> Iterator[tuple[SqlLatest, SqlLatest]]:
    with (
        open_database(postgres_url, role="server", now=clock) as first,
        open_database(postgres_url, role="server", now=clock) as second,
    ):
        assert first.latest is not None
        assert second.latest is not None
        yield first.latest, second.latest


def test_newer_returns_each_value_once(both: tuple[SqlLatest, SqlLatest]) -> None:
    first, second = both
    for kind, key, value in (
        ("page", "page", READING),
        ("neighbour", "zb", BOARD),
        ("workstation", "Poste 1", ROUND),
    ):
        first.put(kind, key, value).result()
    assert second.newer() == [
        ("page", "page", READING),
        ("neighbour", "zb", BOARD),
        ("workstation", "Poste 1", ROUND),
    ]
    assert (first.newer(), second.newer()) == ([], [])


def test_newer_returns_each_change(both: tuple[SqlLatest, SqlLatest], clock: Clock) -> None:
    first, second = both
    for number in range(3):
        value = replace(READING, summary=str(number))
        first.put("page", "page", value).result()
        assert second.newer() == [("page", "page", value)]
    # The newest number stays known though its row is old.
    clock.forward(KEPT + timedelta(hours=1))
    second.put("page", "other", READING).result()
    assert first.newer() == [("page", "other", READING)]
    first.put("page", "page", READING).result()
    assert second.newer() == [("page", "page", READING)]


def test_newer_returns_the_newest_and_old_values_are_deleted(
    both: tuple[SqlLatest, SqlLatest], clock: Clock
) -> None:
    first, second = both
    first.put("page", "gone", READING).result()
    clock.forward(KEPT + timedelta(hours=1))
    for number in range(3):
        newest = replace(READING, summary=str(number))
        first.put("page", "page", newest).result()
    assert second.newer() == [("page", "page", newest)]
