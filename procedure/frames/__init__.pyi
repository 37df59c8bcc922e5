from .columns import DURATION as DURATION
from .columns import INSTANT as INSTANT
from .columns import records as records
from .downtime_frames import (
    AVAILABILITY as AVAILABILITY,
)
from .downtime_frames import (
    DOWNTIMES as DOWNTIMES,
)
from .downtime_frames import (
    GAP as GAP,
)
from .downtime_frames import (
    PLANNED as PLANNED,
)
from .downtime_frames import (
    STATUS_INTERVALS as STATUS_INTERVALS,
)
from .downtime_frames import (
    availability as availability,
)
from .downtime_frames import (
    downtimes as downtimes,
)
from .downtime_frames import (
    planned as planned,
)
from .downtime_frames import (
    status_intervals as status_intervals,
)
from .loan_frames import (
    LOAN_SUMMARY as LOAN_SUMMARY,
)
from .loan_frames import (
    LOANS as LOANS,
)
from .loan_frames import (
    loan_summary as loan_summary,
)
from .loan_frames import (
    loan_summary_csv as loan_summary_csv,
)
from .loan_frames import (
    loans as loans,
)
from .loan_frames import (
    pseudonyms as pseudonyms,
)
from .loan_frames import (
    summarized as summarized,
)
from .probe_frames import (
    OUTCOMES as OUTCOMES,
)
from .probe_frames import (
    READINGS as READINGS,
)
from .probe_frames import (
    outcomes as outcomes,
)
from .probe_frames import (
    readings as readings,
)
from .probe_frames import (
    summaries as summaries,
)
