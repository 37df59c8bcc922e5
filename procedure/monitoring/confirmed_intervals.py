"""A target's confirmed status over time, given how many readings in a row confirm a change."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.confirmed_status import Confirmation, confirm_status
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import SERVER, FailureCause, Outcome, Status, Target
from procedure.monitoring.rollup import CAUSES, EPOCH, MICROSECOND, STATUSES, ReadingRows

Change = tuple[datetime, Status | None, FailureCause | None]


def confirmed_intervals(
    lane: Sequence[StatusInterval],
    readings: ReadingRows,
    target: Target,
    needed: int,
    blind: Sequence[BlindPeriod] = (),
) -> list[StatusInterval]:
    """Return the intervals of confirmed status; a change counts from the reading that confirmed it.

    `lane` contains the states that the readings show before confirmation, in order; its gaps and
    unknown states are kept. `needed` readings in a row confirm that the target is down, or that it
    is up again. Readings in a `blind` period do not count. The time before the first confirmation
    is a gap.
    """
    asked = replace(target, retries=needed - 1, recovery=needed)
    outcomes = (outcome for outcome in _outcomes(readings, asked) if not _within(blind, outcome.at))
    changes = [*_changes(outcomes, asked)]
    starts = [at for at, _, _ in changes]
    confirmed: list[StatusInterval] = []
    for state in lane:
        if state.status in (None, Status.UNKNOWN):
            confirmed.append(state)
            continue
        first = bisect_right(starts, state.start)
        after = bisect_left(starts, state.end)
        edges = [state.start, *starts[first:after], state.end]
        held = [
            changes[place - 1][1:] if place else (None, None) for place in range(first, after + 1)
        ]
        confirmed += [
            StatusInterval(state.target, start, end, status, cause)
            for (start, end), (status, cause) in zip(pairwise(edges), held, strict=True)
        ]
    return confirmed


def _outcomes(readings: ReadingRows, target: Target) -> Iterator[Outcome]:
    """Yield the readings without latencies, so that `confirm_status` keeps their statuses."""
    for at, status, cause, _ in readings.rows:
        yield Outcome(
            target=target.key,
            url=target.url,
            vantage=SERVER.key,
            at=EPOCH + at * MICROSECOND,
            status=STATUSES[status],
            cause=None if cause < 0 else CAUSES[cause],
        )


def _within(blind: Sequence[BlindPeriod], at: datetime) -> bool:
    return any(period.start <= at < period.end for period in blind)


def _changes(outcomes: Iterator[Outcome], target: Target) -> Iterator[Change]:
    """Yield each change in the confirmed status or its cause, with the time of the change."""
    confirmation, newest = Confirmation(), (None, None)
    for outcome in outcomes:
        if outcome.status is Status.UNKNOWN:
            continue
        confirmation = confirm_status(confirmation, outcome, target)
        is_down = confirmation.confirmed is Status.DOWN
        known = confirmation.confirmed, confirmation.cause if is_down else None
        if known != newest:
            newest = known
            yield outcome.at, *known
