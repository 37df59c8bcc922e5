"""Compares the time lost per month with the vendor's promise and announcements.

The vendor gets the benefit of the doubt: the service is assumed to have worked while there was no
reading, or while the server itself was cut off.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from procedure.local_time import library_zone, local_day
from procedure.monitoring.contract import Contract
from procedure.monitoring.downtime import WORKING, Downtime
from procedure.monitoring.model import Status
from procedure.outages.announcements import Announcement
from procedure.outages.figures import ObservedPast, is_momentary
from procedure.time_spans import Span, Spans, difference, duration, intersection, union


class DisputeReason(StrEnum):
    """How the vendor's announcement of an outage differs from Relais's observations."""

    NEVER_ANNOUNCED = "never_announced"
    ANNOUNCED_SHORTER = "announced_shorter"
    PLANNED_LATE = "planned_late"  # announced as planned work, but later than the contract requires


@dataclass(frozen=True, slots=True)
class LostTime:
    """The time lost within `start <= t < end` (aware UTC).

    - `counted`: the time that counts under the contract, without `excluded` planned work.
    - `announced`: the time for which the vendor announced an incident.
    - `observed`: the time in which the service was down; `disputed` is its unannounced part.
    - `unread`: the time without an observation.
    """

    start: datetime
    end: datetime
    counted: timedelta
    excluded: timedelta
    announced: timedelta
    observed: timedelta
    disputed: timedelta
    unread: timedelta

    def works(self, lost: timedelta) -> float | None:
        """Return the share (0 to 1) of `counted` that was not lost, or None if no time counts."""
        return 1 - lost / self.counted if self.counted else None

    def allowed(self, contract: Contract) -> timedelta | None:
        """Return the loss that the contract allows in this time, or None if it promises nothing."""
        percent = contract.percent
        return None if percent is None else self.counted * (100 - percent) / 100

    def excess(self, contract: Contract) -> timedelta:
        allowed = self.allowed(contract)
        return timedelta() if allowed is None else max(self.observed - allowed, timedelta())


@dataclass(frozen=True, slots=True)
class DisputedDowntime:
    """A downtime that was not announced in full.

    `observed` is the part of the downtime that counts under the contract, and `disputed` is the
    unannounced part of `observed`.
    """

    outage: Downtime
    observed: timedelta
    disputed: timedelta
    reason: DisputeReason


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The time lost in a span and in each of its months, and the disputed downtimes, in order.

    `agreed` holds the downtimes that were announced in full.
    """

    whole: LostTime
    months: tuple[LostTime, ...]
    disputed: tuple[DisputedDowntime, ...]
    agreed: tuple[Downtime, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A service's time under the contract, as spans; the fields are as in `LostTime`."""

    counted: Spans
    excluded: Spans
    announced: Spans
    observed: Spans
    unread: Spans

    def lost(self, span: Span) -> LostTime:
        spans = (self.counted, self.excluded, self.announced, self.observed)
        unannounced = difference(self.observed, self.announced)
        within = (
            duration(intersection(part, (span,))) for part in (*spans, unannounced, self.unread)
        )
        return LostTime(*span, *within)


def service_level(past: ObservedPast, contract: Contract) -> ServiceLevel:
    """Return the time that a contract's service lost over the observed span."""
    key, span = _key(past, contract.service), (past.since, past.until)
    found = _find(past, key, contract)
    outages = [outage for outage in past.downtimes([key]) if not is_momentary(outage)]
    judged = [(outage, _dispute(outage, found, past, contract)) for outage in outages]
    return ServiceLevel(
        whole=found.lost(span),
        months=tuple(found.lost(month) for month in months(*span)),
        disputed=tuple(dispute for _, dispute in judged if dispute),
        agreed=tuple(
            outage for outage, dispute in judged if not dispute and _counts(outage, found, past)
        ),
    )


def months(since: datetime, until: datetime) -> Iterator[Span]:
    """Yield the local months of a span, the first and last clipped to it."""
    first = local_day(since).replace(day=1)
    starts = [since]
    while (at := _midnight(first := _next_month(first))) < until:
        starts.append(at)
    yield from pairwise([*starts, until])


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=library_zone()).astimezone(UTC)


def _key(past: ObservedPast, service: str) -> str:
    """Return the key of a service's states: its target's key if it has only one target."""
    first, *others = next(
        candidate.targets for candidate in past.services if candidate.key == service
    )
    return service if others else first


def _find(past: ObservedPast, key: str, contract: Contract) -> _Found:
    intervals = past.intervals(key)
    hours = contract.hours(past.since, past.until)
    excluded = intersection(
        _spans(
            (
                announcement
                for announcement in past.announced
                if _is_excluded(announcement, contract)
            ),
            past.until,
        ),
        hours,
    )
    counted = difference(hours, excluded)
    down = union(
        (interval.start, interval.end) for interval in intervals if interval.status is Status.DOWN
    )
    known = union(
        (interval.start, interval.end)
        for interval in intervals
        if interval.status is Status.DOWN or interval.status in WORKING
    )
    incidents = (
        announcement
        for announcement in past.announced
        if not announcement.planned and _is_vendors(announcement, contract)
    )
    return _Found(
        counted=counted,
        excluded=excluded,
        announced=intersection(_spans(incidents, past.until), counted),
        observed=intersection(down, counted),
        unread=difference(counted, known),
    )


def _spans(announced: Iterable[Announcement], until: datetime) -> Spans:
    return union(
        (announcement.start, announcement.relevant_until or until) for announcement in announced
    )


def _is_vendors(announcement: Announcement, contract: Contract) -> bool:
    return not contract.pages or announcement.page in contract.pages


def _is_excluded(announcement: Announcement, contract: Contract) -> bool:
    known = announcement.start if announcement.known_since is None else announcement.known_since
    return announcement.planned and known <= announcement.start - contract.notice


def _within(outage: Downtime, spans: Spans, past: ObservedPast) -> Spans:
    return intersection(spans, union([(outage.start, outage.end or past.until)]))


def _counts(outage: Downtime, found: _Found, past: ObservedPast) -> bool:
    return bool(_within(outage, found.observed, past))


def _dispute(
    outage: Downtime, found: _Found, past: ObservedPast, contract: Contract
) -> DisputedDowntime | None:
    observed = _within(outage, found.observed, past)
    disputed = difference(observed, found.announced)
    if not disputed:
        return None
    planned = [
        announcement
        for announcement in past.announced
        if announcement.planned and not _is_excluded(announcement, contract)
    ]
    if intersection(disputed, _spans(planned, past.until)):
        reason = DisputeReason.PLANNED_LATE
    elif _concerned(outage, past.announced, contract):
        reason = DisputeReason.ANNOUNCED_SHORTER
    else:
        reason = DisputeReason.NEVER_ANNOUNCED
    return DisputedDowntime(outage, duration(observed), duration(disputed), reason)


def _concerned(outage: Downtime, announced: Sequence[Announcement], contract: Contract) -> bool:
    return any(
        not announcement.planned
        and _is_vendors(announcement, contract)
        and announcement.may_concern(outage)
        for announcement in announced
    )
