"""Charts of frames from `procedure.records`, each with a written summary.

Times are shown in the library's time zone.
"""

from datetime import timedelta
from html import escape
from itertools import cycle
from typing import Any

import pandas as pd
import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.palettes import Category10
from bokeh.plotting import figure
from bokeh.transform import linear_cmap
from panel.viewable import Viewable, Viewer

from procedure.local_time import library_zone, local
from procedure.pandas_types import Frame, Values

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

COLOURS = {
    "up": "#2e7d32",
    "slow": "#b26a00",
    "down": "#b3261e",
    "unknown": "#6b7280",
    "gap": "#d8dce2",
}
INK = "#1f4e79"
# HTML that keeps the text of each table cell on one line in a notebook.
UNBROKEN_TABLES = "<style>.dataframe :is(th, td) {white-space: nowrap !important}</style>"
WIDTH = 900


class DescribedChart(Viewer):
    """A Bokeh figure above its `summary`, one or two sentences with the main numbers."""

    def __init__(self, plot: object, summary: str) -> None:
        super().__init__()
        self.plot, self.summary = plot, summary

    def __panel__(self) -> Viewable:
        caption = pn.pane.HTML(f"<p>{escape(self.summary)}</p>", width=WIDTH)
        return pn.Column(pn.pane.Bokeh(self.plot), caption)


def duration(lasted: timedelta) -> str:
    """Return a duration as text, to the minute: `2 h 49`, `35 min`, or `unknown`."""
    if lasted != lasted:  # noqa: PLR0124 - true only for NaT
        return "unknown"
    minutes = round(lasted / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"


def new_figure(title: str, height: int, **more: Any) -> Any:
    """Return an empty figure without tools."""
    return figure(title=title, height=height, width=WIDTH, toolbar_location=None, tools="", **more)


def timeline(states: Frame, title: str = "Status") -> DescribedChart:
    """Draw a frame of states, with one row per target (or service) and one bar per interval."""
    key = states.columns[0]
    rows = list(dict.fromkeys(states[key]))
    plot = new_figure(title, 90 + 26 * len(rows), y_range=rows[::-1], x_axis_type="datetime")
    for status, own in states.groupby("status", observed=True):
        plot.hbar(
            y=own[key],
            left=_wall(own["start"]),
            right=_wall(own["end"]),
            height=0.7,
            color=COLOURS[str(status)],
            legend_label=str(status),
        )
    if plot.legend:
        plot.add_layout(plot.legend[0], "right")
    down = states[states["status"] == "down"].groupby(key)["lasted"].sum()
    longest = ", ".join(f"{name} {duration(lasted)}" for name, lasted in down.nlargest(3).items())
    return DescribedChart(plot, f"{title}. Time down: {longest or 'none'}.")


def availability(monthly: Frame, title: str = "Availability by month") -> DescribedChart:
    """Draw a frame of availability, with one line per target and one point per period."""
    plot = new_figure(title, 300, x_axis_type="datetime", y_axis_label="per cent")
    known = monthly.dropna(subset="ratio")
    groups = list(known.groupby("target", sort=False))
    for (target, own), colour in zip(groups, cycle(Category10[10]), strict=False):
        at = _wall(own["start"])
        plot.line(at, 100 * own["ratio"], color=colour, legend_label=target, line_width=2)
        plot.scatter(at, 100 * own["ratio"], color=colour, size=6)
    if plot.legend:
        plot.add_layout(plot.legend[0], "right")
    if known.empty:
        return DescribedChart(plot, f"{title}. Nothing was read.")
    worst = known.loc[known["ratio"].idxmin()]
    return DescribedChart(
        plot,
        f"{title}. The lowest is {worst['target']} in the period from "
        f"{local(worst['start']):%d.%m.%Y}: "
        f"{worst['ratio']:.2%}.",
    )


def hours_of_week(hourly: Frame, title: str = "Time down by hour of the week") -> DescribedChart:
    """Draw how long a target was down in each local hour of the week; `hourly` is its frame."""
    start, down = _wall(hourly["start"]), hourly["down"].dt.total_seconds() / 60
    cells = down.groupby([start.dt.day_of_week, start.dt.hour]).sum()
    cells.index.names = ["day", "hour"]
    table = cells.rename("minutes").reset_index()
    table["day"] = [DAYS[day] for day in table["day"]]
    plot = new_figure(title, 230, y_range=DAYS[::-1], x_axis_label="local hour")
    top = max(float(table["minutes"].max()) if len(table) else 0, 1)
    ramp = ["#f3f4f6", "#f5cac6", "#e58f88", "#cf5249", COLOURS["down"]]
    plot.rect(
        x="hour",
        y="day",
        width=1,
        height=1,
        source=ColumnDataSource(table.to_dict("list")),
        fill_color=linear_cmap("minutes", ramp, 0, top),
        line_color="white",
    )
    plot.xaxis.ticker = list(range(0, 24, 3))
    if not (table["minutes"] > 0).any():
        return DescribedChart(plot, f"{title}. Never down.")
    worst = table.loc[table["minutes"].idxmax()]
    hour = int(worst["hour"])
    return DescribedChart(
        plot,
        f"{title}. Most on {worst['day']} between {hour} and {hour + 1}: "
        f"{worst['minutes']:.0f} minutes.",
    )


def _wall(instants: Values) -> Values:
    return instants.dt.tz_convert(library_zone().key).dt.tz_localize(None)


def counts(
    instants: Values, every: str = "10min", title: str = "Loans per ten minutes"
) -> DescribedChart:
    """Draw how many of the instants fall in each span of length `every`, in local time."""
    wall = instants.dt.tz_convert(library_zone().key).dt.tz_localize(None)
    number = pd.Series(1, index=pd.DatetimeIndex(wall)).resample(every).sum()
    plot = new_figure(title, 220, x_axis_type="datetime")
    width = pd.to_timedelta(every) * 0.9
    plot.vbar(x=number.index, top=number.to_numpy(), width=width, color=INK)
    plot.y_range.start = 0
    if number.empty:
        return DescribedChart(plot, f"{title}. None.")
    most = f"peaking at {number.max()}, from {number.idxmax():%H:%M} on {number.idxmax():%d.%m.%Y}"
    return DescribedChart(plot, f"{title}. {number.sum()} in all, {most}.")


def trade_off(grid: Frame, title: str = "Delay against false alarms") -> DescribedChart:
    """Draw the median delay and the number of false alarms for each setting.

    A setting is the duration of trouble after which an outage is suspected. `grid` is
    indexed by setting and has the columns `delay` (a duration) and `false_alarms`.
    """
    minutes = grid["delay"].dt.total_seconds() / 60
    plot = new_figure(title, 280, x_axis_label="median delay, minutes", y_axis_label="false alarms")
    plot.line(minutes, grid["false_alarms"], color=INK)
    plot.scatter(minutes, grid["false_alarms"], size=9, color=COLOURS["down"])
    plot.text(
        minutes,
        grid["false_alarms"],
        [duration(setting) for setting in grid.index],
        x_offset=8,
        text_font_size="10pt",
    )
    plot.x_range.range_padding = plot.y_range.range_padding = 0.2
    ends = [f"{duration(grid.index[end])}: {grid['false_alarms'].iloc[end]}" for end in (0, -1)]
    return DescribedChart(
        plot, f"{title}. False alarms if suspected after {', after '.join(ends)}."
    )
