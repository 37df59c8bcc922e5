"""The last hour as seen by each site's workstations, in steps of two minutes."""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from procedure.monitoring.model import Outcome, Status, Vantage
from procedure.monitoring.rollup import EPOCH, HOUR

STEP = timedelta(minutes=2)


@dataclass(slots=True)
class _Step:
    """Each workstation's newest outcome in one step, so that each workstation counts once."""

    start: datetime
    outcomes: dict[str, Outcome] = field(default_factory=dict[str, Outcome])

    def outcome(self, target: str, site: str) -> Outcome:
        """Return one outcome: down or slow if most of the workstations' outcomes are, or else up.

        The latency is the median of the outcomes that are not down.
        """
        statuses = Counter(outcome.status for outcome in self.outcomes.values())
        status = Status.SLOW if 2 * statuses[Status.SLOW] > statuses.total() else Status.UP
        status = Status.DOWN if 2 * statuses[Status.DOWN] > statuses.total() else status
        latencies = [
            outcome.latency_ms
            for outcome in self.outcomes.values()
            if outcome.latency_ms is not None and outcome.status is not Status.DOWN
        ]
        latency = median(latencies) if latencies else None
        at = self.start + STEP / 2
        return Outcome(target, "", f"@{site}", at, status, latency_ms=latency)


class SiteHistory:
    """The outcomes from workstations over the last hour, by (target, site)."""

    def __init__(self) -> None:
        most = HOUR // STEP + 1
        self._steps: dict[tuple[str, str], deque[_Step]] = defaultdict(lambda: deque(maxlen=most))

    def add(self, vantage: Vantage, outcomes: Iterable[Outcome]) -> None:
        """Add a workstation's outcomes, except unknown outcomes and late outcomes with no step."""
        for outcome in outcomes:
            if outcome.status is Status.UNKNOWN:
                continue
            steps = self._steps[outcome.target, vantage.site]
            start = outcome.at - (outcome.at - EPOCH) % STEP
            if not steps or steps[-1].start < start:
                steps.append(_Step(start))
            current = next((step for step in reversed(steps) if step.start == start), None)
            if current is not None:
                current.outcomes[vantage.key] = outcome

    def forget(self, workstation: str) -> None:
        """Drop the outcomes from a workstation, for example after it has been renamed."""
        for steps in self._steps.values():
            for step in steps:
                step.outcomes.pop(workstation, None)

    def keep_targets(self, kept: Collection[str]) -> None:
        """Drop the outcomes of all targets that are not in `kept`."""
        for pair in [pair for pair in self._steps if pair[0] not in kept]:
            del self._steps[pair]

    def of(self, target: str, site: str, now: datetime) -> tuple[Outcome, ...]:
        """Return one outcome for each step of the hour before `now`, oldest first."""
        steps = self._steps.get((target, site), ())
        recent = [step for step in steps if step.outcomes and step.start + STEP > now - HOUR]
        return tuple(step.outcome(target, site) for step in recent)
