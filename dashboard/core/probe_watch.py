"""What a page reads of the watches over probes, status pages and neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from procedure.monitoring.board import StatusBoard as Judgement, add_outcome
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome, Target
from procedure.monitoring.neighbours import NeighbourBoard
from procedure.status_pages.readings import Reading

RECALLED = timedelta(days=7)
LATE = timedelta(minutes=2)  # a probe takes a minute at most


class ProbeWatch(Protocol):
    """The newest outcomes of the probes, and the status board made of all of them."""

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]:
        """The newest outcome by (target, vantage)."""
        ...

    @property
    def board(self) -> Judgement:
        """The status board over all outcomes so far."""
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
    """The newest reading of each status page with a feed."""

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
    """The newest board of each neighbour."""

    @property
    def latest(self) -> Mapping[str, NeighbourBoard]:
        """The newest board by neighbour."""
        ...

    @property
    def rounds(self) -> int:
        """Grows whenever a neighbour was asked."""
        ...

    def ensure_started(self) -> None:
        """Start, unless it is already running."""
        ...


class RecordedWatch:
    """The watch of a session that only reads what another process has recorded."""

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
        """Read what was recorded since the last time, the first time over a week."""
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
    """No neighbours."""

    latest: Mapping[str, NeighbourBoard] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Have nothing to start."""


class NoPages:
    """No status pages."""

    latest: Mapping[str, Reading] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Have nothing to start."""
