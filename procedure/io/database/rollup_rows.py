"""Rows of the roll-ups, written and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from procedure.io.database.ids_of_words import WordIds, instant
from procedure.monitoring.downtime import Availability, StatusInterval
from procedure.monitoring.latency_histogram import pack, unpack
from procedure.monitoring.rollup import (
    DURATIONS,
    MICROSECOND,
    Summary,
    microseconds,
    summary_figures,
)


def state_row(series: int, state: StatusInterval, numbers: WordIds) -> dict[str, int | None]:
    """Return the row of a state that begins."""
    return {
        "series": series,
        "start": microseconds(state.start),
        "verdict": numbers.word(state.verdict),
        "cause": numbers.word(state.cause),
    }


def summary_row(series: int, summary: Summary) -> dict[str, Any]:
    """Return the row of an hour or a day that is over."""
    return {
        "series": series,
        "start": microseconds(summary.start),
        **summary_figures(summary),
        "latencies": pack(summary.latencies),
    }


def read_summary(target: str, row: Sequence[Any]) -> Summary:
    """Return the summary that a row holds; the row has every column, in order."""
    _, start, *durations = row[: 2 + len(DURATIONS)]
    spent = dict(zip(DURATIONS, (one * MICROSECOND for one in durations), strict=True))
    probes = row[2 + len(DURATIONS)]
    return Summary(target, instant(start), Availability(**spent), probes, unpack(row[-1]))
