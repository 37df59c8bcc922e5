"""The last ninety days, the time in each status by local day, read once for all pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter

from procedure.handbook.model import Handbook, services
from procedure.local_time import local
from procedure.monitoring.downtime import (
    Availability,
    StatusInterval,
    availability,
    clip,
    split,
)
from procedure.monitoring.history import History
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.rollup import latency_percentile, start_of_day, start_of_next_day
from procedure.outages.announcements import Announcement
from procedure.outages.figures import AvailabilityFigures, read_past

WEEK, QUARTER = timedelta(days=7), timedelta(days=90)
SLOWEST = 95  # of a hundred answers that come within that time


@dataclass(frozen=True, slots=True)
class NinetyDays:
    """The ninety days before `until` (UTC), by target and by service.

    `states` reach `LEAD` farther back; `days` are local, oldest first. `p95` is in milliseconds, of
    the answers of the last week.
    """

    until: datetime
    states: Mapping[str, Sequence[StatusInterval]]
    availability: Mapping[str, AvailabilityFigures]
    days: Mapping[str, Mapping[date, Availability]]
    p95: Mapping[str, float | None]

    def down_by_cause(self, key: str) -> list[tuple[FailureCause, timedelta, float]]:
        """Return how long a target or service was down for each cause, the longest first.

        Each with its share of the known time, as in `Availability.ratio`.
        """
        spent, whole = dict[FailureCause, timedelta](), self.availability[key].whole
        known = whole.up + whole.slow + whole.down
        for one in clip(key, list(self.states[key]), self.until - QUARTER, self.until):
            if one.status is Status.DOWN and one.cause is not None:
                spent[one.cause] = spent.get(one.cause, timedelta()) + one.end - one.start
        longest = sorted(spent.items(), key=itemgetter(1), reverse=True)
        return [(cause, down, down / known) for cause, down in longest]


def read_ninety_days(
    history: History, handbook: Handbook, announced: Sequence[Announcement], until: datetime
) -> NinetyDays:
    """Read the ninety days before an instant; some tens of milliseconds of the database's time.

    Raises an error of the database, as `History` does.
    """
    procedure = services(handbook)
    past = read_past(
        history, handbook.targets, announced, procedure, since=until - QUARTER, until=until
    )
    return NinetyDays(
        until,
        past.states,
        {key: past.availability(key) for key in past.states},
        {key: daily_availability(past.intervals(key)) for key in past.states},
        {
            key: latency_percentile(history.readings(key, since=until - WEEK, until=until), SLOWEST)
            for key in handbook.targets
        },
    )


def daily_availability(states: Iterable[StatusInterval]) -> Mapping[date, Availability]:
    """Return the time in each status by local day, for the days that the states touch."""
    by_day: dict[date, list[StatusInterval]] = defaultdict(list)
    for state in states:
        for part in split(state, lambda at: start_of_next_day(start_of_day(at))):
            by_day[local(part.start).date()].append(part)
    return {day: availability(parts) for day, parts in by_day.items()}
