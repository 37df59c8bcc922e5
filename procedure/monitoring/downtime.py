"""What was seen of a target over time: states that tile a window, the outages in it, availability.

Everything here folds `(at, verdict, cause)`, so that raw outcomes and judged ones go the same way.
A reading vouches for three intervals and no longer: after that nothing was read, and a stretch
in which nothing was read is a gap. A gap is never up, and it never ends an outage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import Any, Protocol

from procedure.monitoring.model import FailureCause, Outcome, Status

READING_HOLDS = 3  # intervals
WORKING = frozenset({Status.UP, Status.SLOW})
_RANK = {Status.UNKNOWN: 0, Status.UP: 1, Status.SLOW: 2, Status.DOWN: 3}


class RecentCheck(Protocol):
    """Anything that tells how a target looked at an instant: an `Outcome`, or a judged reading."""

    @property
    def at(self) -> datetime:
        """The aware UTC instant."""
        ...

    @property
    def verdict(self) -> Status:
        """How it looked."""
        ...

    @property
    def cause(self) -> FailureCause | None:
        """Why, where it did not simply succeed."""
        ...


@dataclass(frozen=True, slots=True)
class StatusInterval:
    """A target in one verdict for one cause, `start <= t < end` in aware UTC.

    `verdict` is None in a gap: nothing was read.
    """

    target: str
    start: datetime
    end: datetime
    verdict: Status | None
    cause: FailureCause | None = None

    @property
    def lasted(self) -> timedelta:
        """How long it was so."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Downtime:
    """A target down: from the first reading down to the first that is up or slow again (UTC).

    `end` is None while it lasts. `cause` is that of the first reading. `unread` is the part of it
    in which nothing was read or nothing could be told: it may have worked meanwhile. The official
    times and `planned` come from the vendor's word, where there is one.
    """

    target: str
    start: datetime
    end: datetime | None
    cause: FailureCause | None
    unread: timedelta = timedelta()
    official_start: datetime | None = None
    official_end: datetime | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Availability:
    """How long a target was in each verdict; `unread` is the sum of its gaps."""

    up: timedelta = timedelta()
    slow: timedelta = timedelta()
    down: timedelta = timedelta()
    unknown: timedelta = timedelta()
    unread: timedelta = timedelta()

    @property
    def ratio(self) -> float | None:
        """Return the share of the known time in which it worked, 0 to 1; None if none is known."""
        known = self.up + self.slow + self.down
        return (self.up + self.slow) / known if known else None


def extend(
    standing: StatusInterval | None, seen: RecentCheck, *, target: str, hold: timedelta
) -> tuple[tuple[StatusInterval, ...], StatusInterval]:
    """Add one reading, later than every one before it, to the state that stands.

    Return the states that it closes, and the one that stands now. The end of a standing state is
    the instant until which its newest reading vouches for it: `hold` after it.
    """
    at, verdict, cause = seen.at, seen.verdict, seen.cause
    until = at + hold
    if standing is None:
        return (), StatusInterval(target, at, until, verdict, cause)
    start, end = standing.start, standing.end
    if at > end:
        gap = StatusInterval(target, end, at, None)
        return (standing, gap), StatusInterval(target, at, until, verdict, cause)
    if standing.verdict == verdict and standing.cause == cause:
        # Every probe comes by here: one state is made, and none is made to be thrown away.
        return (), StatusInterval(target, start, until, verdict, cause)
    changed = StatusInterval(target, start, at, standing.verdict, standing.cause)
    return (changed,), StatusInterval(target, at, until, verdict, cause)


def states(
    target: str,
    seen: Iterable[RecentCheck],
    *,
    interval: timedelta,
    until: datetime,
    since: datetime | None = None,
) -> list[StatusInterval]:
    """Tell the states of one target, seen from one vantage, over `since <= t < until`.

    They follow each other without a hole: where nothing was read stands a gap. `since` is that
    of the first reading unless given; readings before it count as far as they reach into it. Of
    readings at the same instant the worst stands.
    """
    told: list[StatusInterval] = []
    standing: StatusInterval | None = None
    for one in _worst_of_each_instant(seen):
        closed, standing = extend(standing, one, target=target, hold=READING_HOLDS * interval)
        told += closed
    if standing is not None:
        told.append(standing)
    if since is None:
        since = told[0].start if told else until
    return within(target, told, since, until)


