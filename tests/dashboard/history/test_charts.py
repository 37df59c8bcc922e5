"""Each chart draws its data frame, and its summary states the main facts."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import panel as pn
import pytest

from dashboard.history import charts
from procedure import frames
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status

MINUTE = timedelta(minutes=1)
# From Sunday night to Monday morning in Geneva.
START = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
INTERVALS = [
    StatusInterval("A4", START, START + 90 * MINUTE, Status.UP),
    StatusInterval("A4", START + 90 * MINUTE, START + 255 * MINUTE, Status.DOWN),
    StatusInterval("A4", START + 255 * MINUTE, START + 600 * MINUTE, Status.UP),
]
STATES = frames.status_intervals(INTERVALS)


def test_timeline_names_the_downtime_of_each_target() -> None:
    chart = charts.timeline(STATES, "Services")
    assert chart.summary == "Services. Time down: A4 2 h 45."
    assert list(chart.plot.y_range.factors) == ["A4"]
    bars = {item.label.value: item.renderers[0] for item in chart.plot.legend[0].items}
    assert {name: len(bar.data_source.data["y"]) for name, bar in bars.items()} == {
        "up": 2,
        "down": 1,
    }


def test_availability_names_the_lowest() -> None:
    chart = charts.availability(frames.availability(STATES, "day"))
    assert chart.summary == (
        "Availability by month. The lowest is A4 in the period from 23.11.2026: 69.44%."
    )


def test_hours_of_week_are_local() -> None:
    hourly = frames.availability(STATES, "hour")
    chart = charts.hours_of_week(hourly, "Alma")
    assert chart.summary == "Alma. Most on Mon between 1 and 2: 60 minutes."


def test_counts_names_the_busiest_time() -> None:
    at = pd.Series([START, START + MINUTE, START + 25 * MINUTE], dtype=frames.INSTANT)
    summary = "Loans per ten minutes. 3 in all, peaking at 2, from 23:00 on 22.11.2026."
    assert charts.counts(at).summary == summary


def test_trade_off_describes_both_ends() -> None:
    after = [MINUTE, 20 * MINUTE]
    delays = pd.Series([2 * MINUTE, 21 * MINUTE], index=after, dtype=frames.DURATION)
    grid = pd.DataFrame({"delay": delays, "false_alarms": [11, 1]}, index=after)
    assert charts.trade_off(grid).summary == (
        "Delay against false alarms. False alarms if suspected after 1 min: 11, after 20 min: 1."
    )


@pytest.mark.parametrize(
    "chart",
    [
        charts.timeline(STATES.head(0)),
        charts.availability(frames.availability(STATES.head(0), "month")),
        charts.hours_of_week(frames.availability(STATES.head(0), "hour")),
        charts.counts(STATES.head(0)["start"]),
    ],
    ids=["timeline", "availability", "hours_of_week", "counts"],
)
def test_charts_without_data_show_a_summary_that_says_so(
    chart: charts.DescribedChart,
) -> None:
    assert any(word in chart.summary for word in ("none", "None", "Nothing", "Never"))
    assert chart.summary in chart.__panel__().select(pn.pane.HTML)[0].object


@pytest.mark.parametrize(
    ("lasted", "words"),
    [
        (timedelta(minutes=169, seconds=20), "2 h 49"),
        (pd.Timedelta("95s"), "2 min"),
        (pd.NaT, "unknown"),
    ],
)
def test_duration_in_words(lasted: timedelta, words: str) -> None:
    assert charts.duration(lasted) == words
