"""The states of every target over the last few days, updated as outcomes arrive.

A dashboard page that shows a week must not read a week of outcomes on each update. So older
outcomes are processed only once, and only the newest outcomes are processed again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from procedure.monitoring.blind_periods import BlindPeriod, BlindPeriods, mask_states
from procedure.monitoring.downtime import READING_HOLDS, StatusInterval, clip, extend
from procedure.monitoring.model import SERVER, Outcome

RETENTION = timedelta(days=8)
SETTLED_AFTER = timedelta(seconds=30)  # by then, a probe has ended and its outcome is stored


class RecentStates:
    """The consecutive states of each target as seen by the server; a gap is also a state.

    `intervals` gives the time between readings of each target, and `keep` is how long states are
    kept. The outcomes in each update must be in chronological order.
    """

    def __init__(self, intervals: Mapping[str, timedelta], *, keep: timedelta = RETENTION) -> None:
        self.intervals = dict(intervals)
        self._keep = keep
        self._closed: dict[str, list[StatusInterval]] = defaultdict(list)
        self._standing: dict[str, StatusInterval] = {}
        self._tail: list[Outcome] = []
        self._cuts: tuple[BlindPeriod, ...] = ()
        self.settled_until: datetime | None = None

    def needed_since(self, now: datetime) -> datetime:
        """Return the time from which the next `update` needs outcomes.

        If the clock was set back to before `settled_until`, everything is needed again.
        """
        if self.settled_until is not None and self.settled_until > now:
            self.settled_until = None
            self._closed.clear()
            self._standing.clear()
        return self.settled_until or now - self._keep

    def update(
        self, outcomes: Iterable[Outcome], now: datetime, cuts: Iterable[BlindPeriod] = ()
    ) -> None:
        """Add all outcomes since `needed_since`, ignoring outcomes from workstations.

        `cuts` are all of the server's blind periods in the time for which states are kept.
        """
        self._cuts = tuple(cuts)
        # An outcome must not be settled twice, even if the clock was set back by a few seconds.
        settled_until = max(now - SETTLED_AFTER, self.settled_until or now - self._keep)
        self._tail = []
        for outcome in outcomes:
            if outcome.vantage != SERVER.key or outcome.target not in self.intervals:
                continue
            if outcome.at >= settled_until:
                self._tail.append(outcome)
            else:
                self._fold(outcome)
        self.settled_until = settled_until
        self._forget(now - self._keep)

    def states(self, target: str, since: datetime, until: datetime) -> list[StatusInterval]:
        """Return the states of a target over `since <= t < until`, with a state for each gap."""
        intervals, standing = list(self._closed[target]), self._standing.get(target)
        for outcome in self._tail:
            if outcome.target == target:
                closed, standing = self._step(standing, outcome)
                intervals += closed
        intervals += [standing] if standing else []
        if intervals:
            intervals = mask_states(intervals, BlindPeriods.of(self._cuts, self.intervals[target]))
        return clip(target, intervals, since, until)

    def _fold(self, outcome: Outcome) -> None:
        closed, standing = self._step(self._standing.get(outcome.target), outcome)
        self._closed[outcome.target] += closed
        self._standing[outcome.target] = standing

    def _step(
        self, standing: StatusInterval | None, outcome: Outcome
    ) -> tuple[tuple[StatusInterval, ...], StatusInterval]:
        hold = READING_HOLDS * self.intervals[outcome.target]
        return extend(standing, outcome, hold=hold)

    def _forget(self, before: datetime) -> None:
        for target, intervals in self._closed.items():
            self._closed[target] = [state for state in intervals if state.end > before]
