"""The first place: what to do on the left, who sees what on the right; calm when all is well."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.page import asset
from dashboard.state.board import Board
from dashboard.state.guide import Guide
from dashboard.translations import Language
from dashboard.views.calm import Calm
from dashboard.views.grid import Grid
from dashboard.views.guide import GuidePanel
from dashboard.views.sheet import Sheet
from dashboard.views.tree import Tree

WIDE: dict[str, Any] = {
    "sizing_mode": "stretch_width",
    "margin": 0,
    "stylesheets": [asset("relais.css")],
}


class GuidePlace(Viewer):
    """The procedure, unless all is well and nobody asked for it; beside them a sheet to print."""

    def __init__(self, board: Board, guide: Guide, language: Language) -> None:
        super().__init__()
        self._guide = guide
        calm = pn.bind(self._is_calm, board.param.state, guide.param.begun)
        self._layout = pn.Column(
            pn.Column(Calm(board, guide, language), visible=calm, css_classes=["no-print"], **WIDE),
            pn.Column(
                GuidePanel(guide, language),
                pn.Column(Grid(board, language), Tree(guide, language), **WIDE),
                visible=pn.rx(calm).rx.not_(),
                css_classes=["guide-page", "no-print"],
                **WIDE,
            ),
            Sheet(guide, language),
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _is_calm(self, *_: object) -> bool:
        return self._guide.all_well and not self._guide.begun
