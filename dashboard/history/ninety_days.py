"""The last ninety days as the database tells them: read once for all pages, now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedure.handbook.model import Handbook
from procedure.monitoring.downtime import Availability, StatusInterval, availability, within
from procedure.monitoring.heatmap import Heat, heat_map_hours
from procedure.monitoring.history import History
from procedure.monitoring.rollup import latency_percentile
from procedure.monitoring.services import service_states, services, targets_of_answer
from procedure.outages.announcements import Announcement, outside

WEEK, QUARTER = timedelta(days=7), timedelta(days=90)
LEAD = timedelta(days=8)  # what began before the ninety days is told whole
SLOWEST = 95  # of a hundred answers that come within the time told


@dataclass(frozen=True, slots=True)
class AvailabilityFigures:
    """A target or service over a span; `unplanned` leaves announced work out, if there was any."""

    whole: Availability
    unplanned: Availability | None = None


@dataclass(frozen=True, slots=True)
class NinetyDays:
    """The ninety days before `until` (UTC), by target and by service.

    `states` reach `LEAD` farther back. `p95` is in milliseconds, of the answers of the last week.
    `heat` is that of the service which the status pages speak of: Alma; None in papers
    without.
    """

    until: datetime
    states: Mapping[str, Sequence[StatusInterval]]
    spent: Mapping[str, AvailabilityFigures]
    p95: Mapping[str, float | None]
    heat: Heat | None


def read_ninety_days(
    history: History, handbook: Handbook, announced: Sequence[Announcement], until: datetime
) -> NinetyDays:
    """Read the ninety days before an instant; some tens of milliseconds of the database's time.

    Raises an error of the database, as `History` does.
    """
    since = until - QUARTER - LEAD
    told = history.states(since=since, until=until)
    known = {
        key: told.get(key) or [StatusInterval(key, since, until, None)] for key in handbook.targets
    }
    procedure = services(handbook.procedure)
    known |= {one.key: service_states(one, known) for one in procedure if len(one.targets) > 1}
    shown = {key: within(key, mine, until - QUARTER, until) for key, mine in known.items()}
    work, of_pages = [one for one in announced if one.planned], targets_of_answer(procedure)
    alma = next((one for one in procedure if one.announced), None)
    return NinetyDays(
        until,
        known,
        {
            key: availability_figures(mine, work if key in of_pages else ())
            for key, mine in shown.items()
        },
        {
            key: latency_percentile(history.readings(key, since=until - WEEK, until=until), SLOWEST)
            for key in handbook.targets
        },
        None
        if alma is None
        else heat_map_hours(shown.get(alma.key) or service_states(alma, shown)),
    )


def availability_figures(
    told: Sequence[StatusInterval], work: Iterable[Announcement]
) -> AvailabilityFigures:
    """Sum states up, and once more without the announced work that falls among them."""
    meeting = [one for one in work if told and _meets(one, told[0].start, told[-1].end)]
    left = availability(outside(told, meeting)) if meeting else None
    return AvailabilityFigures(availability(told), left)


def _meets(one: Announcement, since: datetime, until: datetime) -> bool:
    return one.start < until and (one.end is None or one.end > since)
