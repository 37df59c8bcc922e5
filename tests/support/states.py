"""States and sums computed from raw outcomes, to compare with stored roll-ups."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby

from procedure.monitoring.downtime import READING_HOLDS, StatusInterval, clip, extend
from procedure.monitoring.model import Outcome, Status
from procedure.monitoring.rollup import (
    CAUSES,
    STATUSES,
    Rollup,
    Summary,
    daily_summary,
    microseconds,
    start_of_day,
    start_of_next_day,
)

_RANK = (Status.UNKNOWN, Status.UP, Status.SLOW, Status.DOWN)


def states(
    target: str,
    outcomes: Iterable[Outcome],
    *,
    interval: timedelta,
    until: datetime,
    since: datetime | None = None,
) -> list[StatusInterval]:
    """Return the contiguous states of one target in `since <= t < until`.

    Without `since`, the states begin with the first reading; if there is none, the list is empty.
    If several readings were made at the same instant, the worst counts.
    """
    worst = {
        outcome.at: outcome
        for outcome in sorted(
            outcomes,
            key=lambda outcome: (outcome.at, _RANK.index(outcome.status), outcome.cause or ""),
        )
    }
    intervals: list[StatusInterval] = []
    current = None
    for outcome in worst.values():
        closed, current = extend(current, outcome, hold=READING_HOLDS * interval)
        intervals += closed
    intervals += [current] if current else []
    if since is None:
        since = intervals[0].start if intervals else until
    return clip(target, intervals, since, until)


def states_by_target(
    outcomes: Iterable[Outcome], *, intervals: Mapping[str, timedelta], **span: datetime
) -> dict[str, list[StatusInterval]]:
    """Return the states of every target in `intervals`, including targets without readings."""
    mine: dict[str, list[Outcome]] = {target: [] for target in intervals}
    for outcome in outcomes:
        mine[outcome.target].append(outcome)
    return {
        target: states(target, mine[target], interval=intervals[target], **span)
        for target in sorted(mine)
    }


def summarise_outcomes(
    target: str, outcomes: Iterable[Outcome], hold: timedelta
) -> tuple[list[Summary], list[Summary]]:
    """Return the summaries of one target's completed hours and days."""
    rollup = Rollup(target, hold)
    hours = [hour for outcome in outcomes for hour in rollup.add(outcome).hours]
    by_day = groupby(hours, key=lambda hour: start_of_day(hour.start))
    days = [daily_summary(day, list(mine)) for day, mine in by_day]
    return hours, [
        day for day in days if rollup.last and start_of_next_day(day.start) <= rollup.last
    ]


def reading_row(outcome: Outcome) -> tuple[int, int, int, int]:
    """Return an outcome as a row of `ReadingRows`."""
    cause = -1 if outcome.cause is None else CAUSES.index(outcome.cause)
    spent = -1 if outcome.latency_ms is None else round(outcome.latency_ms * 1000)
    return microseconds(outcome.at), STATUSES.index(outcome.status), cause, spent
