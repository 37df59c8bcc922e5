"""Disagreements between the status pages and our own observations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from procedure.monitoring.model import Status
from procedure.status_pages.reading_validity import Reading, is_fresh
from procedure.status_pages.status import PageStatus

_KNOWN = frozenset({Status.UP, Status.SLOW, Status.DOWN})


@dataclass(frozen=True, slots=True)
class Share:
    """A share: `count` out of `of`."""

    count: int
    of: int


class Dispute(StrEnum):
    """A kind of disagreement between status pages and our observations."""

    SILENT = "silent"  # no incident is reported, but most of our observations fail
    NOT_SEEN = "not_seen"  # an incident is reported, but none of our observations fails


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A disagreement: the shares of pages reporting an incident and of failing observations."""

    kind: Dispute
    reporting: Share
    failing: Share


def official_against_observed(
    readings: Iterable[Reading], judged: Iterable[Status], now: datetime
) -> Disagreement | None:
    """Compare the official status of a service with our observations of it.

    Only the newest fresh reading of each page and source is used. A slow answer counts as working.
    Return None if either status is unknown, or if they do not clearly disagree.
    """
    telling = (
        reading
        for reading in readings
        if is_fresh(reading, now) and reading.status is not PageStatus.UNKNOWN
    )
    newest = {
        (reading.target, reading.source): reading.status
        for reading in sorted(telling, key=attrgetter("at"))
    }
    words = list(newest.values())
    known = [status for status in judged if status in _KNOWN]
    reporting = Share(sum(status is PageStatus.INCIDENT for status in words), len(words))
    failing = Share(sum(status is Status.DOWN for status in known), len(known))
    if not words or not known:
        return None
    if all(status is PageStatus.OK for status in words) and 2 * failing.count > failing.of:
        return Disagreement(Dispute.SILENT, reporting, failing)
    if reporting.count and not failing.count:
        return Disagreement(Dispute.NOT_SEEN, reporting, failing)
    return None
