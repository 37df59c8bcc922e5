"""The age of the newest reading, in the header of every place."""

from __future__ import annotations

from datetime import datetime

import panel as pn
from panel.viewable import Viewer

from dashboard.monitoring.probe_grid import ProbeGrid
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render


class LastReadingView(Viewer):
    """How long ago the watch last read anything."""

    def __init__(self, grid: ProbeGrid, language: Language) -> None:
        super().__init__()
        self._grid, self._language = grid, language
        self._pane = LiveHTML(pn.bind(self._html, grid.param.last_round), sizing_mode=None)

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, last_round: datetime | None) -> str:
        now = self._grid.context.now()
        return render("monitoring/last_reading", self._language, last_round=last_round, now=now)
