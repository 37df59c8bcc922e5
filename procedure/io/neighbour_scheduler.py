"""Fetches the boards of neighbouring libraries at their intervals, once for all pages."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from random import uniform

import httpx

from procedure.io.feed_tasks import FeedTasks
from procedure.io.http.error_rules import AnswerRefused
from procedure.io.http.response_body import read_bytes
from procedure.io.processes.leadership import Leadership
from procedure.monitoring.neighbour_board import (
    MAX_BOARD_SIZE,
    BoardProblem,
    Neighbour,
    NeighbourBoard,
    read_board,
)

TIMEOUT = timedelta(seconds=10)
SPREAD = 3.0  # seconds between the first requests to two neighbours
JITTER = 0.1  # of an interval: two servers that fetch each other must not do so in step
LONGEST_PAUSE = timedelta(minutes=15)  # between two requests to a neighbour that keeps failing

_log = logging.getLogger(__name__)


class NeighbourScheduler(FeedTasks[Neighbour, NeighbourBoard]):
    """Fetches every neighbour's board at its interval, less often while it fails.

    `latest` holds the newest board of each; `rounds` grows with every request. The client names
    Relais in its User-Agent and takes no proxy from the environment; no redirect is followed.
    """

    def __init__(
        self,
        neighbours: Iterable[Neighbour],
        client: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
        timeout: timedelta = TIMEOUT,
        leadership: Leadership | None = None,
    ) -> None:
        sources = {neighbour.key: neighbour for neighbour in neighbours}
        super().__init__(sources, SPREAD, self._fetch_at_intervals, leadership)
        self._client = client
        self._now = now
        self._timeout = timeout.total_seconds()
        self._latest = dict(map(_not_yet, sources))

    def change_sources(self, sources: Mapping[str, Neighbour]) -> None:
        """Fetch the boards of these from now on."""
        super().change_sources(sources)
        self._latest = dict(map(_not_yet, sources)) | self._latest

    async def fetch(self, neighbour: Neighbour) -> NeighbourBoard:
        """Fetch and return one board; after a failure, the board before with the problem."""
        before = self._latest[neighbour.key]
        try:
            async with asyncio.timeout(self._timeout):
                board = await self._request(neighbour, before)
        except AnswerRefused:
            board = before.with_problem(BoardProblem.TOO_LARGE)
        except Exception:
            # Not logged: the text of an exception may hold anything that the neighbour has sent.
            board = before.with_problem(BoardProblem.UNREACHABLE)
        self._add(neighbour.key, board)
        return board

    async def _fetch_at_intervals(self, source: Neighbour) -> None:
        failures = 0
        while True:
            await self.leadership.turn()
            board = await self.fetch(source)
            failures = failures + 1 if board.problem else 0
            if failures == 1:
                _log.warning("the board of %s cannot be read: %s", source.key, board.problem)
            await asyncio.sleep(pause(source.interval, failures) * uniform(1, 1 + JITTER))  # noqa: S311 - no secret

    async def _request(self, neighbour: Neighbour, before: NeighbourBoard) -> NeighbourBoard:
        async with self._client.stream(
            "GET",
            neighbour.url,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
            follow_redirects=False,
        ) as answer:
            if answer.is_redirect:
                return before.with_problem(BoardProblem.ELSEWHERE)
            if answer.status_code != 200:
                return before.with_problem(BoardProblem.REFUSED)
            body = await read_bytes(answer, MAX_BOARD_SIZE)
        # A hostile board of this size takes a while to parse: the probes must not wait for it.
        return await asyncio.to_thread(read_board, body, neighbour, before, self._now())


def _not_yet(key: str) -> tuple[str, NeighbourBoard]:
    return key, NeighbourBoard(key, problem=BoardProblem.NOT_YET)


def pause(interval: timedelta, failures: int) -> float:
    """Return the seconds until the next request: doubled by each failure, up to a limit."""
    longer = interval * 2 ** min(failures, 10)
    return min(longer, max(LONGEST_PAUSE, interval)).total_seconds()
