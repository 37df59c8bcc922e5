"""The interface for storing raw probe outcomes, from which states and sums are derived."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import SERVER, Outcome
from procedure.monitoring.rollup import Counts, Grain, ReadingRows, SummaryColumns

# The interval assumed for a target whose interval is unknown.
USUAL_INTERVAL = timedelta(minutes=1)


class History(Protocol):
    """Stores outcomes; implemented in `procedure.io.database`."""

    def set_intervals(self, intervals: Mapping[str, timedelta]) -> None:
        """Store how often each target is probed.

        A state is over once three of these intervals have passed since its last reading.
        """
        ...

    def record(self, outcomes: Sequence[Outcome]) -> int:
        """Store outcomes in one transaction, and return how many of them are new.

        Outcomes with the same target, vantage and time are the same outcome. A stored outcome is
        never changed.
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
        """Yield outcomes with `since <= at < until`, ordered by time, target and vantage."""
        ...

    def record_blind_period(self, cut: BlindPeriod, *, vantage: str = SERVER.key) -> None:
        """Store a period in which a vantage was cut off, replacing any period with the same start.

        In states, downtimes and sums, the observations in that period then count as unknown.
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
        """Return the contiguous states of one target or all targets over a span, including gaps."""
        ...

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        """Return a target's outcomes as rows for charts, in chronological order."""
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
        """Return the sums of completed hours or days with `since <= start < until`, by target.

        `columns` are names from `procedure.monitoring.rollup.COLUMNS`.
        """
        ...

    def latencies_by_hour_of_day(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, Mapping[int, Counts]]:
        """Return the number of answers in each latency bucket, by target and by hour of the day.

        The counts of all completed hours with `since <= start < until` are added up by local hour
        (0 to 23).
        """
        ...
