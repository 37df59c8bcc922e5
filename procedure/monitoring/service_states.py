"""Services, each reached through one or more of the handbook's addresses.

A service works while at least one of its addresses works, and is down while all are down.
Otherwise, it has a gap while any address has a gap, and is unknown the rest of the time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter

from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import FailureCause, Status


@dataclass(frozen=True, slots=True)
class Service:
    """The addresses named by one step of the handbook; `key` is the step's key.

    `announced` says whether the status pages cover the service.
    """

    key: str
    targets: tuple[str, ...]
    announced: bool = False

    @property
    def state_key(self) -> str:
        """The key of the service's states: the key of its only target, or else its own key."""
        return self.targets[0] if len(self.targets) == 1 else self.key


def announced_keys(known: Iterable[Service]) -> frozenset[str]:
    """Return the keys of the services and targets that the status pages cover."""
    return frozenset(
        key for service in known if service.announced for key in (service.key, *service.targets)
    )


def service_states(
    service: Service, lanes: Mapping[str, Sequence[StatusInterval]]
) -> list[StatusInterval]:
    """Derive a service's states from the contiguous states of its targets over the same span.

    The result is empty if any of the targets has no states.
    """
    known = [lanes[key] for key in service.targets if lanes.get(key)]
    if len(known) < len(service.targets):
        return []
    return list(_joined(service.key, known))


def _joined(key: str, lanes: Sequence[Sequence[StatusInterval]]) -> Iterator[StatusInterval]:
    edges = sorted(
        {at for lane in lanes for interval in lane for at in (interval.start, interval.end)}
    )
    places = [0] * len(lanes)
    pieces = (
        (start, end, _best([_state_at(lane, places, n, start) for n, lane in enumerate(lanes)]))
        for start, end in pairwise(edges)
    )
    for (status, cause), equal in groupby(pieces, key=itemgetter(2)):
        (start, end, _), *rest = equal
        yield StatusInterval(key, start, rest[-1][1] if rest else end, status, cause)


def _state_at(
    lane: Sequence[StatusInterval], places: list[int], number: int, at: datetime
) -> StatusInterval:
    while lane[places[number]].end <= at and places[number] + 1 < len(lane):
        places[number] += 1
    return lane[places[number]]


def _best(states: Sequence[StatusInterval]) -> tuple[Status | None, FailureCause | None]:
    statuses = [state.status for state in states]
    for status in (Status.UP, Status.SLOW):
        if status in statuses:
            return status, None
    if None in statuses:
        return None, None
    if Status.UNKNOWN in statuses:
        return Status.UNKNOWN, None
    return Status.DOWN, states[0].cause
