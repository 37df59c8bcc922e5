"""The interface of pages to the watches over probes and status pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from procedure.monitoring.board import StatusBoard, add_outcome
from procedure.monitoring.history import History
from procedure.monitoring.model import SERVER, Outcome, Target
from procedure.status_pages.reading_validity import Reading

RECALLED = timedelta(days=7)
LATE = timedelta(minutes=2)  # a probe takes at most a minute


class ProbeWatch(Protocol):
    """The newest outcomes of the probes, and the status board of all outcomes.

    `latest` has the newest outcome by (target, vantage); `rounds` grows whenever one arrived, and
    `last_round` is when the newest began (UTC), None before the first. `history_fault` is why the
    history cannot store outcomes, or None.
    """

    latest: Mapping[tuple[str, str], Outcome]
    board: StatusBoard
    rounds: int
    last_round: datetime | None
    history_fault: str | None

    def ensure_started(self) -> None: ...

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Probe these targets from now on; readings of a changed target are dropped."""
        ...


class FeedWatch(Protocol):
    """The newest reading of each status page.

    `latest` has the newest reading by target; `rounds` grows with every reading.
    """

    latest: Mapping[str, Reading]
    rounds: int

    def ensure_started(self) -> None: ...

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Read these pages from now on; readings of a changed target are dropped."""
        ...


class RecordedWatch:
    """The watch of a session that only reads another process's records."""

    history_fault: str | None = None

    def __init__(self, history: History, targets: Mapping[str, Target]) -> None:
        self._history, self._targets = history, targets
        self._seen: set[tuple[str, datetime]] = set()
        self.latest: dict[tuple[str, str], Outcome] = {}
        self.board = StatusBoard()
        self.rounds = 0
        self.last_round: datetime | None = None

    def ensure_started(self) -> None:
        """Have nothing to start."""

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Do nothing: a notebook opens another session for another handbook."""

    def read(self, until: datetime) -> None:
        """Read new records; the first time, those of a week."""
        # A probe that began earlier may be recorded later.
        since = self.last_round - LATE if self.last_round else until - RECALLED
        for outcome in self._history.outcomes(since=since, vantage=SERVER.key):
            if outcome.target in self._targets and (outcome.target, outcome.at) not in self._seen:
                self._take(outcome)
        newest = self.last_round or until
        self._seen = {(target, at) for target, at in self._seen if at >= newest - LATE}

    def _take(self, outcome: Outcome) -> None:
        self._seen.add((outcome.target, outcome.at))
        self.latest[outcome.target, SERVER.key] = outcome
        self.board = add_outcome(self.board, outcome, self._targets)
        self.rounds += 1
        self.last_round = max(outcome.at, self.last_round or outcome.at)


class NoFeeds:
    """A watch without status pages."""

    latest: Mapping[str, Reading] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Have nothing to start."""

    def change_targets(self, targets: Sequence[Target]) -> None:
        """Do nothing: there is nothing to read."""
