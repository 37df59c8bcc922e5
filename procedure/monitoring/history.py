"""Stores the raw outcomes of probes; states and sums are derived from them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import SERVER, Outcome
from procedure.monitoring.rollup import Counts, Grain, ReadingRows, SummaryColumns

# The interval of a target without a known interval.
USUAL_INTERVAL = timedelta(minutes=1)


class History(Protocol):
    """The interface of the storage of outcomes, implemented in `procedure.io.database`."""

    def set_intervals(self, intervals: Mapping[str, timedelta]) -> None:
        """Store how often each target is probed, durably.

        A state lasts three of its target's intervals without a reading.
        """
        ...

    def record(self, outcomes: Sequence[Outcome]) -> int:
        """Store one round in one transaction and return the number of new outcomes.

        Outcomes with equal target, vantage and instant are the same. A stored outcome is never
        changed.
        """
        ...

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        """Yield outcomes with `since <= at < until`, ordered by instant, then target."""
        ...

    def record_blind_period(self, cut: BlindPeriod, *, vantage: str = SERVER.key) -> None:
        """Store a period in which a vantage was cut off, replacing one with the same start.

        States, downtimes, hours and days then count observations of that period as unknown.
        """
        ...

    def blind_periods(
        self, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> tuple[BlindPeriod, ...]:
        """Return the blind periods that overlap a span, oldest first."""
        ...

    def states(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, list[StatusInterval]]:
        """Return the contiguous states of every target over a span, with gaps as such."""
        ...

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        """Return the outcomes of one target as rows for charts, by instant."""
        ...

    def summaries(
        self,
        grain: Grain,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> SummaryColumns:
        """Return the completed hours or days with `since <= start < until`, by target, in order.

        `columns` are of `procedure.monitoring.rollup.COLUMNS`.
        """
        ...

    def latencies_by_hour_of_day(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, Mapping[int, Counts]]:
        """Return the answers of each target by bucket of latency, at each hour of the day, 0 to 23.

        Pooled from the completed hours with `since <= start < until`, in the library's time zone.
        """
        ...
