"""What was observed of targets and services as frames: states and outages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.frames.columns import DURATION, INSTANT, category, lay_out
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.model import FailureCause, Status

GAP = "gap"
STATES: Mapping[str, Any] = {
    "target": "str",
    "start": INSTANT,
    "end": INSTANT,
    "verdict": category(*Status, GAP),
    "cause": category(*FailureCause),
    "lasted": DURATION,
}
OUTAGES: Mapping[str, Any] = {
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


def states(told: Iterable[StatusInterval]) -> pd.DataFrame:
    """Lay out states, one row a stretch `start <= t < end`; columns as in `STATES`.

    `verdict` is `gap` where nothing was read.
    """
    return lay_out(
        STATES,
        (
            (one.target, one.start, one.end, one.verdict or GAP, one.cause, one.lasted)
            for one in told
        ),
    )


def outages(found: Iterable[Downtime]) -> pd.DataFrame:
    """Lay out outages, one row each; columns as in `OUTAGES`.

    `end` and `lasted` are missing while an outage lasts; `unread` is the part of it in which
    nothing could be read.
    """
    return lay_out(
        OUTAGES,
        (
            (
                *(one.target, one.start, one.end, one.end and one.end - one.start, one.unread),
                *(one.cause, one.planned, one.official_start, one.official_end),
            )
            for one in found
        ),
    )
