"""Generates up to a year of history from a seed: outcomes, and a journal with all kinds of trouble.

Identifiers have realistic formats but random numbers, and belong to nobody. The same arguments
give the same history.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from procedure.handbook.model import Handbook
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.journal import Entry
from procedure.local_time import local
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import FailureCause, Outcome, Phase, Status
from procedure.records.records import Records
from procedure.records.sources import PACKAGED_HANDBOOK, open_records
from procedure.simulation.desk_day import seeded_random
from procedure.simulation.diary import Diary, PlannedAct
from procedure.simulation.episodes import (
    ALMA,
    DAY,
    Episode,
    at as local_time,
    flapping,
    slow_week,
    usual_episodes,
)
from procedure.simulation.incidents import (
    INCIDENTS,
    SampleIncident,
    incident_acts,
    planned_work_acts,
)
from procedure.simulation.outcomes import OutcomeSampler
from procedure.simulation.own_targets import own_entry, own_episode, own_targets

# The length of the last part of the history, in which targets are probed at their usual intervals.
# Before that part, they are probed less often, as in an installation that started cautiously.
DENSE = timedelta(days=60)
RARE_INTERVAL = timedelta(minutes=5)
_FLAPS_AGO, _WORK_AGO = 3, 4  # days
_OVERRUN = timedelta(minutes=55)


@dataclass(slots=True)
class SampleClock:
    """The clock used while a database is being filled."""

    at: datetime

    def __call__(self) -> datetime:
        """Return the time up to which the database has been filled."""
        return self.at


@dataclass(frozen=True, slots=True)
class SampledDay:
    """The records of twenty-four hours, each kind in chronological order."""

    until: datetime
    intervals: Mapping[str, timedelta]
    outcomes: Sequence[Outcome]
    blind: Sequence[BlindPeriod]
    entries: Sequence[Entry]

    def record(self, database: Database, clock: SampleClock) -> None:
        """Write the records; the entries of each hour are committed together."""
        database.history.set_intervals(self.intervals)
        database.history.record(self.outcomes)
        for cut in self.blind:
            database.history.record_blind_period(cut)
        for _, group in groupby(self.entries, lambda entry: entry.at.replace(minute=0, second=0)):
            entries = list(group)
            clock.at = max(clock.at, *(entry.at for entry in entries))
            database.journal.append(*entries)
        clock.at = self.until


class Sample:
    """The history of `days` days up to `until` (aware UTC), ending with the outage `now`, if given.

    In the part older than `dense`, targets were probed no more than once in five minutes.
    """

    def __init__(
        self,
        handbook: Handbook,
        *,
        until: datetime,
        days: int,
        seed: int = 0,
        now: SampleIncident | None = None,
        dense: timedelta = DENSE,
    ) -> None:
        self._handbook, self._until, self._days, self._seed = handbook, until, days, seed
        self._dense, self._own = dense, own_targets(handbook)
        self._incidents = INCIDENTS if now is None else (now, *INCIDENTS)
        self.since = until - days * DAY

    @cached_property
    def episodes(self) -> list[Episode]:
        """All disturbances; if two overlap, the one that is earlier in the list prevails."""
        chance = seeded_random(self._seed, "episodes")
        episodes = [incident.episode(self._until) for incident in self._incidents]
        for incident in self._incidents:
            if incident.after_slow_week:
                episodes += slow_week(incident.begins(self._until))
        flaps = local(self._until - _FLAPS_AGO * DAY).date()
        episodes += flapping(local_time(flaps, time(18, 10)), chance)
        episodes += [_work_episode(begins, over) for begins, _, over in self._planned_nights]
        # An outage takes precedence over a small disturbance at the same time.
        episodes += usual_episodes(self._until, self._days, chance)
        own = (own_episode(episode, self._own) for episode in episodes)
        return [episode for episode in own if episode is not None]

    @cached_property
    def entries(self) -> list[Entry]:
        """All journal entries, in the order in which they were recorded."""
        ids, system = seeded_random(self._seed, "ids"), self._handbook.library.system
        diary = Diary(self._handbook.scans, ids, system)
        diary.play(act for act in self._acts() if self.since <= act[0] < self._until)
        own = (own_entry(entry, self._handbook, self._own) for entry in diary.entries)
        return [entry for entry in own if entry is not None]

    def days(self) -> Iterator[SampledDay]:
        """Yield the history day by day."""
        targets = list(self._handbook.targets.values())
        samplers = [
            (target, OutcomeSampler(target, self._chance_of(target.key))) for target in targets
        ]
        for ago in range(self._days, 0, -1):
            since, until = self._until - ago * DAY, self._until - (ago - 1) * DAY
            rare = RARE_INTERVAL if ago * DAY > self._dense else timedelta()
            intervals = {target.key: max(target.interval, rare) for target in targets}
            now = [
                episode
                for episode in self.episodes
                if episode.begins < until and episode.ends > since
            ]
            outcomes = [
                outcome
                for target, sampler in samplers
                for outcome in sampler.between(since, until, intervals[target.key], now)
            ]
            outcomes.sort(key=lambda outcome: (outcome.at, outcome.target))
            yield SampledDay(
                until=until,
                intervals=intervals,
                outcomes=outcomes,
                blind=[
                    BlindPeriod(episode.begins, episode.ends)
                    for episode in now
                    if episode.blind and since <= episode.begins < until
                ],
                entries=[entry for entry in self.entries if since <= entry.at < until],
            )

    def _acts(self) -> Iterator[PlannedAct]:
        desks = list(self._handbook.desks)
        for incident in self._incidents:
            # If an outage began before the history starts, only the probes show it.
            if incident.begins(self._until) >= self.since:
                chance = self._chance_of(f"incident {incident.ago} {incident.clock}")
                rules = self._handbook.scans
                yield from incident_acts(incident, self._until, desks, rules, chance)
        for begins, ends, over in self._planned_nights:
            yield from planned_work_acts(begins, ends, over)

    @cached_property
    def _planned_nights(self) -> list[tuple[datetime, datetime, datetime]]:
        """The start, announced end and actual end of each night of planned work.

        Work is planned for the first Sunday of each month, and for the fourth day before the end of
        the history. The work overruns on one night in three.
        """
        nights = [local(self._until - _WORK_AGO * DAY).date()]
        days = (local(self._until - ago * DAY).date() for ago in range(self._days + 2))
        nights += [day for day in days if day.weekday() == 6 and day.day <= 7]
        return [_planned_night(day, overruns=number % 3 == 0) for number, day in enumerate(nights)]

    def _chance_of(self, name: str) -> Random:
        return seeded_random(self._seed, name)


def open_sample(*, days: int, until: datetime, seed: int = 0, **options: Any) -> Records:
    """Return the records of a generated history, which is deleted when the records are closed.

    `options` are passed to `open_records`.
    """
    with ExitStack() as opened:
        folder = opened.enter_context(TemporaryDirectory(prefix="relais-sample-"))
        url = f"sqlite:///{folder}/sample.sqlite3"
        past = Sample(load_handbook(PACKAGED_HANDBOOK), until=until, days=days, seed=seed)
        clock = SampleClock(past.since)
        with open_database(url, now=clock) as database:
            for day in past.days():
                day.record(database, clock)
        return open_records(url, until=until, **options).closed_by(opened.pop_all())


def _planned_night(day: date, *, overruns: bool) -> tuple[datetime, datetime, datetime]:
    begins, ends = local_time(day, time(2, 0)), local_time(day, time(4, 0))
    return begins, ends, ends + _OVERRUN if overruns else ends - timedelta(minutes=20)


def _work_episode(begins: datetime, over: datetime) -> Episode:
    """Return the episode of planned work, during which Alma shows a maintenance page."""
    return Episode(
        begins=begins + timedelta(minutes=6),
        ends=over,
        targets=ALMA,
        status=Status.DOWN,
        cause=FailureCause.STATUS,
        phase=Phase.FIRST_BYTE,
        http_status=503,
    )
