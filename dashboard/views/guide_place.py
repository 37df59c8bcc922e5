"""The first place: what to do on the left, who sees what on the right; calm when all is well."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.page import asset
from dashboard.state.eyes import Eyes
from dashboard.state.outage import Coordination
from dashboard.state.planning import Planning
from dashboard.state.proposal import Proposal
from dashboard.translations import Language
from dashboard.views.ahead import Ahead
from dashboard.views.calm import Calm
from dashboard.views.grid import Grid
from dashboard.views.guide import GuidePanel
from dashboard.views.here import Here
from dashboard.views.place import built
from dashboard.views.sheet import Sheet
from dashboard.views.stations import Stations
from dashboard.views.tree import Tree
from dashboard.views.why import Why

WIDE: dict[str, Any] = {
    "sizing_mode": "stretch_width",
    "margin": 0,
    "stylesheets": [asset("relais.css")],
}


class GuidePlace(Viewer):
    """The procedure, unless all is well and nobody asked for it; beside them a sheet to print.

    While an outage is declared the procedure stays: whoever opens the page then must not look
    for it.
    """

    def __init__(
        self, eyes: Eyes, proposal: Proposal, coordination: Coordination, language: Language
    ) -> None:
        super().__init__()
        self._proposal, guide = proposal, proposal.guide
        planning = Planning(insight=eyes.insight)
        told, record = eyes.insight.param.diagnosis, coordination.param.record
        calm = pn.bind(self._is_calm, eyes.board.param.state, told, guide.param.begun, record)
        self._layout = pn.Column(
            pn.Column(
                Calm(eyes, planning, guide, language),
                visible=calm,
                css_classes=["no-print"],
                **WIDE,
            ),
            # What is hidden must not be the grid itself: its own display would show it again.
            pn.Column(
                self._side_by_side(eyes, planning, language),
                visible=pn.rx(calm).rx.not_(),
                css_classes=["no-print"],
                **WIDE,
            ),
            Sheet(guide, language),
            **WIDE,
        )

    def _side_by_side(self, eyes: Eyes, planning: Planning, language: Language) -> pn.Column:
        return pn.Column(
            built(GuidePanel, self._proposal, language),
            pn.Column(
                built(Grid, eyes, language),
                built(Here, eyes, language),
                built(Stations, eyes, language),
                built(Why, eyes, language),
                built(Ahead, planning, language),
                built(Tree, self._proposal.guide, language),
                **WIDE,
            ),
            css_classes=["guide-page"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _is_calm(self, *_: object) -> bool:
        return not self._proposal.asks
