"""The timeline of all targets over a day or a week."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import panel as pn
import param
from bokeh.models import (
    ColumnDataSource,
    CustomJS,
    FixedTicker,
    HBar,
    HoverTool,
    LinearAxis,
    NoOverlap,
    Range1d,
    TapTool,
    Text,
)
from bokeh.plotting import figure

from dashboard.core.session import Session
from dashboard.core.state import needs
from dashboard.history.history_state import HistoryState
from dashboard.history.history_text import percent, target_names
from dashboard.history.timeline_segments import TimelineSegment, timeline_segments
from dashboard.history.timeline_ticks import axis_ticks, milliseconds
from dashboard.ui.view import View
from procedure.monitoring.model import Status

LANE, TALL = 30, 52  # heights of a lane in pixels; `TALL` is for phones, with the name on top
ABOVE = 22  # pixels from the middle of a lane to the text above it
FINEST = 1500  # number of parts of a span that can be told apart on a wide screen
# The heights of the bars, as shares of a lane. A bar's height and colour both show its status. Bars
# for an unknown status are as high as bars for a slow status, but are drawn hollow.
HEIGHTS = {Status.UP: 0.22, Status.SLOW: 0.46, Status.UNKNOWN: 0.46, Status.DOWN: 0.8}
BACK, PLANNED = 0.8, 0.9
# The widths of the edges, in pixels. Edges make a one-minute outage visible even in a week's view.
EDGES = {Status.UP: 0, Status.SLOW: 1, Status.UNKNOWN: 1, Status.DOWN: 2}
# A click on an outage opens its dossier in a new tab, as in the list of outages.
OPEN_REPORT = """
    const { inspected, data } = cb_data.source
    const address = inspected.indices.map((place) => data.report[place]).find(Boolean)
    if (address) window.open(address, "_blank", "noopener")
"""
# A layer deep inside the figure gets the focus, and the figure's styles do not reach that layer.
# The ring is therefore drawn around the whole figure.
RING = ":host(:focus-within) { outline: 3px solid var(--r-focus); outline-offset: 2px; }"
FONT = "Segoe UI, Roboto, Helvetica, Arial, sans-serif"
PALETTES = {
    "light": {
        "up": "#17663a",
        "slow": "#7d4b00",
        "down": "#ab1f1a",
        "unknown": "#4f5963",
        "planned": "#57399c",
        "ink": "#434b53",
        "lane": "#ebedef",
        "line": "#d4d8dc",
        "surface": "#ffffff",
    },
    "dark": {
        "up": "#79cf9c",
        "slow": "#efb861",
        "down": "#ff9a92",
        "unknown": "#aab3bc",
        "planned": "#c0adf5",
        "ink": "#c0c7ce",
        "lane": "#252a30",
        "line": "#323940",
        "surface": "#181c20",
    },
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the figure, from `left` to `right` (ms), with the texts of its tooltip."""

    row: int
    name: str
    left: float
    right: float
    word: str
    from_: str
    until: str
    lasted: str
    report: str
    hint: str


def _columns(bars: Iterable[Bar]) -> dict[str, Any]:
    """Return the bars as the columns of a data source."""
    drawn = list(bars)
    return {field.name: [getattr(bar, field.name) for bar in drawn] for field in fields(Bar)}


