"""The last hour as the workstations of each site saw it, in steps of two minutes."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from procedure.monitoring.model import Outcome, Status, Vantage
from procedure.monitoring.rollup import EPOCH, HOUR

STEP = timedelta(minutes=2)


@dataclass(slots=True)
class _Step:
    """The outcomes of one step: how many failed or were slow, and how long the answers took."""

    start: datetime
    looks: int = 0
    failed: int = 0
    slow: int = 0
    spent: list[float] = field(default_factory=list[float])

    def add(self, outcome: Outcome) -> None:
        self.looks += 1
        self.failed += outcome.status is Status.DOWN
        self.slow += outcome.status is Status.SLOW
        if outcome.latency_ms is not None and outcome.status is not Status.DOWN:
            self.spent.append(outcome.latency_ms)

    def outcome(self, target: str, site: str) -> Outcome:
        """Return the status of most readings, with their median latency, as one outcome."""
        status = Status.SLOW if 2 * self.slow > self.looks else Status.UP
        status = Status.DOWN if 2 * self.failed > self.looks else status
        spent = median(self.spent) if self.spent else None
        at = self.start + STEP / 2
        return Outcome(target, "", f"@{site}", at, status, latency_ms=spent)


class SiteHistory:
    """The outcomes of the workstations over the last hour, summed by (target, site)."""

    def __init__(self) -> None:
        most = HOUR // STEP + 1
        self._steps: dict[tuple[str, str], deque[_Step]] = defaultdict(lambda: deque(maxlen=most))

    def add(self, vantage: Vantage, outcomes: Iterable[Outcome]) -> None:
        """Add a round of a workstation; one that comes more than a step late is left out."""
        for outcome in outcomes:
            if outcome.status is Status.UNKNOWN:
                continue
            steps = self._steps[outcome.target, vantage.site]
            start = outcome.at - (outcome.at - EPOCH) % STEP
            if not steps or steps[-1].start < start:
                steps.append(_Step(start))
            current = next((step for step in reversed(steps) if step.start == start), None)
            if current is not None:
                current.add(outcome)

    def keep_targets(self, kept: Collection[str]) -> None:
        """Drop what was read of targets other than these."""
        for pair in [pair for pair in self._steps if pair[0] not in kept]:
            del self._steps[pair]

    def of(self, target: str, site: str, now: datetime) -> tuple[Outcome, ...]:
        """Return one outcome for each step of the hour before `now`, oldest first."""
        steps = self._steps.get((target, site), ())
        return tuple(step.outcome(target, site) for step in steps if step.start + STEP > now - HOUR)
