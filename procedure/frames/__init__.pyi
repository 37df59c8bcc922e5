from .columns import DURATION as DURATION, INSTANT as INSTANT, records as records
from .downtime_frames import (
    AVAILABILITY as AVAILABILITY,
    DOWNTIMES as DOWNTIMES,
    GAP as GAP,
    PLANNED as PLANNED,
    STATUS_INTERVALS as STATUS_INTERVALS,
    availability as availability,
    downtimes as downtimes,
    planned as planned,
    status_intervals as status_intervals,
)
from .loan_frames import (
    LOAN_SUMMARY as LOAN_SUMMARY,
    LOANS as LOANS,
    loan_summary as loan_summary,
    loan_summary_csv as loan_summary_csv,
    loans as loans,
    pseudonyms as pseudonyms,
    summarized as summarized,
)
from .probe_frames import (
    OUTCOMES as OUTCOMES,
    READINGS as READINGS,
    outcomes as outcomes,
    readings as readings,
    summaries as summaries,
)
