"""The service level of a vendor as frames: the time lost in each month, outages in dispute."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.frames.columns import DURATION, INSTANT, category, lay_out
from procedure.outages.service_level import DisputedOutage, DisputeReason, LostTime

_PARTS = ("counted", "excluded", "announced", "observed", "disputed", "unread")
LOST_TIME: Mapping[str, Any] = {
    "start": INSTANT,
    "end": INSTANT,
    **dict.fromkeys(_PARTS, DURATION),
}
DISPUTED: Mapping[str, Any] = {
    "start": INSTANT,
    "end": INSTANT,
    "observed": DURATION,
    "disputed": DURATION,
    "reason": category(*DisputeReason),
    "official_start": INSTANT,
    "official_end": INSTANT,
}


def lost_time(spans: Iterable[LostTime]) -> pd.DataFrame:
    """Return what was lost of each span, one row each; columns as in `LOST_TIME`."""
    return lay_out(LOST_TIME, map(attrgetter(*LOST_TIME), spans))


def disputed_outages(disputed: Iterable[DisputedOutage]) -> pd.DataFrame:
    """Return outages with time that was not announced, one row each; columns as in `DISPUTED`.

    `end` is missing while an outage lasts, `disputed` is the part that nobody announced.
    """
    return lay_out(
        DISPUTED,
        (
            (
                *(one.outage.start, one.outage.end, one.observed, one.disputed, one.reason),
                *(one.outage.official_start, one.outage.official_end),
            )
            for one in disputed
        ),
    )
