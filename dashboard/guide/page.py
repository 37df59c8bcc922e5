"""The first place: what to do on the left, who sees what on the right; calm when all is well."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.guide.all_clear_view import Calm
from dashboard.guide.guide_view import GuidePanel
from dashboard.guide.print_sheet import Sheet
from dashboard.guide.procedure_tree import Tree
from dashboard.guide.suggested_path import Proposal
from dashboard.monitoring.diagnosis_view import Why
from dashboard.monitoring.grid_view import Grid
from dashboard.monitoring.report_view import Here
from dashboard.monitoring.workstations import Eyes
from dashboard.monitoring.workstations_view import Stations
from dashboard.outage.outage import Coordination
from dashboard.outage.planned_work import Planning
from dashboard.outage.planned_work_view import Ahead
from dashboard.translations import Language
from dashboard.ui.lazy_place import built
from dashboard.ui.templating import asset

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
