"""A vendor's service level as frames: the time lost in each month, and disputed downtimes."""

from collections.abc import Iterable

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.frames.column_building import DURATION, INSTANT, Dtypes, category, from_attributes
from procedure.outages.service_level import DisputedDowntime, DisputeReason, LostTime

_PARTS = ("counted", "excluded", "announced", "observed", "disputed", "unread")
LOST_TIME: Dtypes = {
    "start": INSTANT,
    "end": INSTANT,
    **dict.fromkeys(_PARTS, DURATION),
}
DISPUTED: Dtypes = {
    "start": INSTANT,
    "end": INSTANT,
    "observed": DURATION,
    "disputed": DURATION,
    "reason": category(*DisputeReason),
    "official_start": INSTANT,
    "official_end": INSTANT,
}


def lost_time(spans: Iterable[LostTime]) -> pd.DataFrame:
    """Return the time lost in each span, one row each; columns as in `LOST_TIME`."""
    return from_attributes(LOST_TIME, spans)


def disputed_downtimes(disputed: Iterable[DisputedDowntime]) -> pd.DataFrame:
    """Return downtimes that were not announced in full, one row each; columns as in `DISPUTED`.

    `end` is missing while a downtime continues; `disputed` is the part that was not announced.
    """
    of_outage = ("start", "end", "official_start", "official_end")
    return from_attributes(DISPUTED, disputed, {name: f"outage.{name}" for name in of_outage})
