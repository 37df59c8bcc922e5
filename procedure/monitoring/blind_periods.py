"""Masks observations made while the watching machine itself had no network.

Raw outcomes are never changed. The states and sums derived from them are masked, so that a fault in
the machine's own network does not count as downtime of a target.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby, pairwise
from operator import itemgetter

from procedure.monitoring.downtime import READING_HOLDS, Moment, StatusInterval
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.rollup import (
    EPOCH,
    HOUR,
    MICROSECOND,
    Grain,
    microseconds,
    start_of_next_day,
)

# A probe that failed because the network was lost may have started this long before the loss was
# noticed.
SLACK = timedelta(seconds=15)
# A reading made while the machine was cut off is masked until the next reading. That reading comes
# at most 1.5 intervals plus jitter later; see `procedure.monitoring.schedule`.
STALE_INTERVALS = 1.6
SpanStart = tuple[Moment, Status | None, FailureCause | None]


@dataclass(frozen=True, slots=True)
class BlindPeriod:
    """A period in which the machine could not reach any target, `start <= t < end` in aware UTC.

    While the period lasts, `end` is the time of the newest reading, which reached no target.
    """

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class BlindPeriods:
    """The blind periods as they apply to one target; times and durations use the same unit.

    During the periods (`cuts`), every state is masked. A failed reading in a period, or up to
    `slack` before the period, is masked until the next reading. This mask ends no later than
    `stands` after the period. If no other reading follows, a reading is valid for `holds`.
    """

    cuts: Sequence[tuple[Moment, Moment]]
    slack: Moment
    stands: Moment
    holds: Moment

    @classmethod
    def of(cls, cuts: Iterable[BlindPeriod], interval: timedelta) -> "BlindPeriods":
        """Return the periods as datetimes, for a target that is probed once per `interval`."""
        spans = [(cut.start, cut.end) for cut in cuts]
        return cls(spans, SLACK, STALE_INTERVALS * interval, READING_HOLDS * interval)

    @classmethod
    def counted(cls, cuts: Iterable[BlindPeriod], interval: timedelta) -> "BlindPeriods":
        """Return the periods in microseconds since 1970, the unit of the roll-ups."""
        spans = [(microseconds(cut_.start), microseconds(cut_.end)) for cut_ in cuts]
        lengths = (SLACK, STALE_INTERVALS * interval, READING_HOLDS * interval)
        return cls(spans, *(cut_ // MICROSECOND for cut_ in lengths))

    def of_state(
        self, start: Moment, end: Moment, status: Status | None, after: Status | None
    ) -> Iterator[tuple[Moment, Moment]]:
        """Yield the parts of a state in which nothing could be observed; a gap has no such parts.

        `after` is the status that follows, or None if the last reading of the state expired.
        """
        at = start
        for begins, ends in self.cuts if status is not None else ():
            # A failure observed while the machine was cut off counts as unknown until the next
            # reading.
            within = status is Status.DOWN and begins - self.slack <= start < ends
            first = max(at, start if within else begins)
            last = min(end, ends + self.stands if within else ends)
            # If the scheduler was stopped while the machine was cut off, there is no next reading,
            # and the last reading expired.
            if within and after is None and end - self.holds <= ends:
                last = end
            if first < last:
                yield first, last
                at = last


def mask_states(states: Sequence[StatusInterval], periods: BlindPeriods) -> list[StatusInterval]:
    """Return the contiguous states of one target, with the blind periods marked as unknown."""
    if not periods.cuts or not states:
        return list(states)
    spans = [(state.start, state.status, state.cause) for state in states]
    pieces = [*mask_spans(spans, states[-1].end, periods), (states[-1].end, None, None)]
    return [
        StatusInterval(states[0].target, start, end, status, cause)
        for (start, status, cause), (end, _, _) in pairwise(pieces)
    ]


def mask_spans(
    spans: Iterable[SpanStart], until: Moment, periods: BlindPeriods
) -> Iterator[SpanStart]:
    """Yield the spans with blind periods marked as unknown; the last span ends at `until`."""
    for _, equal in groupby(_split(spans, until, periods), key=itemgetter(1, 2)):
        yield next(equal)


def masked_spans(
    spans: Iterable[SpanStart], until: Moment, periods: BlindPeriods
) -> Iterator[tuple[Moment, Moment, Status]]:
    """Yield the start, end and status of each span that `mask_spans` replaces."""
    for (start, status, _), (end, after, _) in pairwise(chain(spans, [(until, None, None)])):
        if status is not None and status is not Status.UNKNOWN:
            for first, last in periods.of_state(start, end, status, after):
                yield first, last, status


def move_to_unknown(
    starts: Sequence[int],
    columns: Mapping[str, MutableSequence[int]],
    stretches: Iterable[tuple[int, int, Status]],
    grain: Grain,
) -> None:
    """Count the spans from `masked_spans` as unknown in hourly or daily sums, in place.

    `starts` holds the starts of the hours or days. `columns` maps column names to sums. Times and
    durations are in microseconds.
    """
    for first, last, status in stretches:
        for place in range(max(bisect_right(starts, first) - 1, 0), bisect_right(starts, last)):
            within = min(last, _end_of(starts[place], grain)) - max(first, starts[place])
            for name, sign in ((status.value, -1), (Status.UNKNOWN.value, 1)):
                if within > 0 and name in columns:
                    columns[name][place] += sign * within


def _end_of(start: int, grain: Grain) -> int:
    if grain == "hour":
        return int(start) + HOUR // MICROSECOND
    return microseconds(start_of_next_day(EPOCH + int(start) * MICROSECOND))


def _split(spans: Iterable[SpanStart], until: Moment, periods: BlindPeriods) -> Iterator[SpanStart]:
    for (start, status, cause), (end, after, _) in pairwise(chain(spans, [(until, None, None)])):
        at = start
        for first, last in periods.of_state(start, end, status, after):
            if first > at:
                yield at, status, cause
            yield first, Status.UNKNOWN, FailureCause.NETWORK
            at = last
        if at < end:
            yield at, status, cause
