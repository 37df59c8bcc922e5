"""What another library's Relais says of the addresses that it shares with us: its `/board.json`.

Nothing of it is believed beyond a verdict, a cause out of our own list, and an age. A board that
lies or is broken tells nothing, and is never worse than one that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from procedure.monitoring.model import SERVER, FailureCause, Status
from procedure.status_pages.dates import read_instant
from procedure.status_pages.json_reading import Row, read_json, row
from procedure.status_pages.status import UnreadablePage

LARGEST_BOARD = 256 * 1024  # bytes; ours, of eight addresses, has three thousand
MOST_ENTRIES = 500
CLOCKS_DIFFER = timedelta(minutes=2)  # more than that ahead of ours, a clock is not to be trusted
HOLDS = timedelta(minutes=5)  # three of their looks, and one of ours
OLDEST = timedelta(days=1)
_UTC = ZoneInfo("UTC")
_Known = TypeVar("_Known", Status, FailureCause)


class BoardProblem(StrEnum):
    """Why nothing could be learnt from a neighbour; the page has its own words for each."""

    NOT_YET = "not_yet"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    TOO_LARGE = "too_large"
    SHAPE = "shape"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another library's Relais, as our papers list it.

    `shared` gives, by the key of our target, the key of theirs. `interval` is the time between
    two requests of ours.
    """

    key: str
    name: str
    url: str
    shared: Mapping[str, str]
    interval: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class NeighbourStatus:
    """What a neighbour sees of one target; `at` is when it looked, by our clock (UTC)."""

    verdict: Status
    at: datetime
    cause: FailureCause | None = None

    def fresh(self, now: datetime) -> bool:
        """Tell whether it still counts."""
        return now - self.at <= HOLDS


@dataclass(frozen=True, slots=True)
class NeighbourBoard:
    """What a neighbour told last, by the key of our target; `broken` is why it tells no more.

    `at` is when its board arrived, by our clock (UTC), None before the first.
    """

    neighbour: str
    told: Mapping[str, NeighbourStatus] = field(default_factory=dict[str, NeighbourStatus])
    at: datetime | None = None
    broken: BoardProblem | None = None

    def verdicts(self, now: datetime) -> dict[str, Status]:
        """Give the verdicts that still count; an unknown one tells nothing and is left out."""
        return {
            key: one.verdict
            for key, one in self.told.items()
            if one.fresh(now) and one.verdict is not Status.UNKNOWN
        }

    def failed(self, broken: BoardProblem) -> NeighbourBoard:
        """Keep what was told before, which grows old, and why nothing new came."""
        return replace(self, broken=broken)


def read_board(
    body: bytes, neighbour: Neighbour, before: NeighbourBoard, at: datetime
) -> NeighbourBoard:
    """Read a board that arrived at `at`; one that cannot be read leaves what was told before.

    An age is what the neighbour states, and the time by which its clock is behind ours: a copy
    kept by a proxy grows old too. A board or a look from the future is refused.
    """
    try:
        board = row(read_json(body))
    except UnreadablePage:
        return before.failed(BoardProblem.SHAPE)
    made, entries = read_instant(board.get("at"), _UTC), board.get("targets")
    if made is None or not isinstance(entries, list):
        return before.failed(BoardProblem.SHAPE)
    if made - at > CLOCKS_DIFFER:
        return before.failed(BoardProblem.CLOCK)
    found = [row(one) for one in cast("list[object]", entries)[:MOST_ENTRIES]]
    told = dict(_shared(found, neighbour, at - max(at - made, timedelta())))
    return NeighbourBoard(neighbour.key, told, at)


def _shared(
    entries: list[Row], neighbour: Neighbour, made: datetime
) -> Iterator[tuple[str, NeighbourStatus]]:
    """Give what the board's own server saw; what it has from elsewhere is not its own word."""
    own = [one for one in entries if one.get("vantage") == SERVER.key]
    for ours, theirs in neighbour.shared.items():
        found = next((one for one in own if one.get("target") == theirs), None)
        told = None if found is None else _told(found, made)
        if told is not None:
            yield ours, told


def _told(entry: Row, made: datetime) -> NeighbourStatus | None:
    verdict, age = _word(entry.get("verdict"), Status), entry.get("age_s")
    if verdict is None or isinstance(age, bool) or not isinstance(age, int | float):
        return None
    # NaN and infinity, which JSON may hold here, are within no limits.
    if not 0 <= age <= OLDEST.total_seconds():
        return None
    looked = made.astimezone(UTC) - timedelta(seconds=age)
    return NeighbourStatus(verdict, looked, _word(entry.get("cause"), FailureCause))


def _word(value: object, known: type[_Known]) -> _Known | None:
    return next((one for one in known if one.value == value), None)
