"""Records as tidy pandas frames: the one source of tables, summaries, files and notebooks.

In every frame: instants are `datetime64[us, UTC]` (missing: NaT), durations `timedelta64[us]`,
phases and latencies `float64` in milliseconds (missing: NaN), keys and names `str`, flags `bool`,
and what can only be one of a few words is categorical, with every word of the table as category.
A frame without rows has the same columns and dtypes. `frame["at"].dt.tz_convert("Europe/Zurich")`
gives local times.
"""

from __future__ import annotations

from procedure.frames.columns import DURATION, INSTANT, records
from procedure.frames.downtime_frames import (
    AVAILABILITY,
    DOWNTIMES,
    GAP,
    PLANNED,
    STATUS_INTERVALS,
    availability,
    downtimes,
    planned,
    status_intervals,
)
from procedure.frames.loan_frames import (
    LOAN_SUMMARY,
    LOANS,
    loan_summary,
    loan_summary_csv,
    loans,
    pseudonyms,
    summarized,
)
from procedure.frames.probe_frames import OUTCOMES, READINGS, outcomes, readings, summaries

__all__ = [
    "AVAILABILITY",
    "DOWNTIMES",
    "DURATION",
    "GAP",
    "INSTANT",
    "LOANS",
    "LOAN_SUMMARY",
    "OUTCOMES",
    "PLANNED",
    "READINGS",
    "STATUS_INTERVALS",
    "availability",
    "downtimes",
    "loan_summary",
    "loan_summary_csv",
    "loans",
    "outcomes",
    "planned",
    "pseudonyms",
    "readings",
    "records",
    "status_intervals",
    "summaries",
    "summarized",
]
