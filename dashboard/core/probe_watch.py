"""Interfaces for watching probes and status pages, and implementations for notebooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from procedure.monitoring.board import StatusBoard, add_outcome
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome, Target
from procedure.status_pages.reading_validity import Reading

RECALLED = timedelta(days=7)
LATE = timedelta(minutes=2)  # the longest time from a probe's start until it is recorded


class ProbeWatch(Protocol):
    """The newest outcomes of the probes, and the status board.

    `latest` is keyed by (target, vantage). `rounds` is incremented each time an outcome arrives,
    and `last_round` is the time (UTC) of the newest outcome, or None. `history_fault` is the reason
    why outcomes cannot be stored, or None.
    """

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]: ...
    @property
    def board(self) -> StatusBoard: ...
    @property
    def rounds(self) -> int: ...
    @property
    def last_round(self) -> datetime | None: ...
    @property
    def history_fault(self) -> str | None: ...

    def ensure_started(self) -> None: ...

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Probe these targets from now on, and drop the outcomes of changed targets."""
        ...


class FeedWatch(Protocol):
    """The newest readings of the status pages.

    `latest` is keyed by target; `rounds` is incremented with every reading.
    """

    @property
    def latest(self) -> Mapping[str, Reading]: ...
    @property
    def rounds(self) -> int: ...

    def ensure_started(self) -> None: ...

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Read these pages from now on, and drop the readings of changed pages."""
        ...


class RecordedWatch:
    """A watch for a session that only reads another process's records."""

    history_fault: str | None = None

    def __init__(self, history: History, targets: Mapping[str, Target]) -> None:
        self._history, self._targets = history, targets
        self._recent: set[tuple[str, datetime]] = set()
        self.latest: dict[tuple[str, str], Outcome] = {}
        self.board = StatusBoard()
        self.rounds = 0
        self.last_round: datetime | None = None

    def ensure_started(self) -> None:
        """Do nothing."""

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Do nothing: a notebook opens a new session for another handbook."""

    def read(self, until: datetime) -> None:
        """Read new records; on the first call, those from the week before `until`."""
        # Probes are not always recorded in the order in which they began.
        since = self.last_round - LATE if self.last_round else until - RECALLED
        for outcome in self._history.outcomes(since=since, vantage=SERVER.key):
            if outcome.target in self._targets and (outcome.target, outcome.at) not in self._recent:
                self._take(outcome)
        newest = self.last_round or until
        self._recent = {(target, at) for target, at in self._recent if at >= newest - LATE}

    def _take(self, outcome: Outcome) -> None:
        self._recent.add((outcome.target, outcome.at))
        self.latest[outcome.target, SERVER.key] = outcome
        self.board = add_outcome(self.board, outcome, self._targets)
        self.rounds += 1
        self.last_round = max(outcome.at, self.last_round or outcome.at)


class NoFeeds:
    """A watch that does not read status pages."""

    latest: Mapping[str, Reading] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Do nothing."""

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Do nothing."""
