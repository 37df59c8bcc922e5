"""How often an outage would have been suspected in the last ninety days, by two thresholds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procedure.handbook.model import Handbook
from procedure.journal import Journal
from procedure.monitoring.history import History
from procedure.outages.ninety_days import QUARTER

LATER = timedelta(minutes=5)  # what the second threshold has more than the first


@dataclass(frozen=True, slots=True)
class SuspicionCount:
    """What one threshold, `after`, would have done.

    `false` of the `alarms` met neither a declared outage nor announced work. `delay` is the median
    time from the beginning of the declared outages; None without any.
    """

    after: timedelta
    alarms: int
    false: int
    delay: timedelta | None


def read_suspicion_counts(
    journal: Journal, history: History, handbook: Handbook, after: timedelta, until: datetime
) -> tuple[SuspicionCount, ...]:
    """Replay the ninety days before an instant, with a threshold and with a later one.

    It takes a second of processor time. Raises an error of the database.
    """
    # It brings pandas, which the command line does without.
    from procedure.records import Records  # noqa: PLC0415

    stored: Any = history
    records = Records(journal, stored, handbook, since=until - QUARTER, until=until)
    return tuple(_count(each, records.suspicions(each)) for each in (after, after + LATER))


def _count(after: timedelta, suspicions: Any) -> SuspicionCount:
    false = suspicions["outage"].isna() & ~suspicions["planned"]
    delay = suspicions["delay"].dropna()
    middle = delay.median().to_pytimedelta() if len(delay) else None
    return SuspicionCount(after, len(suspicions), int(false.sum()), middle)