def states_by_target(
    outcomes: Iterable[Outcome],
    *,
    intervals: Mapping[str, timedelta],
    until: datetime,
    since: datetime | None = None,
) -> dict[str, list[StatusInterval]]:
    """Tell the states of every target in the outcomes of one vantage; see `states`.

    A target of `intervals` that was never read is told as well; one that is not among them gets
    the interval at which it was usually read.
    """
    seen: dict[str, list[Outcome]] = {target: [] for target in intervals}
    for outcome in outcomes:
        seen.setdefault(outcome.target, []).append(outcome)
    return {
        target: states(
            target,
            found,
            interval=intervals.get(target) or usual_interval(one.at for one in found),
            until=until,
            since=since,
        )
        for target, found in sorted(seen.items())
    }


def usual_interval(instants: Iterable[datetime]) -> timedelta:
    """Return the median time between two readings; a minute when there are fewer than two."""
    steps = [later - earlier for earlier, later in pairwise(sorted(set(instants)))]
    return timedelta(
        seconds=median(step.total_seconds() for step in steps or [timedelta(minutes=1)])
    )


def downtimes(told: Iterable[StatusInterval]) -> list[Downtime]:
    """Find the outages in the states of one target, given in order.

    Only a reading that is up or slow ends one: a gap or an unknown within it is `unread`.
    """
    known = list(told)
    if not known:
        return []
    target, until = known[0].target, known[-1].end
    begun = ((one.start, one.verdict, one.cause) for one in known)
    return [
        Downtime(target, start, end, cause, sum((b - a for a, b in unread), timedelta()))
        for start, end, cause, unread in down_spans(begun, until)
    ]


def down_spans(
    begun: Iterable[tuple[Any, Status | None, Any]], until: Any
) -> Iterator[tuple[Any, Any, Any, list[tuple[Any, Any]]]]:
    """Find where a target was down, in the states that begin: (start, verdict, cause), in order.

    Each lasts until the next, the last one to `until`. Yield start, end (None while it lasts),
    cause, and the stretches in it of which nothing was known. Instants may be of any kind.
    """
    began = cause = None
    unread: list[tuple[Any, Any]] = []
    for (start, verdict, why), (end, _, _) in pairwise(chain(begun, [(until, None, None)])):
        if began is None:
            if verdict is Status.DOWN:
                began, cause, unread = start, why, []
        elif verdict is Status.UP or verdict is Status.SLOW:
            yield began, start, cause, unread
            began = None
        elif verdict is not Status.DOWN:
            unread.append((start, end))
    if began is not None:
        yield began, None, cause, unread


def availability(told: Iterable[StatusInterval]) -> Availability:
    """Sum the time spent in each verdict."""
    spent: dict[str, timedelta] = defaultdict(timedelta)
    for state in told:
        spent[state.verdict or "unread"] += state.lasted
    return Availability(**spent)


def within(
    target: str, told: list[StatusInterval], since: datetime, until: datetime
) -> list[StatusInterval]:
    """Cut states, given in order, to `since <= t < until`, with gaps where they do not reach."""
    if since >= until:
        return []
    overlapping = [one for one in told if one.start < until and one.end > since]
    if not overlapping:
        return [StatusInterval(target, since, until, None)]
    first, last = overlapping[0], overlapping[-1]
    before = [StatusInterval(target, since, first.start, None)] if first.start > since else []
    after = [StatusInterval(target, last.end, until, None)] if last.end < until else []
    overlapping[0] = replace(first, start=max(first.start, since))
    overlapping[-1] = replace(overlapping[-1], end=min(last.end, until))
    return [*before, *overlapping, *after]


def _worst_of_each_instant(seen: Iterable[RecentCheck]) -> Iterable[RecentCheck]:
    def order(one: RecentCheck) -> tuple[datetime, int, str]:
        return one.at, _RANK[one.verdict], one.cause or ""

    for _, same in groupby(sorted(seen, key=order), key=attrgetter("at")):
        *_, worst = same
        yield worst
