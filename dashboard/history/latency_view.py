"""The response times of one target, over the span shown and by hour of day, from a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10
from typing import Any

import pandas as pd
import param

from dashboard.history.history_state import HistoryState
from dashboard.history.history_text import target_names
from dashboard.history.timeline_ticks import axis_ticks, milliseconds
from dashboard.translations import Language
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure import frames
from procedure.handbook.model import services
from procedure.monitoring.rollup import Grain

HOURLY = timedelta(days=14)  # up to which length of a span its hours are drawn
STEPS: Mapping[Grain, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class LatencyView(HtmlView):
    """A chart of the hours, or of the days of a long span; below it, each hour of the day."""

    history: HistoryState = param.ClassSelector(class_=HistoryState, constant=True)
    target = param.String(doc="Key of the target that was chosen; empty before.")
    css_classes = ("past-part", "wide")

    @property
    def _names(self) -> dict[str, str]:
        return target_names(self.history.updates.handbook, self.language)

    @property
    def _shown_target(self) -> str:
        """The chosen target; at first, and once it is gone, the first that status pages cover."""
        names, chosen = self._names, self.target
        every = services(self.history.updates.handbook)
        covered = [key for service in every if service.announced for key in service.targets]
        return chosen if chosen in names else next(iter((*covered, *names)))

    def _form(self, _: str, fields: Mapping[str, str]) -> None:
        if fields.get("target") in self._names:
            self.target = fields["target"]

    @param.depends("target", "history.between", "history.ninety_days", "history.updates.handbook")
    def _html(self) -> str:
        history, target = self.history, self._shown_target
        return render(
            "history/latency",
            self.language,
            names=self._names,
            target=target,
            waits=history.ninety_days is None,
            chart=self._chart(target),
            hours=self._hours(target),
        )

    def _chart(self, target: str) -> str:
        history = self.history
        if history.ninety_days is None:
            return ""
        since, until = history.between.bounds(history.ninety_days.until)
        grain: Grain = "hour" if until - since <= HOURLY else "day"
        return latency_chart(
            self._frame(grain, target),
            self.language,
            since=since,
            until=until,
            step=STEPS[grain],
        )

    def _hours(self, target: str) -> list[tuple[str, str]]:
        """Return the hours of the day with the p95 of the ninety days at each, in milliseconds."""
        if self.history.ninety_days is None:
            return []
        hours = frames.hours_of_day({target: self.history.ninety_days.answers.get(target, {})})
        return [
            (f"{row['hour']:02}:00", self.language.number(row["p95_ms"]))
            for row in frames.records(hours)
        ]

    def _frame(self, grain: Grain, target: str) -> pd.DataFrame:
        assert self.history.ninety_days is not None
        frame = frames.summaries(self.history.ninety_days.latencies[grain])
        return frame[frame["target"] == target]


LABELS = 9  # of the time scale, at most
PERCENTILES = ("p50_ms", "p95_ms")


@dataclass(frozen=True, slots=True)
class LatencyDrawing:
    """The paths of the two percentiles and the ticks of both scales.

    All figures are per cent of the drawing's width and height, which the page decides.
    """

    paths: Sequence[str]
    levels: Sequence[tuple[float, str]]
    ticks: Sequence[tuple[float, str]]


def latency_chart(
    summaries: Any, language: Language, *, since: datetime, until: datetime, step: timedelta
) -> str:
    """Return the HTML of a chart of one target's response times, with a summary in words.

    `summaries` is a frame as `procedure.frames.summaries` returns it, with `p50` and `p95`, of
    hours or days as `step` says; rows outside `since <= start < until` (aware UTC) are left out.
    The time scale is linear, that of the milliseconds logarithmic; hours without an answer are
    gaps. In a notebook: `pn.pane.HTML(latency_chart(…))`.
    """
    shown = summaries[(summaries["start"] >= since) & (summaries["start"] < until)]
    shown = shown.dropna(subset=list(PERCENTILES)).sort_values("start")
    if shown.empty:
        return render("history/latency_chart", language, drawing=None, summary="")
    return render(
        "history/latency_chart",
        language,
        drawing=_drawing(shown, language, since=since, until=until, step=step),
        summary=_summary(shown, language, step, until),
    )


def _drawing(
    shown: Any, language: Language, *, since: datetime, until: datetime, step: timedelta
) -> LatencyDrawing:
    values = shown[list(PERCENTILES)].to_numpy()
    lowest = floor(log10(max(values.min(), 1.0)))
    highest = max(ceil(log10(max(values.max(), 1.0))), lowest + 1)

    def x(at: datetime) -> float:
        return round(100 * ((at - since) / (until - since)), 2)

    def y(latency_ms: float) -> float:
        part = (log10(max(latency_ms, 1.0)) - lowest) / (highest - lowest)
        return round(100 * (1 - part), 2)

    starts = [start.to_pydatetime() for start in shown["start"]]
    # An hour is drawn at its middle, which lies outside the span at neither end.
    at = [x(min(max(start + step / 2, since), until)) for start in starts]
    breaks = [i == 0 or starts[i] - starts[i - 1] > 1.5 * step for i in range(len(starts))]
    return LatencyDrawing(
        paths=[_path(at, [y(value) for value in shown[name]], breaks) for name in PERCENTILES],
        levels=[
            (y(10.0**power), language.milliseconds(10.0**power))
            for power in range(lowest, highest + 1)
        ],
        ticks=list(_ticks(since, until, x, language)),
    )


def _path(xs: Sequence[float], ys: Sequence[float], breaks: Sequence[bool]) -> str:
    """Return an SVG path that begins anew at each break; a point alone is a dot."""
    return "".join(
        f"M{x} {y}h0" if begins else f"L{x} {y}"
        for x, y, begins in zip(xs, ys, breaks, strict=True)
    )


def _ticks(
    since: datetime, until: datetime, x: Any, language: Language
) -> Iterator[tuple[float, str]]:
    """Yield at most `LABELS` ticks of the time scale, equally far apart."""
    ticks = list(axis_ticks(since, until, language).items())
    for at, label in ticks[:: ceil(len(ticks) / LABELS) or 1]:
        yield x(since + timedelta(milliseconds=at - milliseconds(since))), label.replace("\n", " ")


def _summary(shown: Any, language: Language, step: timedelta, now: datetime) -> str:
    usual, slowest = shown[list(PERCENTILES)].median(), shown.loc[shown["p95_ms"].idxmax()]
    at = slowest["start"].to_pydatetime()
    hourly = step < timedelta(days=1)
    say = language.say
    return say(
        "D’habitude ({median}), la moitié des réponses vient en {p50} et 95\u202f% en {p95}. "
        "Le plus lent\u202f: {when}, {worst}.",
        median=say("médiane des heures") if hourly else say("médiane des jours"),
        p50=language.milliseconds(usual["p50_ms"]),
        p95=language.milliseconds(usual["p95_ms"]),
        when=language.moment(at, now, short=True) if hourly else language.day(at),
        worst=language.milliseconds(slowest["p95_ms"]),
    )
