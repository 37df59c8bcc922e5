"""Plays a scenario live: probes, status pages, workstations and staff reports."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

from procedure.diagnosis.scenario import Scenario, ScenarioOutcome, ScenarioReport
from procedure.handbook.model import Handbook
from procedure.monitoring.model import SERVER, FailureCause, Outcome, Phase, Status, Target, Vantage
from procedure.simulation.desk_day import seeded_random
from procedure.simulation.outcomes import OutcomeSampler
from procedure.status_pages.feed import Feed
from procedure.status_pages.reading_validity import Reading, feed_reading
from procedure.status_pages.status import PageReport, PageStatus

_TIMEOUT_MS = 10_000.0
_CAUSES = {cause.value: cause for cause in FailureCause}


class ScenarioPresent:
    """A scenario that begins at `begun` and plays at `speed` until `end` is called.

    If `begun` is None, the scenario waits until `begin` is called. A target keeps its last status
    until the end; before the start and after the end, everything answers. `now` returns the current
    time (aware UTC).
    """

    def __init__(
        self,
        handbook: Handbook,
        scenario: Scenario,
        begun: datetime | None,
        now: Callable[[], datetime],
        *,
        speed: float = 1.0,
    ) -> None:
        self.scenario, self.begun, self.speed = scenario, begun, speed
        self.ended: datetime | None = None
        self._handbook, self._now, self._reported = handbook, now, -1.0
        self._samplers = {
            key: OutcomeSampler(target, seeded_random(0, key))
            for key, target in handbook.targets.items()
        }

    def begin(self, begun: datetime) -> None:
        """Start the scenario at this time, unless its start is already set."""
        self.begun = self.begun or begun

    def end(self) -> None:
        """End the scenario: everything answers from now on."""
        self.ended = self.ended or self._now()

    @property
    def elapsed(self) -> float | None:
        """The scenario time in seconds since the start, or None before it and after the end."""
        now = self._now()
        if self.ended is not None or self.begun is None or now < self.begun:
            return None
        return (now - self.begun).total_seconds() * self.speed

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        return self._attempt(target, vantage)

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        report = PageReport(self.page_status(target))
        return feed_reading(target, feed.format, report, at=self._now(), interval=interval)

    def page_status(self, target: str) -> PageStatus:
        """Return the status that a status page currently reports."""
        elapsed = self.elapsed
        statuses = [
            reading.word
            for reading in self.scenario.readings
            if reading.target == target and elapsed is not None and reading.at <= elapsed
        ]
        return statuses[-1] if statuses else PageStatus.OK

    def rounds(self) -> Iterator[tuple[Vantage, list[Outcome]]]:
        """Yield each workstation's current outcomes, one for each target that browsers probe."""
        targets = [target for target in self._handbook.targets.values() if target.browser]
        for vantage in self.scenario.vantages:
            yield vantage, [self._attempt(target, vantage) for target in targets]

    def new_reports(self) -> Iterator[ScenarioReport]:
        """Yield the staff reports that have become due since the last call."""
        elapsed = self.elapsed
        if elapsed is None:
            return
        due = [report for report in self.scenario.reports if self._reported < report.at <= elapsed]
        self._reported = elapsed
        yield from due

    def _attempt(self, target: Target, vantage: Vantage) -> Outcome:
        answered = replace(self._samplers[target.key].attempt(self._now(), []), vantage=vantage.key)
        current = self._current_outcome(target.key, vantage.key)
        if current is None or current.status is Status.UP:
            return answered
        if current.status is Status.SLOW:
            slow = target.slow_after.total_seconds() * 1500
            return replace(answered, status=Status.SLOW, latency_ms=current.latency_ms or slow)
        cause = _CAUSES.get(current.cause or "", FailureCause.TIMEOUT)
        is_late = cause is FailureCause.TIMEOUT
        return Outcome(
            target=target.key,
            url=target.url,
            vantage=vantage.key,
            at=answered.at,
            status=current.status,
            cause=cause,
            phase=Phase.FIRST_BYTE,
            http_status=503 if cause is FailureCause.STATUS else None,
            latency_ms=current.latency_ms or (_TIMEOUT_MS if is_late else answered.latency_ms),
        )

    def _current_outcome(self, target: str, vantage: str) -> ScenarioOutcome | None:
        elapsed = self.elapsed
        if elapsed is None:
            return None
        past = [
            outcome
            for outcome in self.scenario.outcomes
            if (outcome.target, outcome.vantage) == (target, vantage) and outcome.at <= elapsed
        ]
        return max(past, key=attrgetter("at"), default=None)
