"""What the records say of the causes of an outage; nothing is concluded that was not recorded."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from procedure.monitoring.downtime import Downtime
from procedure.monitoring.model import FailureCause


@dataclass(frozen=True, slots=True)
class SeenCause:
    """Why addresses failed: the same cause of all, and how long the longest of them was down.

    `lasted` is None while one of them still is.
    """

    cause: FailureCause
    targets: tuple[str, ...]
    lasted: timedelta | None


def seen_causes(downtimes: Iterable[Downtime], targets: Collection[str]) -> tuple[SeenCause, ...]:
    """Return the causes of the downtimes of these targets, in the order in which they began."""
    by_cause: dict[FailureCause, list[Downtime]] = {}
    for downtime in downtimes:
        if downtime.target in targets and downtime.cause:
            by_cause.setdefault(downtime.cause, []).append(downtime)
    found = [(min(one.start for one in down), cause, down) for cause, down in by_cause.items()]
    return tuple(_seen(cause, down) for _, cause, down in sorted(found, key=lambda one: one[0]))


def _seen(cause: FailureCause, downtimes: list[Downtime]) -> SeenCause:
    ended = [one.end - one.start for one in downtimes if one.end is not None]
    targets = tuple(dict.fromkeys(one.target for one in downtimes))
    return SeenCause(cause, targets, max(ended) if len(ended) == len(downtimes) else None)
