"""The watch over the neighbours, against real servers: honest, lying, broken, slow, and absent."""

import asyncio
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tornado.web import Application, RequestHandler

from procedure.io.neighbour_scheduler import NeighbourScheduler, pause
from procedure.monitoring.model import Status
from procedure.monitoring.neighbour_board import (
    MAX_BOARD_SIZE,
    BoardProblem,
    Neighbour,
    NeighbourBoard,
    NeighbourStatus,
)
from tests.support.http import serving

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
GOOD = {
    "at": NOON.isoformat(),
    "targets": [{"target": "alma", "vantage": "server", "verdict": "down", "age_s": 10}],
}
BOARD = NeighbourBoard(
    "there", {"alma": NeighbourStatus(Status.DOWN, NOON - timedelta(seconds=10))}, NOON
)
Answer = Callable[[RequestHandler], object]


def good(handler: RequestHandler) -> None:
    handler.finish(json.dumps(GOOD))


def zipped(handler: RequestHandler) -> None:
    handler.set_header("Content-Encoding", "gzip")
    handler.finish(gzip.compress(json.dumps(GOOD).encode()))


def bomb(handler: RequestHandler) -> None:
    handler.set_header("Content-Encoding", "gzip")
    handler.finish(gzip.compress(b" " * (MAX_BOARD_SIZE * 100)))


def busy(handler: RequestHandler) -> None:
    handler.set_status(503)


async def slow(_: RequestHandler) -> None:
    await asyncio.sleep(60)


def elsewhere(handler: RequestHandler) -> None:
    handler.redirect("http://127.0.0.1:1/board.json")


def page(handler: RequestHandler) -> None:
    handler.finish("<html>Bienvenue</html>")


async def ask(*answers: Answer, count: int = 1) -> tuple[list[NeighbourBoard], list[str]]:
    """Ask a server that answers so, one answer after the other; give what was heard, and asked."""
    given, agents = iter(answers), list[str]()

    class Board(RequestHandler):
        async def get(self) -> None:
            agents.append(self.request.headers["User-Agent"])
            result = next(given)(self)
            if asyncio.iscoroutine(result):
                await result

    application = Application([(r"/board\.json", Board)])
    client = httpx.AsyncClient(headers={"User-Agent": "Relais"}, trust_env=False)
    async with serving(application) as address, client:
        there = Neighbour("there", "Là-bas", f"{address}/board.json", {"alma": "alma"})
        watch = NeighbourScheduler([there], client, now=lambda: NOON, timeout=timedelta(seconds=30))
        heard = []
        for answer in answers[:count]:
            if answer is slow:  # what is right may take its time, on a busy machine
                watch._timeout = 0.2
            heard.append(await watch.fetch(there))
    return heard, agents


@pytest.mark.parametrize("answer", [good, zipped])
async def test_fetch_reads_a_board_and_names_the_tool(answer: Answer) -> None:
    assert await ask(answer) == ([BOARD], ["Relais"])


@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        (bomb, BoardProblem.TOO_LARGE),
        (busy, BoardProblem.REFUSED),
        (slow, BoardProblem.UNREACHABLE),
        (elsewhere, BoardProblem.ELSEWHERE),
        (page, BoardProblem.SHAPE),
    ],
)
async def test_fetch_fault_keeps_the_last_verdicts(answer: Answer, broken: BoardProblem) -> None:
    heard, agents = await ask(good, answer, count=2)
    assert (heard, len(agents)) == ([BOARD, BOARD.with_problem(broken)], 2)


async def test_fetch_from_a_closed_port_is_a_value() -> None:
    gone = Neighbour("gone", "Parti", "http://127.0.0.1:1/board.json", {"alma": "alma"})

    async with httpx.AsyncClient(trust_env=False) as client:
        result = await NeighbourScheduler([gone], client, now=lambda: NOON).fetch(gone)
    assert result == NeighbourBoard("gone", problem=BoardProblem.UNREACHABLE)


def test_pause_grows_with_failures() -> None:
    minute = timedelta(minutes=1)
    assert [pause(minute, failures) for failures in (0, 1, 2, 3, 4, 40)] == [
        60.0, 120.0, 240.0, 480.0, 900.0, 900.0,
    ]  # fmt: skip
    assert pause(timedelta(hours=1), 3) == 3600.0


async def test_ensure_started_twice_runs_once_and_counts_rounds() -> None:
    gone = Neighbour("gone", "Parti", "http://127.0.0.1:1/board.json", {"alma": "alma"})

    async with httpx.AsyncClient(trust_env=False) as client:
        watch = NeighbourScheduler([gone], client, now=lambda: NOON)
        before = watch.latest["gone"]
        watch.ensure_started()
        watch.ensure_started()
        async with asyncio.timeout(60):
            while not watch.rounds:  # noqa: ASYNC110 - a counter, no event
                await asyncio.sleep(0.005)
        await watch.stop()
    assert (before, watch.rounds) == (NeighbourBoard("gone", problem=BoardProblem.NOT_YET), 1)
