from .column_building import (
    DURATION as DURATION,
    INSTANT as INSTANT,
    records as records,
    with_categories as with_categories,
)
from .downtime_frames import (
    DOWNTIMES as DOWNTIMES,
    GAP as GAP,
    PLANNED as PLANNED,
    STATUS_INTERVALS as STATUS_INTERVALS,
    downtimes as downtimes,
    planned as planned,
    status_intervals as status_intervals,
)
from .journal_frames import (
    ANSWERS as ANSWERS,
    MESSAGES as MESSAGES,
    NOTES as NOTES,
    PAGE_READINGS as PAGE_READINGS,
    REPORTS as REPORTS,
    REVIEWS as REVIEWS,
    answers as answers,
    messages as messages,
    notes as notes,
    page_readings as page_readings,
    reports as reports,
    reviews as reviews,
)
from .loan_frames import (
    LOAN_SUMMARY as LOAN_SUMMARY,
    LOANS as LOANS,
    RECONCILED as RECONCILED,
    loan_summary as loan_summary,
    loan_summary_csv as loan_summary_csv,
    loans as loans,
    pseudonyms as pseudonyms,
    reconciled as reconciled,
    summarized as summarized,
)
from .outage_column import (
    OutageColumn as OutageColumn,
    newest_place as newest_place,
    signature_places as signature_places,
)
from .outage_frames import (
    DECLARED as DECLARED,
    DIAGNOSES as DIAGNOSES,
    DISTINCT_DOWNTIMES as DISTINCT_DOWNTIMES,
    REPLAYED as REPLAYED,
    SERVICE_DOWNTIMES as SERVICE_DOWNTIMES,
    SUGGESTIONS as SUGGESTIONS,
    SUSPICIONS as SUSPICIONS,
    declared as declared,
    diagnoses as diagnoses,
    distinct_downtimes as distinct_downtimes,
    reach_into as reach_into,
    replayed as replayed,
    service_downtimes as service_downtimes,
    suggestions as suggestions,
    suspicions as suspicions,
)
from .period_frames import (
    AVAILABILITY as AVAILABILITY,
    LATENCY as LATENCY,
    PERIODS as PERIODS,
    availability as availability,
    latency_by as latency_by,
    periods as periods,
)
from .probe_frames import (
    HOURS_OF_DAY as HOURS_OF_DAY,
    OUTCOMES as OUTCOMES,
    READINGS as READINGS,
    hours_of_day as hours_of_day,
    outcomes as outcomes,
    readings as readings,
    summaries as summaries,
)
from .reconciliation_frames import (
    EXPORTS as EXPORTS,
    RECONCILIATION as RECONCILIATION,
    REFUSALS as REFUSALS,
    RETURNS as RETURNS,
    SIGNATURES as SIGNATURES,
    VERIFICATIONS as VERIFICATIONS,
    exports as exports,
    reconciliation_counts as reconciliation_counts,
    refusals as refusals,
    returns as returns,
    signatures as signatures,
    verifications as verifications,
)
from .service_level_frames import (
    DISPUTED as DISPUTED,
    LOST_TIME as LOST_TIME,
    disputed_downtimes as disputed_downtimes,
    lost_time as lost_time,
)
