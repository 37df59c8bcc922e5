"""Status intervals, downtimes and announced work, as frames."""

from collections.abc import Iterable

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.frames.column_building import (
    DURATION,
    INSTANT,
    Dtypes,
    category,
    from_attributes,
)
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.model import FailureCause, Status
from procedure.outages.announcements import Announcement
from procedure.pandas_types import Frame

GAP = "gap"
STATUS_INTERVALS: Dtypes = {
    "target": "str",
    "start": INSTANT,
    "end": INSTANT,
    "status": category(*Status, GAP),
    "cause": category(*FailureCause),
    "lasted": DURATION,
}
DOWNTIMES: Dtypes = {
    "target": "str",
    "start": INSTANT,
    "end": INSTANT,
    "lasted": DURATION,
    "unread": DURATION,
    "cause": category(*FailureCause),
    "planned": "bool",
    "official_start": INSTANT,
    "official_end": INSTANT,
    "official_page": "str",
}
PLANNED: Dtypes = {
    "page": "str",
    "start": INSTANT,
    "end": INSTANT,
    "by_person": "bool",
}


def status_intervals(intervals: Iterable[StatusInterval]) -> pd.DataFrame:
    """Return the status of targets or services, one row per interval `start <= t < end`.

    Columns as in `STATUS_INTERVALS`. `status` is `gap` if there was no reading, and `unknown` if
    the status could not be judged, for example because the server itself was offline.
    """
    frame = _spans(STATUS_INTERVALS, intervals)
    return frame.assign(status=frame["status"].fillna(GAP))


def downtimes(periods: Iterable[Downtime]) -> pd.DataFrame:
    """Return the downtimes of targets or services, one row each; columns as in `DOWNTIMES`.

    `end` and `lasted` are missing while a downtime continues. `unread` is the part of the downtime
    without a reading or with an unknown status. `planned` and the columns named `official_…` come
    from announcements.
    """
    return _spans(DOWNTIMES, periods)


def _spans(dtypes: Dtypes, spans: Iterable[object]) -> Frame:
    """Return the attributes of spans as columns, and their durations as the column `lasted`."""
    read = {name: dtype for name, dtype in dtypes.items() if name != "lasted"}
    frame: Frame = from_attributes(read, spans)
    return frame.assign(lasted=(frame["end"] - frame["start"]).astype(DURATION))[list(dtypes)]


def planned(announced: Iterable[Announcement]) -> pd.DataFrame:
    """Return announced work, one row per period; columns as in `PLANNED`.

    `page` is the status page, or the target for which staff entered the work; `end` is missing
    while the announcement is in force.
    """
    work = (period for period in announced if period.planned)
    return from_attributes(PLANNED, work)
