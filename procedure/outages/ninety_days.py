"""The last ninety days, read once for all dashboard pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from procedure.handbook.model import Handbook, services
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.history import History
from procedure.monitoring.rollup import ReadingRows, count_answers, latency_percentile
from procedure.outages.announcements import Announcement
from procedure.outages.figures import AvailabilityFigures, read_past

WEEK, QUARTER = timedelta(days=7), timedelta(days=90)
SLOWEST = 95  # the percentile of the response times that is shown


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """The time (ms) within which 95% of the answers arrived, and the number of all answers."""

    p95: float
    answers: int


@dataclass(frozen=True, slots=True)
class NinetyDays:
    """The ninety days before `until` (UTC), by target and by service.

    `states` begin `figures.LEAD` earlier. `responses` has each target's response time in the
    last week, or None if the target did not answer. `announced` is the announced work.
    """

    until: datetime
    states: Mapping[str, Sequence[StatusInterval]]
    availability: Mapping[str, AvailabilityFigures]
    responses: Mapping[str, ResponseTime | None]
    announced: Sequence[Announcement] = ()


def read_ninety_days(
    history: History, handbook: Handbook, announced: Sequence[Announcement], until: datetime
) -> NinetyDays:
    """Read the ninety days before `until`, which takes tens of milliseconds.

    Raises the same database errors as `History`.
    """
    procedure = services(handbook)
    past = read_past(
        history, handbook.targets, announced, procedure, since=until - QUARTER, until=until
    )
    return NinetyDays(
        until,
        past.states,
        {key: past.availability(key) for key in past.states},
        {
            key: _response_time(history.readings(key, since=until - WEEK, until=until))
            for key in handbook.targets
        },
        past.planned(),
    )


def _response_time(readings: ReadingRows) -> ResponseTime | None:
    kept = replace(readings, rows=list(readings.rows))
    p95 = latency_percentile(kept, SLOWEST)
    return None if p95 is None else ResponseTime(p95, count_answers(kept))
