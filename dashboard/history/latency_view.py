"""The response times of one target over the span shown; which one is chosen from a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pandas as pd
import panel as pn

from dashboard.history.history import HistoryState
from dashboard.history.latency_chart import latency_chart
from dashboard.history.texts import target_names
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure import frames
from procedure.handbook.services import services
from procedure.monitoring.rollup import Grain

HOURLY = timedelta(days=14)  # up to which length of a span its hours are drawn
STEPS: Mapping[Grain, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class LatencyView(Part):
    """A chart of the hours, or of the days of a long span."""

    def __init__(self, history: HistoryState, language: Language) -> None:
        super().__init__()
        self._history, self._language = history, language
        self._target = pn.rx("")
        shown = history.param
        follows = (history.updates.param.handbook, shown.between, shown.ninety_days)
        html = pn.bind(self._html, *follows, self._target)
        self._view = LiveHTML(html, on_form=self._choose, css_classes=["past-part", "wide"])

    @property
    def _names(self) -> dict[str, str]:
        return target_names(self._history.updates.handbook, self._language)

    @property
    def _shown_target(self) -> str:
        """The chosen target; at first, and once it is gone, the first that status pages cover."""
        names, chosen = self._names, str(self._target.rx.value)
        every = services(self._history.updates.handbook)
        covered = [key for service in every if service.announced for key in service.targets]
        return chosen if chosen in names else next(iter((*covered, *names)))

    def _choose(self, _: str, fields: Mapping[str, str]) -> None:
        if fields.get("target") in self._names:
            self._target.rx.value = fields["target"]

    def _html(self, *_: object) -> str:
        history, target = self._history, self._shown_target
        return render(
            "history/latency",
            self._language,
            names=self._names,
            target=target,
            waits=history.ninety_days is None,
            chart=self._chart(target),
        )

    def _chart(self, target: str) -> str:
        history = self._history
        if history.ninety_days is None:
            return ""
        since, until = history.between.bounds(history.ninety_days.until)
        grain: Grain = "hour" if until - since <= HOURLY else "day"
        return latency_chart(
            self._frame(grain, target),
            self._language,
            since=since,
            until=until,
            step=STEPS[grain],
        )

    def _frame(self, grain: Grain, target: str) -> pd.DataFrame:
        assert self._history.ninety_days is not None
        frame = frames.summaries(self._history.ninety_days.latencies[grain])
        return frame[frame["target"] == target]
