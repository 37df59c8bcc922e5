"""When the watching machine was cut off, nothing that it saw speaks of a target.

The raw outcomes stay what they were; what is told of the past is laid over with these stretches,
so that a broken cable here is no outage of Alma there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import Any

from procedure.monitoring.downtime import READING_HOLDS, StatusInterval
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.rollup import EPOCH, HOUR, MICROSECOND, Grain, day_after, microseconds

# A probe that failed as the line went may have begun this long before it was found out.
SLACK = timedelta(seconds=15)
# A reading made while cut off stands until the next one, which comes up to one interval and a half
# later, and a twentieth: `procedure.monitoring.schedule`.
STANDS = 1.6
Begun = tuple[Any, Status | None, FailureCause | None]


@dataclass(frozen=True, slots=True)
class BlindPeriod:
    """A stretch in which nobody answered the machine, `start <= t < end` in aware UTC.

    While it lasts, `end` is the newest reading that reached nobody.
    """

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class BlindPeriods:
    """The stretches as they bear on one target, all instants and spans of one kind.

    `slack` before a stretch a failed reading was made in it all the same, and for `stands` after
    it a reading made in it is the newest. A reading that none follows vouches for `holds`.
    """

    cuts: Sequence[tuple[Any, Any]]
    slack: Any
    stands: Any
    holds: Any

    @classmethod
    def of(cls, cuts: Iterable[BlindPeriod], interval: timedelta) -> BlindPeriods:
        """Return them in instants, for a target that is read once an interval."""
        spans = [(one.start, one.end) for one in cuts]
        return cls(spans, SLACK, STANDS * interval, READING_HOLDS * interval)

    @classmethod
    def counted(cls, cuts: Iterable[BlindPeriod], interval: timedelta) -> BlindPeriods:
        """Return them in microseconds, as the roll-ups count."""
        spans = [(microseconds(one.start), microseconds(one.end)) for one in cuts]
        lengths = (SLACK, STANDS * interval, READING_HOLDS * interval)
        return cls(spans, *(one // MICROSECOND for one in lengths))

    def of_state(
        self, start: Any, end: Any, verdict: Status | None, after: Status | None
    ) -> Iterator[tuple[Any, Any]]:
        """Yield the stretches of a state in which nothing was seen; a gap has none.

        `after` is the verdict that follows, None where the newest reading only lapsed.
        """
        at = start
        for begins, ends in self.cuts if verdict is not None else ():
            # What was found down in the dark is not known to be down until it is read again.
            within = verdict is Status.DOWN and begins - self.slack <= start < ends
            first = max(at, start if within else begins)
            last = min(end, ends + self.stands if within else ends)
            # A watch that was killed in the dark read nothing again: its last reading just lapsed.
            if within and after is None and end - self.holds <= ends:
                last = end
            if first < last:
                yield first, last
                at = last


def mask_states(told: Sequence[StatusInterval], dark: BlindPeriods) -> list[StatusInterval]:
    """Tell the states of one target, which tile a span, with what was not seen unknown."""
    if not dark.cuts or not told:
        return list(told)
    begun = [(one.start, one.verdict, one.cause) for one in told]
    pieces = [*mask_spans(begun, told[-1].end, dark), (told[-1].end, None, None)]
    return [
        StatusInterval(told[0].target, start, end, verdict, cause)
        for (start, verdict, cause), (end, _, _) in pairwise(pieces)
    ]


def mask_spans(begun: Iterable[Begun], until: Any, dark: BlindPeriods) -> Iterator[Begun]:
    """Lay the stretches over states that begin: (start, verdict, cause), the last to `until`."""
    stood: tuple[Status | None, FailureCause | None] | None = None
    for at, verdict, cause in _cut(begun, until, dark):
        if (verdict, cause) != stood:
            yield at, verdict, cause
            stood = (verdict, cause)


def masked_spans(
    begun: Iterable[Begun], until: Any, dark: BlindPeriods
) -> Iterator[tuple[Any, Any, Status]]:
    """Yield what of the states, as in `mask_spans`, was not seen: start, end, verdict."""
    for (start, verdict, _), (end, after, _) in pairwise(chain(begun, [(until, None, None)])):
        if verdict is not None and verdict is not Status.UNKNOWN:
            for first, last in dark.of_state(start, end, verdict, after):
                yield first, last, verdict


def move_to_unknown(
    starts: Sequence[int],
    columns: Mapping[str, MutableSequence[int]],
    stretches: Iterable[tuple[int, int, Status]],
    grain: Grain,
) -> None:
    """Count stretches of `masked_spans` as unknown in the sums of hours or days, in microseconds.

    `starts` are those of the sums; `columns` holds those that were asked for, by name.
    """
    for first, last, verdict in stretches:
        for place in range(max(bisect_right(starts, first) - 1, 0), bisect_right(starts, last)):
            within = min(last, _over(starts[place], grain)) - max(first, starts[place])
            for name, sign in ((verdict.value, -1), (Status.UNKNOWN.value, 1)):
                if within > 0 and name in columns:
                    columns[name][place] += sign * within


def _over(start: int, grain: Grain) -> int:
    """Tell when the hour or day that begins then is over."""
    if grain == "hour":
        return int(start) + HOUR // MICROSECOND
    return microseconds(day_after(EPOCH + int(start) * MICROSECOND))


def _cut(begun: Iterable[Begun], until: Any, dark: BlindPeriods) -> Iterator[Begun]:
    for (start, verdict, cause), (end, after, _) in pairwise(chain(begun, [(until, None, None)])):
        at = start
        for first, last in dark.of_state(start, end, verdict, after):
            if first > at:
                yield at, verdict, cause
            yield first, Status.UNKNOWN, FailureCause.NETWORK
            at = last
        if at < end:
            yield at, verdict, cause
