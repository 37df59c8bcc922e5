"""A simulated present: probe outcomes and readings of status pages, without network requests."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from procedure.handbook.model import Handbook
from procedure.monitoring.model import SERVER, FailureCause, Outcome, Target, Vantage
from procedure.monitoring.probe_findings import ANSWERED, outcomes_in_browser
from procedure.simulation.desk_day import seeded_random
from procedure.simulation.incidents import PAGE, PAGE_TEXT, SampleIncident
from procedure.simulation.outcomes import OutcomeSampler
from procedure.simulation.own_targets import own_episode, own_targets
from procedure.status_pages.feed import Feed
from procedure.status_pages.reading_validity import Reading, feed_reading
from procedure.status_pages.status import PageReport, PageStatus

AT_EACH_DESK = 2  # workstations


class SimulatedPresent:
    """Stands in for the prober and the status page reader, and reports an ongoing outage.

    `begun` is the end of the generated history; the age of `incident` is counted back from this
    time. `now` returns the current time. Both are aware UTC.
    """

    def __init__(
        self,
        handbook: Handbook,
        incident: SampleIncident,
        begun: datetime,
        now: Callable[[], datetime],
    ) -> None:
        self._handbook, self._now = handbook, now
        own, outage = own_targets(handbook), incident.episode(begun)
        self._outage = own_episode(outage, own) or outage
        self._page = own.get(PAGE)
        self._announced = incident.announced
        self._samplers = {
            key: OutcomeSampler(target, seeded_random(0, key))
            for key, target in handbook.targets.items()
        }

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        del vantage
        return self._attempt(target.key)

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        """Return a status page's current reading."""
        at = self._now()
        report = self._report(at) if target == self._page else PageReport(PageStatus.OK)
        return feed_reading(target, feed.format, report, at=at, interval=interval)

    def rounds(self) -> Iterator[tuple[Vantage, list[Outcome]]]:
        """Yield a round of probes by each workstation.

        Every desk has two workstations, one of which is a VDI session if the library uses VDI.
        """
        at, has_vdi = self._now(), self._handbook.procedure.asks_about_vdi
        for desk in self._handbook.desks.values():
            for number in range(1, AT_EACH_DESK + 1):
                is_vdi = has_vdi and number == AT_EACH_DESK
                vantage = Vantage(f"{desk.code}-{number}", desk.site, is_vdi)
                probes = [self._browser_probe(key) for key in self._samplers]
                yield (
                    vantage,
                    list(outcomes_in_browser(probes, self._handbook.targets, vantage, at)),
                )

    def _attempt(self, key: str) -> Outcome:
        return self._samplers[key].attempt(self._now(), [self._outage])

    def _browser_probe(self, key: str) -> dict[str, object]:
        outcome = self._attempt(key)
        answered = outcome.cause is None or outcome.cause in ANSWERED
        late = outcome.cause is FailureCause.TIMEOUT
        return {"target": key, "answered": answered, "late": late, "ms": outcome.latency_ms}

    def _report(self, at: datetime) -> PageReport:
        announced = self._outage.begins + timedelta(minutes=self._announced or 0)
        if self._announced is None or not announced <= at < self._outage.ends:
            return PageReport(PageStatus.OK)
        return PageReport(PageStatus.INCIDENT, PAGE_TEXT, changed_at=announced)