class TimelineView(View):
    """A figure, created once; its bars, ticks and range follow the state."""

    history = needs(HistoryState)
    session = needs(Session)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._sources = {status: ColumnDataSource(_columns([])) for status in HEIGHTS}
        self._work = ColumnDataSource(_columns([]))
        self._row_source = ColumnDataSource(
            {key: [] for key in ("row", "left", "right", "name", "availability")}
        )
        self._figure = self._draw()
        self._lay_out()
        self._paint()
        self._view = pn.pane.Bokeh(self._figure, sizing_mode="stretch_width", margin=0)

    @property
    def _names(self) -> dict[str, str]:
        return target_names(self.history.updates.handbook, self.language)

    def _draw(self) -> figure:
        plot = figure(
            y_range=Range1d(),
            x_range=Range1d(),
            x_axis_type="datetime",
            x_axis_location="above",
            sizing_mode="stretch_width",
            toolbar_location=None,
            tools="",
            min_border_left=0,
            output_backend="svg",
            stylesheets=[RING],
        )
        self._shares = LinearAxis()
        plot.add_layout(self._shares, "right")
        plot.background_fill_alpha = plot.border_fill_alpha = 0
        plot.outline_line_color = plot.ygrid.grid_line_color = None
        plot.axis.axis_line_color = plot.axis.minor_tick_line_color = None
        plot.yaxis.major_tick_line_color = None
        plot.axis.major_label_text_font = FONT
        plot.axis.major_label_text_font_size = "13px"
        plot.xaxis.major_label_policy = NoOverlap(min_distance=8)
        self._back = self._bar(plot, self._row_source)
        # Planned work is drawn beneath the status bars, so that an outage during the work stays
        # visible. The bars for planned work are a little taller than the status bars.
        self._planned = self._bar(plot, self._work)
        self._bars = {key: self._bar(plot, source) for key, source in self._sources.items()}
        self._words = [
            plot.add_glyph(
                self._row_source,
                Text(
                    x=x,
                    y="row",
                    text=text,
                    text_align=align,
                    y_offset=-ABOVE,
                    text_baseline="middle",
                    text_font_size="13px",
                ),
                visible=False,
            )
            for x, text, align in (("left", "name", "left"), ("right", "availability", "right"))
        ]
        for words in self._words:
            words.glyph.update(text_font={"value": FONT})
        tooltips = "<b>@name</b><br>@word<br>@from_ – @until (@lasted)@hint{safe}"
        # A click inspects a bar. If it selected the bar, all other bars would turn pale.
        report = CustomJS(code=OPEN_REPORT)
        outages = [self._bars[Status.DOWN]]
        plot.add_tools(
            HoverTool(renderers=[*self._bars.values(), self._planned], tooltips=tooltips),
            TapTool(renderers=outages, behavior="inspect", callback=report),
        )
        return plot

    def _bar(self, plot: figure, source: ColumnDataSource) -> Any:
        # `plot.hbar` would add four more glyphs to each set of bars. They are needed only for
        # selections, and these bars are never selected.
        return plot.add_glyph(source, HBar(y="row", left="left", right="right", height=0.8))

    @param.depends("session.narrow", "history.updates.handbook", watch=True)
    def _lay_out(self) -> None:
        """Set the heights; on a phone, each name is above its lane instead of beside it."""
        narrow, names = self.session.narrow, list(self._names.values())
        self._figure.yaxis.ticker = FixedTicker(ticks=list(range(len(names))))
        self._figure.yaxis[0].major_label_overrides = dict(enumerate(names))
        pitch = TALL if narrow else LANE
        self._figure.height = pitch * len(names) + 48
        # On a phone, the first lane needs room for the text above it; no text is below the last.
        first, last = (-0.7, -0.7) if narrow else (-0.5, -0.5)
        self._figure.y_range.update(start=len(names) + last, end=first)
        for axis in (self._figure.yaxis[0], self._shares):
            axis.visible = not narrow
        for words in self._words:
            words.visible = narrow
        heights = HEIGHTS | {None: BACK, "planned": PLANNED}
        bars = self._bars | {None: self._back, "planned": self._planned}
        for key, drawn in bars.items():
            drawn.glyph.height = heights[key] * LANE / pitch
        self._show()

    @param.depends("history.rows", "history.work", watch=True)
    def _show(self) -> None:
        history, since, now = self.history, self.history.since, self.history.now
        if since is None or now is None or history.span == "quarter":
            return
        ends = milliseconds(since), milliseconds(now)
        for status, bars in self._bars_by_status(since, now).items():
            self._sources[status].data = _columns(bars)
        self._work.data = _columns(self._bars_of_work(now))
        percentages = [self._share(row.availability.get(history.span)) for row in history.rows]
        self._row_source.data = {
            "row": list(range(len(percentages))),
            "left": [ends[0]] * len(percentages),
            "right": [ends[1]] * len(percentages),
            "name": [self._names[row.target] for row in history.rows],
            "availability": percentages,
        }
        self._shares.major_label_overrides = dict(enumerate(percentages))
        self._figure.x_range.update(start=ends[0], end=ends[1])
        self._set_ticks(since, now)

    def _share(self, availability: Any) -> str:
        text = "" if availability is None else percent(availability.whole, self.language)
        return self.language.percent(text) if text else ""

    def _bars_by_status(self, since: datetime, now: datetime) -> dict[Status, list[Bar]]:
        bars: dict[Status, list[Bar]] = {status: [] for status in HEIGHTS}
        finest = (now - since) / FINEST
        for row in self.history.rows:
            for segment in timeline_segments(row.states, finest):
                word = self._segment_text(segment)
                bars[segment.status].append(self._bar_of(segment, row.target, word, now))
        return bars

    def _bars_of_work(self, now: datetime) -> Iterable[Bar]:
        word = self.language.say("Travaux annoncés")
        for work in self.history.work:
            segment = TimelineSegment(Status.UNKNOWN, work.start, work.end, work.end - work.start)
            yield self._bar_of(segment, work.target, word, now)

    def _segment_text(self, segment: TimelineSegment) -> str:
        say = self.language.say
        words = {"up": say("Répond"), "slow": say("Lent"), "down": say("Échoue")}
        word = words.get(segment.status.value, say("Inconnu"))
        times = segment.times
        return word if times == 1 else say("{word}, {times} fois", word=word, times=times)

    def _bar_of(self, segment: TimelineSegment, target: str, word: str, now: datetime) -> Bar:
        names, language = self._names, self.language
        report = self._report(segment)
        hint = language.say("Clic\u202f: ouvrir le dossier")
        return Bar(
            row=list(names).index(target),
            name=names[target],
            left=milliseconds(segment.start),
            right=milliseconds(segment.end),
            word=word,
            from_=language.moment(segment.start, now),
            until=language.moment(segment.end, now),
            lasted=language.duration(segment.lasted),
            report=report,
            hint=f"<br>{hint}" if report else "",
        )

    def _report(self, segment: TimelineSegment) -> str:
        """Return the URL of the dossier on the outage declared then, or an empty string."""
        if segment.status is not Status.DOWN:
            return ""
        outages = self.history.context.folds.outages
        declared = outages.declared_between(segment.start, segment.end)
        return f"dossier/{declared.declared.id}?lang={self.language.code}" if declared else ""

    def _set_ticks(self, since: datetime, now: datetime) -> None:
        ticks = axis_ticks(since, now, self.language)
        axis = self._figure.xaxis[0]
        axis.ticker = FixedTicker(ticks=list(ticks))
        self._figure.xgrid[0].ticker = axis.ticker
        axis.update(major_label_overrides=ticks)

    @param.depends("session.scheme", watch=True)
    def _paint(self) -> None:
        colours = PALETTES[self.session.scheme]
        for status, bars in self._bars.items():
            hollow, edge = status is Status.UNKNOWN, EDGES[status]
            bars.glyph.update(
                fill_color=colours[status.value],
                fill_alpha=0 if hollow else 1,
                line_color=colours[status.value] if edge else None,
                line_width=edge,
            )
        self._planned.glyph.update(fill_alpha=0, line_color=colours["planned"], line_width=2)
        self._back.glyph.update(fill_color=colours["lane"], line_color=None)
        for words in self._words:
            # Keep grid lines from running through a name.
            words.glyph.update(text_color=colours["ink"], background_fill_color=colours["surface"])
        self._figure.axis.major_label_text_color = colours["ink"]
        self._figure.xaxis.major_tick_line_color = colours["line"]
        self._figure.xgrid.grid_line_color = colours["line"]
