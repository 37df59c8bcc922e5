"""What a page reads of the watches, whoever makes them: the process's own, or a test's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from procedure.monitoring.board import StatusBoard as Judgement
from procedure.monitoring.board import add_outcome
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome, Target
from procedure.monitoring.neighbours import NeighbourBoard
from procedure.status_pages.readings import Reading

RECALLED = timedelta(days=7)
LATE = timedelta(minutes=2)  # a probe takes a minute at most


class ProbeWatch(Protocol):
    """What a page reads of the watch: the newest outcomes, and the judgement over all of them."""

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]:
        """The newest outcome by (target, vantage)."""
        ...

    @property
    def board(self) -> Judgement:
        """The judgement over all outcomes so far; `procedure.monitoring.board.reading` shows it."""
        ...

    @property
    def rounds(self) -> int:
        """Grows whenever an outcome arrived."""
        ...

    @property
    def history_fault(self) -> str | None:
        """What keeps the history from taking outcomes, None while it does."""
        ...

    def ensure_started(self) -> None:
        """Start, unless it is already running."""
        ...

    @property
    def last_round(self) -> datetime | None:
        """When the newest outcome began (UTC); None before the first."""
        ...


class PageWatch(Protocol):
    """What a page reads of the vendor's word: the newest reading of each page with a feed."""

    @property
    def latest(self) -> Mapping[str, Reading]:
        """The newest reading by target."""
        ...

    @property
    def rounds(self) -> int:
        """Grows whenever a page was read."""
        ...

    def ensure_started(self) -> None:
        """Start, unless it is already running."""
        ...


class NeighbourWatch(Protocol):
    """What a page reads of the neighbours: what each one's board told last."""

    @property
    def latest(self) -> Mapping[str, NeighbourBoard]:
        """What each told last, by its key."""
        ...

    @property
    def rounds(self) -> int:
        """Grows whenever one was asked."""
        ...

    def ensure_started(self) -> None:
        """Start, unless it is already running."""
        ...


class RecordedWatch:
    """The watch of a session that only reads: it judges what another process has recorded."""

    history_fault: str | None = None

    def __init__(self, history: History, targets: Mapping[str, Target]) -> None:
        self._history, self._targets = history, targets
        self._seen: set[tuple[str, datetime]] = set()
        self.latest: dict[tuple[str, str], Outcome] = {}
        self.board = Judgement()
        self.rounds = 0
        self.last_round: datetime | None = None

    def ensure_started(self) -> None:
        """Have nothing to start."""

    def read(self, until: datetime) -> None:
        """Take what was recorded since the last time, the first time over a week."""
        # What was begun earlier may be recorded later.
        since = self.last_round - LATE if self.last_round else until - RECALLED
        for one in self._history.outcomes(since=since, vantage=SERVER.key):
            if one.target in self._targets and (one.target, one.at) not in self._seen:
                self._take(one)
        newest = self.last_round or until
        self._seen = {(target, at) for target, at in self._seen if at >= newest - LATE}

    def _take(self, outcome: Outcome) -> None:
        self._seen.add((outcome.target, outcome.at))
        self.latest[outcome.target, SERVER.key] = outcome
        self.board = add_outcome(self.board, outcome, self._targets)
        self.rounds += 1
        self.last_round = max(outcome.at, self.last_round or outcome.at)


class NoNeighbours:
    """A watch over no neighbour at all."""

    latest: Mapping[str, NeighbourBoard] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Have nothing to start."""


class NoPages:
    """A watch over no page at all."""

    latest: Mapping[str, Reading] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Have nothing to start."""
