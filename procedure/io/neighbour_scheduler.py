"""The watch over the neighbours: each board is fetched in turn, politely, for all our pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from random import uniform
from types import MappingProxyType

import httpx

from procedure.io.http.error_causes import AnswerRefused
from procedure.io.http.response_body import read_bytes
from procedure.monitoring.neighbours import (
    MAX_BOARD_SIZE,
    BoardProblem,
    Neighbour,
    NeighbourBoard,
    read_board,
)

TIMEOUT = timedelta(seconds=10)
SPREAD = 3.0  # seconds between the first requests to two neighbours
JITTER = 0.1  # of an interval: two that look at each other must not do so in step
MOST_PATIENCE = timedelta(minutes=15)  # between two requests to one that fails again and again

_log = logging.getLogger(__name__)


class NeighbourScheduler:
    """Fetches every neighbour's board at its interval, less often while it fails.

    `latest` is what each told last; `rounds` grows whenever one was asked. The client names
    Relais in its User-Agent and takes no proxy from the environment; no redirect is followed.
    """

    def __init__(
        self,
        neighbours: Iterable[Neighbour],
        client: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
        timeout: timedelta = TIMEOUT,
    ) -> None:
        self.rounds = 0
        self._neighbours = list(neighbours)
        self._client = client
        self._now = now
        self._timeout = timeout.total_seconds()
        self._latest = {
            one.key: NeighbourBoard(one.key, problem=BoardProblem.NOT_YET)
            for one in self._neighbours
        }
        self._askers: list[asyncio.Task[None]] = []

    @property
    def latest(self) -> Mapping[str, NeighbourBoard]:
        """What each neighbour told last, by its key."""
        return MappingProxyType(self._latest)

    def ensure_started(self) -> None:
        """Start on the running loop, unless it is already running."""
        if not self._askers:
            self._askers = [
                asyncio.create_task(self._follow(one, SPREAD * index), name=f"neighbour:{one.key}")
                for index, one in enumerate(self._neighbours)
            ]

    async def stop(self) -> None:
        """End all asking."""
        for asker in self._askers:
            asker.cancel()
        await asyncio.gather(*self._askers, return_exceptions=True)
        self._askers = []

    async def ask(self, neighbour: Neighbour) -> NeighbourBoard:
        """Fetch one board; whatever goes wrong is what it told before, and why there is no more."""
        before = self._latest[neighbour.key]
        try:
            async with asyncio.timeout(self._timeout):
                heard = await self._fetched(neighbour, before)
        except AnswerRefused:
            heard = before.with_problem(BoardProblem.TOO_LARGE)
        except Exception:
            # The text of an exception may hold anything that the other side has sent.
            heard = before.with_problem(BoardProblem.UNREACHABLE)
        self._latest[neighbour.key] = heard
        self.rounds += 1
        return heard

    async def _follow(self, neighbour: Neighbour, delay: float) -> None:
        await asyncio.sleep(delay)
        failures = 0
        while True:
            heard = await self.ask(neighbour)
            failures = failures + 1 if heard.problem else 0
            if failures == 1:
                _log.warning("the neighbour %s tells nothing: %s", neighbour.key, heard.problem)
            await asyncio.sleep(pause(neighbour.interval, failures) * uniform(1, 1 + JITTER))  # noqa: S311 - no secret

    async def _fetched(self, neighbour: Neighbour, before: NeighbourBoard) -> NeighbourBoard:
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
        # A hostile board of this size takes a while to read: the probes must not wait for it.
        return await asyncio.to_thread(read_board, body, neighbour, before, self._now())


def pause(interval: timedelta, failures: int) -> float:
    """Return the seconds until the next request: twice as long after each failure, with an end."""
    longer = interval * 2 ** min(failures, 10)
    return min(longer, max(MOST_PATIENCE, interval)).total_seconds()
