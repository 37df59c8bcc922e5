"""The status of shared addresses at another library's Relais, from its `/board.json`.

Only a status, a known cause and an age are read. A board that is wrong or broken has the same
effect as none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar, cast

from procedure.monitoring.model import SERVER, FailureCause, Status
from procedure.status_pages.dates import read_instant
from procedure.status_pages.json_reading import Row, read_json, row
from procedure.status_pages.status import UnreadablePage

MAX_BOARD_SIZE = 256 * 1024  # bytes; a board of eight addresses has about 3,000
MAX_ENTRIES = 500
CLOCK_TOLERANCE = timedelta(minutes=2)  # a clock further ahead of ours is not trusted
HOLDS = timedelta(minutes=5)  # three probes of theirs and one request of ours
MAX_AGE = timedelta(days=1)
_Known = TypeVar("_Known", Status, FailureCause)


class BoardProblem(StrEnum):
    """Why a neighbour's board could not be read; the dashboard translates these keys."""

    NOT_YET = "not_yet"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    TOO_LARGE = "too_large"
    SHAPE = "shape"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another library's Relais, as listed in the handbook.

    `shared` maps keys of our targets to keys of theirs. `interval` is the time between two
    requests.
    """

    key: str
    name: str
    url: str
    shared: Mapping[str, str]
    interval: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class NeighbourStatus:
    """A neighbour's status of one target; `at` is when it probed, by our clock (UTC)."""

    status: Status
    at: datetime
    cause: FailureCause | None = None

    def is_fresh(self, now: datetime) -> bool:
        return now - self.at <= HOLDS


@dataclass(frozen=True, slots=True)
class NeighbourBoard:
    """The newest statuses of a neighbour, by the key of our target.

    `problem` is why there are no newer ones. `at` is when its board arrived, by our clock (UTC),
    None before the first.
    """

    neighbour: str
    statuses: Mapping[str, NeighbourStatus] = field(default_factory=dict[str, NeighbourStatus])
    at: datetime | None = None
    problem: BoardProblem | None = None

    def fresh_statuses(self, now: datetime) -> dict[str, Status]:
        """Return the statuses that still count; unknown ones are left out."""
        return {
            key: seen.status
            for key, seen in self.statuses.items()
            if seen.is_fresh(now) and seen.status is not Status.UNKNOWN
        }

    def with_problem(self, problem: BoardProblem) -> "NeighbourBoard":
        """Return the board with its old statuses and the problem that prevented newer ones."""
        return replace(self, problem=problem)


def read_board(
    body: bytes, neighbour: Neighbour, before: NeighbourBoard, at: datetime
) -> NeighbourBoard:
    """Parse a board that arrived at `at`; `before`, with the problem, if it cannot be parsed.

    Ages are corrected by how far the neighbour's clock is behind ours, so that a copy in a proxy
    grows old too. Boards and probes from the future are refused.
    """
    try:
        board = row(read_json(body))
    except UnreadablePage:
        return before.with_problem(BoardProblem.SHAPE)
    made, entries = read_instant(board.get("at"), UTC), board.get("targets")
    if made is None or not isinstance(entries, list):
        return before.with_problem(BoardProblem.SHAPE)
    if made - at > CLOCK_TOLERANCE:
        return before.with_problem(BoardProblem.CLOCK)
    rows = [row(entry) for entry in cast("list[object]", entries)[:MAX_ENTRIES]]
    statuses = dict(_shared(rows, neighbour, at - max(at - made, timedelta())))
    return NeighbourBoard(neighbour.key, statuses, at)


def _shared(
    entries: list[Row], neighbour: Neighbour, made: datetime
) -> Iterator[tuple[str, NeighbourStatus]]:
    """Yield the statuses seen by the board's own server, by the key of our target."""
    own = [entry for entry in entries if entry.get("vantage") == SERVER.key]
    for ours, theirs in neighbour.shared.items():
        match = next((entry for entry in own if entry.get("target") == theirs), None)
        status = None if match is None else _parse_entry(match, made)
        if status is not None:
            yield ours, status


def _parse_entry(entry: Row, made: datetime) -> NeighbourStatus | None:
    status, age = _parse_choice(entry.get("verdict"), Status), entry.get("age_s")
    if status is None or isinstance(age, bool) or not isinstance(age, int | float):
        return None
    # This also refuses NaN and infinity, which Python's JSON parser accepts.
    if not 0 <= age <= MAX_AGE.total_seconds():
        return None
    probed_at = made.astimezone(UTC) - timedelta(seconds=age)
    return NeighbourStatus(status, probed_at, _parse_choice(entry.get("cause"), FailureCause))


def _parse_choice(value: object, known: type[_Known]) -> _Known | None:
    return next((member for member in known if member.value == value), None)
