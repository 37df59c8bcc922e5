"""Availability, downtimes and latency per local hour, day, week, month or year, as frames."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.frames.column_building import DURATION, INSTANT, Dtypes, empty, microseconds
from procedure.frames.downtime_frames import GAP
from procedure.frames.probe_frames import summaries
from procedure.local_time import library_zone
from procedure.monitoring.downtime import WORKING
from procedure.monitoring.model import Status
from procedure.monitoring.rollup import PERCENTILES, SummaryColumns
from procedure.outages.announcements import Announcement
from procedure.pandas_types import Frame, Values

Period = Literal["hour", "day", "week", "month", "year"]
SPENT = {**{status.value: status.value for status in Status}, GAP: "unread"}
AVAILABILITY: Dtypes = {
    "target": "str",
    "start": INSTANT,
    **dict.fromkeys(SPENT.values(), DURATION),
    "ratio": "float64",
}
LATENCY: Dtypes = {
    "target": "str",
    "start": INSTANT,
    "probes": "int64",
    **{f"{name}_ms": "float64" for name in PERCENTILES},
}
PERIODS: Dtypes = {
    "target": "str",
    "start": INSTANT,
    "ratio": "float64",
    "down": DURATION,
    "unplanned": "float64",
    "outages": "int64",
    "longest": DURATION,
}
_FREQUENCIES: Mapping[str, str] = {"hour": "h", "day": "D", "week": "W", "month": "M", "year": "Y"}


def availability(
    intervals: Frame,
    by: Period | None,
    *,
    work: Sequence[Announcement] = (),
    announced: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Summarise a frame from `status_intervals` by target and period; columns as in `AVAILABILITY`.

    Targets are in the order of their first interval. `start` is when the local period began; if
    `by` is None, the only period begins with the first interval. `ratio` is the share, 0 to 1, of
    the known time (up, slow or down) in which the target worked, or NaN if no time is known. For
    the targets in `announced`, the time of `work` is left out.
    """
    if not len(intervals):
        return empty(AVAILABILITY)
    periods = _period_starts(intervals["start"].min(), intervals["end"].max(), by)
    spans = _work_spans(work, intervals["end"].max())
    parts = _cut(intervals, np.unique(np.concatenate([periods, spans.ravel()])))
    counted = ~(_within(parts, spans) & parts["target"].isin(announced))
    parts["length"] = (parts["end"] - parts["start"]).where(counted, 0)
    parts["start"] = periods[_places(periods, parts["start"], "right") - 1]
    parts["target"] = pd.Categorical(parts["target"], intervals["target"].unique())
    table: Frame = parts.pivot_table(
        "length", ["target", "start"], "status", aggfunc="sum", fill_value=0, observed=True
    )
    return _shares(table.reindex(columns=list(SPENT), fill_value=0).rename(columns=SPENT))


def periods(whole: Frame, without_work: Frame, outages: Frame, by: Period) -> pd.DataFrame:
    """Join availability and downtimes by period; columns as in `PERIODS`.

    `whole` and `without_work` come from `availability`, and `outages` from `downtimes`. `unplanned`
    is the `ratio` in `without_work`. A downtime is counted in the period in which it began.
    `longest` ignores a downtime that continues, and is missing if no other downtime began.
    """
    keys = ["target", "start"]
    begun = _period_of(outages["start"], by)
    counted: Values = outages.assign(start=begun).groupby(keys, observed=True)["lasted"]
    began: Frame = counted.agg(outages="size", longest="max").reset_index()
    unplanned = without_work[[*keys, "ratio"]].rename(columns={"ratio": "unplanned"})
    joined: Frame = whole.merge(unplanned, on=keys, how="left").merge(began, on=keys, how="left")
    return joined.fillna({"outages": 0})[list(PERIODS)].astype(PERIODS)


def latency_by(rolled: SummaryColumns) -> pd.DataFrame:
    """Return latency percentiles for each completed hour or day; columns as in `LATENCY`.

    They are in milliseconds, accurate to 4.5%, and NaN if there were no answers.
    """
    frame: Frame = summaries(rolled)
    return frame[list(LATENCY)].astype(LATENCY)


def _shares(table: Frame) -> Frame:
    works: Values = sum(table[status] for status in WORKING)
    known: Values = works + table[Status.DOWN]
    frame: Frame = table.assign(ratio=works / known.where(known > 0)).reset_index()
    starts: Values = pd.DatetimeIndex(frame["start"].to_numpy().view("datetime64[us]"))
    frame["start"] = starts.tz_localize("UTC")
    durations = {name: frame[name].to_numpy().view("timedelta64[us]") for name in SPENT.values()}
    return (
        frame.assign(**durations)[list(AVAILABILITY)].astype(AVAILABILITY).rename_axis(columns=None)
    )


def _period_starts(first: Values, last: Values, by: Period | None) -> Values:
    """Return the starts of all periods from the first time to the last, in microseconds."""
    if by is None:
        return np.array([_whole(first)])
    if by == "hour":
        return np.arange(_whole(first.floor("h")), _whole(last), 3_600_000_000)
    local_first, local_last = (
        at.tz_convert(library_zone().key).tz_localize(None) for at in (first, last)
    )
    pandas: Values = pd
    periods = pandas.period_range(local_first, local_last, freq=_FREQUENCIES[by])
    return microseconds(periods.start_time.tz_localize(library_zone().key))


def _period_of(instants: Values, by: Period) -> Values:
    """Return the start (UTC) of the local period that contains each time."""
    zone = library_zone().key
    wall = instants.dt.tz_convert(zone).dt.tz_localize(None)
    starts = wall.dt.to_period(_FREQUENCIES[by]).dt.start_time
    return starts.dt.tz_localize(zone).dt.tz_convert("UTC").dt.as_unit("us")


def _work_spans(work: Sequence[Announcement], last: Values) -> Values:
    """Return an array with a row for each period of announced work: its start and end (µs)."""
    spans = [(_whole(period.start), _whole(period.end or last)) for period in work]
    return np.array(spans, np.int64).reshape(-1, 2)


def _within(parts: Frame, spans: Values) -> Values:
    """Return a mask of the intervals that are within one of the spans."""
    starts, ends = (parts[name].to_numpy()[:, None] for name in ("start", "end"))
    return ((starts >= spans[:, 0]) & (ends <= spans[:, 1])).any(axis=1)


def _cut(intervals: Frame, edges: Values) -> Frame:
    """Split intervals at the `edges` (microseconds) inside them."""
    starts, ends = microseconds(intervals["start"]), microseconds(intervals["end"])
    first, last = _places(edges, starts, "right"), _places(edges, ends, "left")
    inside = last - first
    place: Values = np.repeat(np.arange(len(intervals)), inside + 1)
    number = np.arange(len(place)) - np.repeat(np.cumsum(inside + 1) - inside - 1, inside + 1)
    at = first[place] + number
    before, after = edges[np.maximum(at - 1, 0)], edges[np.minimum(at, len(edges) - 1)]
    return pd.DataFrame(
        {
            "target": intervals["target"].to_numpy()[place],
            "status": intervals["status"].astype("str").to_numpy()[place],
            "start": np.where(number > 0, before, starts[place]),
            "end": np.where(number < inside[place], after, ends[place]),
        }
    )


def _places(edges: Values, instants: Values, side: Literal["left", "right"]) -> Values:
    return edges.searchsorted(instants, side=side)


def _whole(at: Values) -> int:
    return int(microseconds([at])[0])
