"""Tells the coordination that the handbook's files are not in use as they are, and why."""

from __future__ import annotations

import panel as pn

from dashboard.outage.outage import OutageState
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.errors import Fault

MOST = 3  # faults that are shown; `relais check` names all of them


class HandbookNoticeView(Part):
    """The first faults with file and place, or the keys that wait for a restart; else nothing."""

    def __init__(self, outage: OutageState, language: Language) -> None:
        super().__init__()
        self._outage, self._language = outage, language
        updates = outage.diagnosis.updates.param
        html = pn.bind(self._html, updates.handbook_faults, updates.handbook_fixed)
        self._view = LiveHTML(html, role="status")

    def _html(self, faults: tuple[Fault, ...], fixed: tuple[str, ...]) -> str:
        if not self._outage.coordinates or not (faults or fixed):
            return ""
        return render(
            "outage/handbook_notice",
            self._language,
            faults=faults[:MOST],
            count=len(faults),
            more=len(faults) - MOST,
            fixed=fixed,
        )
