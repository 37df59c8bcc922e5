"""A target's states over time, and the downtimes and availability derived from them.

A reading is valid for three of its target's intervals; after that, there is a gap until the next
reading. A gap never counts as up, and never ends a downtime.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import Any

from procedure.monitoring.model import FailureCause, Outcome, Status

Cause = FailureCause | None
Moment = Any  # datetimes or integer microseconds: anything that can be compared and subtracted
READING_HOLDS = 3  # intervals for which a reading is valid
WORKING = frozenset({Status.UP, Status.SLOW})


@dataclass(frozen=True, slots=True)
class StatusInterval:
    """A period in which a target has one status and cause, `start <= t < end` in aware UTC.

    `status` is None in a gap, a period without readings.
    """

    target: str
    start: datetime
    end: datetime
    status: Status | None
    cause: FailureCause | None = None

    @property
    def lasted(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Downtime:
    """A downtime, from the first failed reading to the next reading that is up or slow (UTC).

    - `end`: the end, or None while the downtime continues.
    - `cause`: the cause of the first failed reading.
    - `unread`: the time without a reading or with an unknown status, during which the target may
      have worked.
    - `official_start`, `official_end`: the start and end according to the announced incidents. If
      no incident was announced, they come from the planned work. The end is None if any of these
      announcements has no end.
    - `planned`: whether planned work explains the downtime.
    - `incident`: whether an incident was announced.
    - `official_page`: the status page with the announcement that starts first, or the target for
      which staff entered planned work.
    """

    target: str
    start: datetime
    end: datetime | None
    cause: FailureCause | None
    unread: timedelta = timedelta()
    official_start: datetime | None = None
    official_end: datetime | None = None
    planned: bool = False
    incident: bool = False
    official_page: str | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """The time a target spent in each status; `unread` is the sum of its gaps."""

    up: timedelta = timedelta()
    slow: timedelta = timedelta()
    down: timedelta = timedelta()
    unknown: timedelta = timedelta()
    unread: timedelta = timedelta()

    @property
    def ratio(self) -> float | None:
        """The share of the known time in which the target worked, or None if no time is known."""
        known = self.up + self.slow + self.down
        return (self.up + self.slow) / known if known else None


def extend(
    current: StatusInterval | None, outcome: Outcome, *, hold: timedelta
) -> tuple[tuple[StatusInterval, ...], StatusInterval]:
    """Add the newest reading to the current state.

    Return the states that the reading closes, and the new current state. Until another reading
    arrives, the current state ends `hold` after its newest reading.
    """
    target, at, status, cause = outcome.target, outcome.at, outcome.status, outcome.cause
    until = at + hold
    if current is None:
        return (), StatusInterval(target, at, until, status, cause)
    start, end = current.start, current.end
    if at > end:
        gap = StatusInterval(target, end, at, None)
        return (current, gap), StatusInterval(target, at, until, status, cause)
    if current.status == status and current.cause == cause:
        # This runs for every probe, so it creates only one object.
        return (), StatusInterval(target, start, until, status, cause)
    changed = StatusInterval(target, start, at, current.status, current.cause)
    return (changed,), StatusInterval(target, at, until, status, cause)


def downtimes(states: Iterable[StatusInterval]) -> list[Downtime]:
    """Return the downtimes among the ordered states of one target.

    Only a reading that is up or slow ends a downtime. Gaps and unknown states during it count as
    `unread`.
    """
    ordered = list(states)
    if not ordered:
        return []
    target, until = ordered[0].target, ordered[-1].end
    begun = ((state.start, state.status, state.cause) for state in ordered)
    return [
        Downtime(target, start, end, cause, sum((b - a for a, b in unread), timedelta()))
        for start, end, cause, unread in down_spans(begun, until)
    ]


def overlaps(downtime: Downtime, start: datetime, end: datetime | None) -> bool:
    """Return whether a downtime overlaps `start <= t < end`, or `start <= t` if `end` is None."""
    begun = downtime.end is None or start < downtime.end
    return begun and (end is None or downtime.start < end)


def down_spans(
    begun: Iterable[tuple[Moment, Status | None, Cause]], until: Moment
) -> Iterator[tuple[Moment, Moment, Cause, list[tuple[Moment, Moment]]]]:
    """Yield each downtime's start, end (None if it is still open), cause and unread spans.

    `begun` yields (start, status, cause) in order. Each state lasts until the next one starts, and
    the last state lasts until `until`. For the types of the times, see `Moment`.
    """
    began = cause = None
    unread: list[tuple[Moment, Moment]] = []
    for (start, status, why), (end, _, _) in pairwise(chain(begun, [(until, None, None)])):
        if began is None:
            if status is Status.DOWN:
                began, cause, unread = start, why, []
        elif status is Status.UP or status is Status.SLOW:
            yield began, start, cause, unread
            began = None
        elif status is not Status.DOWN:
            unread.append((start, end))
    if began is not None:
        yield began, None, cause, unread


def availability(states: Iterable[StatusInterval]) -> Availability:
    spent: dict[str, timedelta] = defaultdict(timedelta)
    for state in states:
        spent[state.status or "unread"] += state.lasted
    return Availability(**spent)


def split(
    state: StatusInterval, next_edge: Callable[[datetime], datetime]
) -> Iterator[StatusInterval]:
    """Yield the parts of a state, cut where `next_edge` says that an hour or a day begins."""
    start = state.start
    while start < state.end:
        end = min(next_edge(start), state.end)
        yield StatusInterval(state.target, start, end, state.status, state.cause)
        start = end


def clip(
    target: str, states: list[StatusInterval], since: datetime, until: datetime
) -> list[StatusInterval]:
    """Return ordered states clipped to `since <= t < until`, with a gap where there is no state."""
    if since >= until:
        return []
    overlapping = [state for state in states if state.start < until and state.end > since]
    if not overlapping:
        return [StatusInterval(target, since, until, None)]
    first, last = overlapping[0], overlapping[-1]
    before = [StatusInterval(target, since, first.start, None)] if first.start > since else []
    after = [StatusInterval(target, last.end, until, None)] if last.end < until else []
    overlapping[0] = replace(first, start=max(first.start, since))
    overlapping[-1] = replace(overlapping[-1], end=min(last.end, until))
    return [*before, *overlapping, *after]
