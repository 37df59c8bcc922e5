"""What is served beside the page: today the grid as JSON; every route asks the rights first."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from tornado.web import RequestHandler

from dashboard.errors import NotAllowed
from dashboard.rights import Act, Person
from dashboard.state.board import Board
from dashboard.state.cell import Cell
from dashboard.state.house import House


class Guarded(RequestHandler):
    """A route that only who may do its `act` gets past.

    Panel guards its own pages, not the routes beside them: a login set for the server is asked
    for here. Without one, whoever reaches the page may do what the page allows.
    """

    act = Act.READ
    person = Person()

    async def prepare(self) -> None:
        """Find out who asks, and refuse with 401 (no login) or 403 (not allowed)."""
        try:
            self.person = Person(name=await self._name())
            self.person.require(self.act)
        except LookupError:
            self._refuse(401, "log in on the page first")
        except NotAllowed as refusal:
            self._refuse(403, str(refusal))

    async def _name(self) -> str | None:
        provider = getattr(self.application, "auth_provider", None)
        if provider is None or not (provider.get_user or provider.get_user_async):
            return None
        asynchronous = provider.get_user_async
        name = await asynchronous(self) if asynchronous else provider.get_user(self)
        if not name:
            raise LookupError("nobody is logged in")
        return name if isinstance(name, str) else name.decode()

    def _refuse(self, status: int, reason: str) -> None:
        self.set_status(status)
        self.finish({"error": reason})


class BoardJson(Guarded):
    """`/board.json`: the grid as it stands, for other screens and scripts; see `board_json`."""

    def initialize(self, house: Callable[[], House]) -> None:
        """Take what opens the house: it is not opened before the first request."""
        self._house = house

    def get(self) -> None:
        """Answer with the grid of this instant."""
        house = self._house()
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(board_json(Board(house=house), house.now()), ensure_ascii=False))


def board_json(board: Board, now: datetime) -> dict[str, Any]:
    """Lay the grid out as JSON, without anything about a person.

    `at`, `last_round` and the instants of the targets are UTC in ISO 8601, null before the first
    reading; `version` is that of Relais. `targets` holds one object a target and vantage:
    `target, vantage, verdict, cause, at, age_s, latency_ms, since`. `verdict` is the one shown:
    `unknown` when the reading of `at` is older than three intervals. `cause` is null when there
    is none; `since` is when the verdict began to hold.
    """
    return {
        "at": _instant(now),
        "targets": [_cell_json(one, now) for row in board.rows for one in row.cells],
        "last_round": _instant(board.last_round),
        "version": version("alma-relais"),
    }


def _cell_json(cell: Cell, now: datetime) -> dict[str, Any]:
    newest = cell.newest
    return {
        "target": cell.target,
        "vantage": cell.vantage,
        "verdict": cell.verdict,
        "cause": cell.cause,
        "at": _instant(newest and newest.at),
        "age_s": None if newest is None else round((now - newest.at).total_seconds(), 1),
        "latency_ms": newest and newest.latency_ms,
        "since": _instant(cell.since),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")


def _opened_house() -> House:
    # The composition opens the database; the command line reads this module without it.
    from dashboard.app import ensure_watched, house  # noqa: PLC0415

    shared = house()
    ensure_watched(shared)
    return shared


ROUTES = [(r"/board\.json", BoardJson, {"house": _opened_house})]
