"""Charts of what happened how often, and of what a threshold costs."""

from typing import Any

import pandas as pd

from dashboard.charts.described_chart import COLOURS, INK, DescribedChart, duration, new_figure
from procedure.local_time import library_zone


def counts(
    instants: Any, every: str = "10min", title: str = "Loans per ten minutes"
) -> DescribedChart:
    """Draw how many of these instants (aware) fall into each span of `every`, in local time."""
    wall = instants.dt.tz_convert(library_zone().key).dt.tz_localize(None)
    number = pd.Series(1, index=pd.DatetimeIndex(wall)).resample(every).sum()
    plot = new_figure(title, 220, x_axis_type="datetime")
    width = pd.Timedelta(every).to_pytimedelta() * 0.9
    plot.vbar(x=number.index, top=number.to_numpy(), width=width, color=INK)
    plot.y_range.start = 0
    if number.empty:
        return DescribedChart(plot, f"{title}. None.")
    most = f"at most {number.max()}, from {number.idxmax():%H:%M} on {number.idxmax():%d.%m.%Y}"
    return DescribedChart(plot, f"{title}. {number.sum()} in all, {most}.")


def trade_off(grid: Any, title: str = "Delay against false alarms") -> DescribedChart:
    """Draw a grid of settings: index `after`, columns `delay` and `false_alarms`.

    `after` and `delay` are durations, `delay` the median until an outage is suspected.
    """
    minutes = grid["delay"].dt.total_seconds() / 60
    plot = new_figure(title, 280, x_axis_label="median delay, minutes", y_axis_label="false alarms")
    plot.line(minutes, grid["false_alarms"], color=INK)
    plot.scatter(minutes, grid["false_alarms"], size=9, color=COLOURS["down"])
    plot.text(
        minutes, grid["false_alarms"], [duration(setting) for setting in grid.index], x_offset=8,
        text_font_size="10pt",
    )  # fmt: skip
    plot.x_range.range_padding = plot.y_range.range_padding = 0.2
    ends = [f"{duration(grid.index[end])}: {grid['false_alarms'].iloc[end]}" for end in (0, -1)]
    return DescribedChart(
        plot, f"{title}. False alarms if suspected after {', after '.join(ends)}."
    )
