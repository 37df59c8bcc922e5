"""The outcomes of the last hour by target."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from datetime import datetime

from procedure.monitoring.model import Outcome
from procedure.monitoring.site_history import HOUR

MOST = 400  # readings of one target: enough for an hour at ten seconds


class RecentOutcomes:
    """What was read of each (target, vantage) over the last hour, in the order of its instants."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self._read: dict[tuple[str, str], deque[Outcome]] = defaultdict(lambda: deque(maxlen=MOST))
        self.take(outcomes)

    def take(self, outcomes: Iterable[Outcome]) -> None:
        """Add each outcome that is newer than what is known of its target and vantage."""
        for outcome in outcomes:
            known = self._read[outcome.target, outcome.vantage]
            if not known or outcome.at > known[-1].at:
                known.append(outcome)

    def keep_targets(self, kept: Collection[str]) -> None:
        """Drop what was read of targets other than these."""
        for pair in [pair for pair in self._read if pair[0] not in kept]:
            del self._read[pair]

    def of(self, target: str, vantage: str, now: datetime) -> tuple[Outcome, ...]:
        """Return the readings of the hour before `now`; the newest stays, however old it is."""
        known = self._read[target, vantage]
        while len(known) > 1 and known[0].at < now - HOUR:
            known.popleft()
        return tuple(known)
