"""A chart with the summary that a screen reader reads instead of it."""

from datetime import timedelta
from html import escape
from typing import Any

import panel as pn
from bokeh.plotting import figure
from panel.viewable import Viewable, Viewer

COLOURS = {
    "up": "#2e7d32",
    "slow": "#b26a00",
    "down": "#b3261e",
    "unknown": "#6b7280",
    "gap": "#d8dce2",
}
INK = "#1f4e79"
WIDTH = 900


class DescribedChart(Viewer):
    """A Bokeh figure above its `summary`, one or two sentences with the figures that matter."""

    def __init__(self, plot: Any, summary: str) -> None:
        super().__init__()
        self.plot, self.summary = plot, summary

    def __panel__(self) -> Viewable:
        caption = pn.pane.HTML(f"<p>{escape(self.summary)}</p>", width=WIDTH)
        return pn.Column(pn.pane.Bokeh(self.plot), caption)


def duration(lasted: timedelta) -> str:
    """Return a duration in words, to the minute: `2 h 49`, `35 min`; missing is `unknown`."""
    if lasted != lasted:  # noqa: PLR0124 - as in NaT
        return "unknown"
    minutes = round(lasted / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"


def new_figure(title: str, height: int, **more: Any) -> Any:
    """Return an empty figure without tools; its instants are local times."""
    return figure(title=title, height=height, width=WIDTH, toolbar_location=None, tools="", **more)
