"""The banner under the status bar, on every place of every page."""

from __future__ import annotations

from datetime import datetime

import panel as pn

from dashboard.outage.outage import OutageState
from dashboard.outage.proposals import Suspected
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.outages.declared_outage import OutageRecord


class OutageBanner(Part):
    """What is declared, C1, the message and the next news; else what is only suspected; or nothing.

    Once C1 has ended it leads to the reconciliation, and it names the block in Alma until it is
    put back. A live region: it changes only with the record or the suspicion.
    """

    def __init__(self, outage: OutageState, language: Language) -> None:
        super().__init__()
        self._outage, self._language = outage, language
        state = outage.param
        html = pn.bind(
            self._html, state.record, state.suspected, state.overdue, state.over, state.block_off
        )
        self._view = LiveHTML(html, self._act, role="status")

    def _html(
        self,
        record: OutageRecord | None,
        suspected: Suspected | None,
        overdue: bool,  # noqa: FBT001 - a parameter's value
        over: OutageRecord | None,
        block_off: datetime | None,
    ) -> str:
        return render(
            "outage/banner",
            self._language,
            record=record,
            suspected=suspected,
            overdue=overdue,
            over=over,
            turns=over is not None and over.declared.id == self._outage.ended_here,
            block_off=block_off,
            coordinates=self._outage.coordinates,
            now=self._outage.context.now(),
        )

    def _act(self, act: str, value: str) -> None:
        del value
        if act == "coordinate" and self._outage.coordinates:
            self._outage.open()
