"""Figures for a time span: downtimes with their announcements, causes, and availability.

The dashboard, the commands, the dossier and `procedure.frames` get every figure from this module.
Times when the server itself was cut off are already marked as unknown in the states of a `History`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from procedure.monitoring.downtime import (
    Availability,
    Downtime,
    StatusInterval,
    availability,
    clip,
    downtimes,
    overlaps,
)
from procedure.monitoring.history import History
from procedure.monitoring.model import FailureCause
from procedure.monitoring.service_states import Service, announced_keys, service_states
from procedure.outages.announcements import Announcement, add_announcements, without_planned_work

LEAD = timedelta(days=8)  # how far before a span to read, so that downtimes are complete
# Shorter downtimes are failures that the quick retries did not confirm, so they were never shown.
MOMENTARY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class AvailabilityFigures:
    """The availability of a target or service over a span.

    `unplanned` leaves out the time of announced work, or is None if no work was announced.
    """

    whole: Availability
    unplanned: Availability | None = None


@dataclass(frozen=True, slots=True)
class ObservedPast:
    """The status of targets and services over `since <= t < until` (aware UTC), from one vantage.

    `states` maps the key of each target, and of each service with several targets, to intervals.
    The intervals are contiguous over the span. They may begin before the span, so that downtimes
    are complete.
    """

    since: datetime
    until: datetime
    states: Mapping[str, Sequence[StatusInterval]]
    announced: Sequence[Announcement]
    services: Sequence[Service]

    @classmethod
    def of_targets(
        cls,
        lanes: Mapping[str, Sequence[StatusInterval]],
        announced: Sequence[Announcement],
        services: Sequence[Service],
        *,
        since: datetime,
        until: datetime,
    ) -> "ObservedPast":
        """Return the past of these targets and of the services that have several targets."""
        joined = {
            service.key: service_states(service, lanes) for service in several_targets(services)
        }
        return cls(since, until, {**lanes, **joined}, announced, services)

    def over(self, since: datetime) -> "ObservedPast":
        """Return the same past, but beginning at `since`; `states` must not begin later."""
        return replace(self, since=since)

    def intervals(self, key: str) -> list[StatusInterval]:
        """Return the intervals of a target or service, clipped to the span."""
        return clip(key, list(self.states[key]), self.since, self.until)

    def planned(self) -> list[Announcement]:
        """Return the announced work that overlaps the span, oldest first."""
        return [
            work for work in self.announced if work.planned and self._reaches(work.start, work.end)
        ]

    def availability(self, key: str) -> AvailabilityFigures:
        """Return how long a target or service was in each status, with and without planned work.

        Ratios leave out unknown time and time without a reading.
        """
        intervals = self.intervals(key)
        work = self.planned() if key in announced_keys(self.services) else []
        left = availability(without_planned_work(intervals, work)) if work else None
        return AvailabilityFigures(availability(intervals), left)

    def downtimes(self, keys: Iterable[str]) -> list[Downtime]:
        """Return the downtimes of targets and services that overlap the span, oldest first.

        The downtimes are not clipped to the span. If the status pages cover the target,
        official times are added to its downtimes.
        """
        whole = [downtime for key in keys for downtime in downtimes(self.states[key])]
        reaching = [downtime for downtime in whole if self._reaches(downtime.start, downtime.end)]
        joined = add_announcements(reaching, self.announced, self.services)
        return sorted(joined, key=lambda downtime: (downtime.start, downtime.target))

    def distinct_downtimes(self) -> list[Downtime]:
        """Return the downtimes as the dashboard lists them, each once, oldest first.

        Momentary downtimes are left out. A service with several targets has its own downtimes. If a
        downtime of one of its targets overlaps a downtime of the service, the target's downtime is
        left out.
        """
        of_service: dict[str, list[Downtime]] = {}
        for service in several_targets(self.services):
            every = downtimes(self.states[service.key])
            whole = [downtime for downtime in every if not is_momentary(downtime)]
            for target in service.targets:
                of_service.setdefault(target, []).extend(whole)
        return [
            downtime
            for downtime in self.downtimes(self.states)
            if not is_momentary(downtime)
            and not any(
                overlaps(downtime, other.start, other.end)
                for other in of_service.get(downtime.target, ())
            )
        ]

    def _reaches(self, start: datetime, end: datetime | None) -> bool:
        return start < self.until and (end is None or end > self.since)


def read_past(
    history: History,
    targets: Iterable[str],
    announced: Sequence[Announcement],
    services: Sequence[Service],
    *,
    since: datetime,
    until: datetime,
) -> ObservedPast:
    """Read the server's states for these targets; a target without readings has a single gap.

    Raises the same database errors as `History`.
    """
    states = history.states(since=since - LEAD, until=until)
    gap = {key: [StatusInterval(key, since - LEAD, until, None)] for key in targets}
    lanes = {key: states.get(key) or nothing for key, nothing in gap.items()}
    return ObservedPast.of_targets(lanes, announced, services, since=since, until=until)


def several_targets(services: Iterable[Service]) -> Iterator[Service]:
    """Yield the services with several targets; other services have no states of their own."""
    return (service for service in services if len(service.targets) > 1)


def answered_again(downtimes: Iterable[Downtime], services: Iterable[Service]) -> datetime | None:
    """Return when the last of the library system's downtimes ended.

    Return None if one of the downtimes has not ended, or if there are no downtimes.
    """
    keys = {service.state_key for service in services if service.announced}
    own = [
        downtime for downtime in downtimes if downtime.target in keys and not is_momentary(downtime)
    ]
    ends = [downtime.end for downtime in own if downtime.end is not None]
    return max(ends, default=None) if len(ends) == len(own) else None


def first_failure(downtimes: Iterable[Downtime], services: Iterable[Service]) -> Downtime | None:
    """Return the first downtime of one of the library system's addresses, or None.

    One failing address is enough: the dashboard shows this address in red even if the other
    addresses still answer.
    """
    keys = {key for service in services if service.announced for key in service.targets}
    own = [
        downtime for downtime in downtimes if downtime.target in keys and not is_momentary(downtime)
    ]
    return min(own, key=attrgetter("start"), default=None)


def is_momentary(downtime: Downtime) -> bool:
    return downtime.end is not None and downtime.end - downtime.start < MOMENTARY


@dataclass(frozen=True, slots=True)
class SeenCause:
    """A cause shared by failed addresses, and the length of the longest failure.

    `lasted` is None while one of the addresses is still down.
    """

    cause: FailureCause
    targets: tuple[str, ...]
    lasted: timedelta | None


def seen_causes(downtimes: Iterable[Downtime], targets: Collection[str]) -> tuple[SeenCause, ...]:
    """Return the causes of these targets' downtimes, in the order of their first downtimes."""
    by_cause: dict[FailureCause, list[Downtime]] = {}
    for downtime in downtimes:
        if downtime.target in targets and downtime.cause:
            by_cause.setdefault(downtime.cause, []).append(downtime)
    begun = {
        cause: min(downtime.start for downtime in caused) for cause, caused in by_cause.items()
    }
    return tuple(
        _seen_cause(cause, by_cause[cause]) for cause in sorted(begun, key=begun.__getitem__)
    )


def _seen_cause(cause: FailureCause, downtimes: list[Downtime]) -> SeenCause:
    ended = [downtime.end - downtime.start for downtime in downtimes if downtime.end is not None]
    targets = tuple(dict.fromkeys(downtime.target for downtime in downtimes))
    return SeenCause(cause, targets, max(ended) if len(ended) == len(downtimes) else None)
