"""The timeline: every target over a day or a week, height and colour telling the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import panel as pn
from bokeh.models import (
    ColumnDataSource,
    FactorRange,
    FixedTicker,
    HoverTool,
    NoOverlap,
    Range1d,
)
from bokeh.plotting import figure
from panel.viewable import Viewer

from dashboard.state.past import SPANS, Lane, Past
from dashboard.state.visit import Visit
from dashboard.translations import GENEVA, Language
from procedure.monitoring import Verdict
from procedure.outages import State

LANE = 30  # pixels
# Height tells what colour tells: thin, half, full, and a hollow bar for what is not known.
HEIGHTS = {Verdict.UP: 0.22, Verdict.SLOW: 0.46, Verdict.DOWN: 0.8, Verdict.UNKNOWN: 0.46}
PALETTES = {
    "light": {"up": "#17663a", "slow": "#7d4b00", "down": "#ab1f1a", "unknown": "#4f5963",
              "planned": "#57399c", "ink": "#434b53", "lane": "#ebedef", "line": "#d4d8dc"},
    "dark": {"up": "#79cf9c", "slow": "#efb861", "down": "#ff9a92", "unknown": "#aab3bc",
             "planned": "#c0adf5", "ink": "#c0c7ce", "lane": "#252a30", "line": "#323940"},
}  # fmt: skip


class Timeline(Viewer):
    """One figure, made once; its bars, ticks and range follow the state."""

    def __init__(self, past: Past, visit: Visit, language: Language, names: dict[str, str]) -> None:
        super().__init__()
        self._past, self._visit, self._language, self._names = past, visit, language, names
        self._sources = {verdict: ColumnDataSource(_no_bars()) for verdict in Verdict}
        self._work = ColumnDataSource(_no_bars())
        self._lanes = ColumnDataSource({"name": [], "left": [], "right": []})
        self._figure = self._draw()
        past.param.watch(self._show, ["lanes", "work"])
        visit.param.watch(self._paint, ["scheme"])
        self._show()
        self._paint()
        self._pane = pn.pane.Bokeh(self._figure, sizing_mode="stretch_width", margin=0)

    def __panel__(self) -> pn.pane.Bokeh:
        return self._pane

    def _draw(self) -> Any:
        names = [self._names[target] for target in self._past.house.handbook.targets]
        plot = figure(
            y_range=FactorRange(*reversed(names)), x_range=Range1d(), x_axis_type="datetime",
            height=LANE * len(names) + 48, sizing_mode="stretch_width", toolbar_location=None,
            tools="", min_border_left=0, x_axis_location="above", output_backend="svg",
        )  # fmt: skip
        plot.background_fill_alpha = plot.border_fill_alpha = 0
        plot.outline_line_color = plot.ygrid.grid_line_color = None
        plot.axis.axis_line_color = plot.axis.minor_tick_line_color = None
        plot.yaxis.major_tick_line_color = None
        plot.axis.major_label_text_font = "Segoe UI, Roboto, Helvetica, Arial, sans-serif"
        plot.axis.major_label_text_font_size = "13px"
        plot.xaxis.major_label_policy = NoOverlap(min_distance=8)
        self._back = plot.hbar(y="name", left="left", right="right", height=0.8, source=self._lanes)
        self._bars = {
            verdict: plot.hbar(
                y="name", left="left", right="right", height=HEIGHTS[verdict], source=source
            )
            for verdict, source in self._sources.items()
        }
        self._planned = plot.hbar(
            y="name", left="left", right="right", height=0.9, source=self._work
        )
        hover = HoverTool(
            renderers=[*self._bars.values(), self._planned],
            tooltips="<b>@name</b><br>@word<br>@from_ – @until (@lasted)",
        )
        plot.add_tools(hover)
        return plot

    def _show(self, *_: object) -> None:
        now = self._past.now
        if now is None:
            return
        since = now - SPANS[self._past.span]
        lanes: tuple[Lane, ...] = self._past.lanes
        for verdict, source in self._sources.items():
            source.data = self._bars_of(verdict, lanes)
        self._work.data = self._bars_of_work(max(since, now - SPANS["week"]))
        ends = [_milliseconds(since)] * len(lanes), [_milliseconds(now)] * len(lanes)
        self._lanes.data = {
            "name": [self._names[lane.target] for lane in lanes],
            "left": ends[0],
            "right": ends[1],
        }
        self._figure.x_range.update(start=_milliseconds(since), end=_milliseconds(now))
        self._tick(since, now)

    def _bars_of(self, verdict: Verdict, lanes: Iterable[Lane]) -> dict[str, list[Any]]:
        bars = _no_bars()
        for lane in lanes:
            for state in lane.states:
                if state.verdict is verdict:
                    self._add(bars, self._names[lane.target], state)
        return bars

    def _bars_of_work(self, since: datetime) -> dict[str, list[Any]]:
        bars = _no_bars()
        for one in self._past.work:
            if one.end > since:
                state = State(one.target, max(one.start, since), one.end, None)
                word = self._language.say("Travaux annoncés")
                self._add(bars, self._names[one.target], state, word)
        return bars

    def _add(self, bars: dict[str, list[Any]], name: str, state: State, word: str = "") -> None:
        say, now = self._language.say, self._past.now
        words = {"up": say("Répond"), "slow": say("Lent"), "down": say("Échoue")}
        bars["name"].append(name)
        bars["left"].append(_milliseconds(state.start))
        bars["right"].append(_milliseconds(state.end))
        bars["word"].append(word or words.get(state.verdict or "", say("Pas connu")))
        bars["from_"].append(self._language.moment(state.start, now))
        bars["until"].append(self._language.moment(state.end, now))
        bars["lasted"].append(self._language.duration(state.lasted))

    def _tick(self, since: datetime, now: datetime) -> None:
        step = timedelta(hours=3) if self._past.span == "day" else timedelta(days=1)
        ticks = local_ticks(since, now, step)
        spoken = self._language
        axis = self._figure.xaxis[0]
        axis.ticker = FixedTicker(ticks=[_milliseconds(at) for at in ticks])
        self._figure.xgrid[0].ticker = axis.ticker
        axis.major_label_overrides = {
            _milliseconds(at): spoken.clock(at)
            if self._past.span == "day"
            else spoken.weekday(at).replace(" ", "\n")
            for at in ticks
        }

    def _paint(self, *_: object) -> None:
        colours = PALETTES[self._visit.scheme]
        for verdict, bars in self._bars.items():
            hollow = verdict is Verdict.UNKNOWN
            bars.glyph.update(
                fill_color=colours[verdict.value],
                fill_alpha=0 if hollow else 1,
                line_color=colours[verdict.value] if hollow else None,
            )
        self._planned.glyph.update(fill_alpha=0, line_color=colours["planned"], line_width=2)
        self._back.glyph.update(fill_color=colours["lane"], line_color=None)
        self._figure.axis.major_label_text_color = colours["ink"]
        self._figure.xaxis.major_tick_line_color = colours["line"]
        self._figure.xgrid.grid_line_color = colours["line"]


def local_ticks(since: datetime, until: datetime, step: timedelta) -> list[datetime]:
    """Return the local hours or midnights in a span, right across both clock changes."""
    local = since.astimezone(GENEVA).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[datetime] = []
    # Wall-clock arithmetic on purpose: adding to a local time keeps its hour over a change.
    while local < until.astimezone(GENEVA):
        if local >= since.astimezone(GENEVA):
            ticks.append(local)
        local += step
    return ticks


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _no_bars() -> dict[str, list[Any]]:
    return {key: [] for key in ("name", "left", "right", "word", "from_", "until", "lasted")}
