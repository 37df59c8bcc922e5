"""Charts of states and availability; instants are shown in the library's time."""

from typing import Any

from bokeh.models import ColumnDataSource
from bokeh.palettes import Category10
from bokeh.transform import linear_cmap

from dashboard.charts.described_chart import COLOURS, DescribedChart, duration, new_figure
from procedure.local_time import library_zone, local

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def timeline(states: Any, title: str = "Status") -> DescribedChart:
    """Draw a frame of states: a row a target (or service), a bar an interval."""
    key = states.columns[0]
    rows = list(dict.fromkeys(states[key]))
    plot = new_figure(title, 90 + 26 * len(rows), y_range=rows[::-1], x_axis_type="datetime")
    for status, own in states.groupby("verdict", observed=True):
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
    down = states[states["verdict"] == "down"].groupby(key)["lasted"].sum()
    longest = ", ".join(f"{name} {duration(one)}" for name, one in down.nlargest(3).items())
    return DescribedChart(plot, f"{title}. Time down: {longest or 'none'}.")


def availability(monthly: Any, title: str = "Availability by month") -> DescribedChart:
    """Draw a frame of availability: a line a target, a point a period."""
    plot = new_figure(title, 300, x_axis_type="datetime", y_axis_label="per cent")
    known = monthly.dropna(subset="ratio")
    groups = list(known.groupby("target", sort=False))
    for (target, own), colour in zip(groups, Category10[10] * 2, strict=False):
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


def hours_of_week(hourly: Any, title: str = "Time down by hour of the week") -> DescribedChart:
    """Draw a frame of availability by hour, of one target, summed up per local hour of a week."""
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


def _wall(instants: Any) -> Any:
    return instants.dt.tz_convert(library_zone().key).dt.tz_localize(None)
