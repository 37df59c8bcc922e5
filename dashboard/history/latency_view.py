"""The response times of one target over the span shown; which one is chosen from a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pandas as pd
import param

from dashboard.history.history_state import HistoryState
from dashboard.history.history_text import target_names
from dashboard.history.latency_chart import latency_chart
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure import frames
from procedure.handbook.services import services
from procedure.monitoring.rollup import Grain

HOURLY = timedelta(days=14)  # up to which length of a span its hours are drawn
STEPS: Mapping[Grain, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class LatencyView(HtmlView):
    """A chart of the hours, or of the days of a long span."""

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

    def _frame(self, grain: Grain, target: str) -> pd.DataFrame:
        assert self.history.ninety_days is not None
        frame = frames.summaries(self.history.ninety_days.latencies[grain])
        return frame[frame["target"] == target]
