"""What was observed of targets and services as frames: intervals, downtimes, availability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.frames.columns import DURATION, INSTANT, category, lay_out
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.model import FailureCause, Status
from procedure.outages.announcements import Announcement
from procedure.outages.figures import AvailabilityFigures

GAP = "gap"
STATUS_INTERVALS: Mapping[str, Any] = {
    "target": "str",
    "start": INSTANT,
    "end": INSTANT,
    "verdict": category(*Status, GAP),
    "cause": category(*FailureCause),
    "lasted": DURATION,
}
DOWNTIMES: Mapping[str, Any] = {
    "target": "str",
    "start": INSTANT,
    "end": INSTANT,
    "lasted": DURATION,
    "unread": DURATION,
    "cause": category(*FailureCause),
    "planned": "bool",
    "official_start": INSTANT,
    "official_end": INSTANT,
}
AVAILABILITY: Mapping[str, Any] = {
    "target": "str",
    "up": DURATION,
    "slow": DURATION,
    "down": DURATION,
    "unknown": DURATION,
    "unread": DURATION,
    "ratio": "float64",
    "down_without_planned": DURATION,
    "ratio_without_planned": "float64",
}
PLANNED: Mapping[str, Any] = {
    "page": "str",
    "start": INSTANT,
    "end": INSTANT,
    "by_person": "bool",
}


def status_intervals(intervals: Iterable[StatusInterval]) -> pd.DataFrame:
    """Return the status of targets or services, one row an interval `start <= t < end`.

    Columns as in `STATUS_INTERVALS`. `verdict` is `gap` where nothing was read, and `unknown`
    where it could not be judged, also because the server itself was cut off.
    """
    return lay_out(
        STATUS_INTERVALS,
        (
            (one.target, one.start, one.end, one.verdict or GAP, one.cause, one.lasted)
            for one in intervals
        ),
    )


def downtimes(periods: Iterable[Downtime]) -> pd.DataFrame:
    """Return downtimes of targets or services, one row each; columns as in `DOWNTIMES`.

    `end` and `lasted` are missing while one lasts; `unread` is the part of it in which nothing
    could be read. `planned` and the official times come from what was announced.
    """
    return lay_out(
        DOWNTIMES,
        (
            (
                *(one.target, one.start, one.end, one.end and one.end - one.start, one.unread),
                *(one.cause, one.planned, one.official_start, one.official_end),
            )
            for one in periods
        ),
    )


def availability(figures: Mapping[str, AvailabilityFigures]) -> pd.DataFrame:
    """Return how long each target or service was in each status; columns as in `AVAILABILITY`.

    `ratio` is the share, 0 to 1, of the known time (`up`, `slow` and `down`) in which it worked,
    NaN where none is known. `down_without_planned` and `ratio_without_planned` leave the whole
    time of announced work out, where the status pages speak of the target.
    """
    return lay_out(
        AVAILABILITY,
        (
            (
                *(key, one.whole.up, one.whole.slow, one.whole.down),
                *(one.whole.unknown, one.whole.unread, one.whole.ratio),
                *((one.unplanned or one.whole).down, (one.unplanned or one.whole).ratio),
            )
            for key, one in figures.items()
        ),
    )


def planned(announced: Iterable[Announcement]) -> pd.DataFrame:
    """Return announced work, one row each; columns as in `PLANNED`.

    `page` is the status page, or the target on which a person entered it; `end` is missing while
    it goes on.
    """
    work = (one for one in announced if one.planned)
    return lay_out(PLANNED, ((one.page, one.start, one.end, one.by_person) for one in work))
