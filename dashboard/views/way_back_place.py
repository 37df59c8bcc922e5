"""The way back: the steps on the left; on the right the sentence, the step looked at, the files."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.page import asset
from dashboard.state.repair_desk import RepairDesk
from dashboard.state.way_back import WayBack
from dashboard.state.way_rows import WayRows
from dashboard.translations import Language
from dashboard.views.place import built
from dashboard.views.way_carts import WayCarts
from dashboard.views.way_check import WayCheck
from dashboard.views.way_checklist import WayChecklist
from dashboard.views.way_files import WayFiles
from dashboard.views.way_import import WayImport
from dashboard.views.way_preflight import WayPreflight
from dashboard.views.way_proof import WayProof
from dashboard.views.way_repair import WayRepair
from dashboard.views.way_report import WayReport
from dashboard.views.way_route import WayRoute, WayTally
from dashboard.views.way_sign import WaySign
from dashboard.views.way_table import WayTable

SHEET: dict[str, Any] = {"stylesheets": [asset("relais.css")], "margin": 0}
WIDE: dict[str, Any] = SHEET | {"sizing_mode": "stretch_width"}


class WayBackPlace(Viewer):
    """What a coordinator needs once Alma answers again; each part shows nothing out of its step."""

    def __init__(self, way: WayBack, language: Language) -> None:
        super().__init__()
        way.refresh()
        rows, desk = WayRows(way=way), RepairDesk(way=way)
        step = way.param.step
        pair = pn.Column(
            WayFiles(way, language),
            WayChecklist(way, language),
            css_classes=step.rx().rx.pipe(lambda one: ["way-pair", f"way-pair--{one}"]),
            **WIDE,
        )
        parts = pn.Column(
            WayImport(way, language),
            WayPreflight(way, rows, language),
            WayReport(way, language),
            WayRepair(desk, language),
            WayCheck(way, desk, language),
            WayProof(way, desk, rows, language),
            WayCarts(way, language),
            WaySign(way, language),
            pn.Column(
                built(WayTable, rows, desk, language),
                visible=step.rx().rx.pipe(lambda one: one == "rows"),
                **WIDE,
            ),
            pair,
            css_classes=["way-main"],
            visible=way.param.now.rx().rx.pipe(lambda now: now is not None),
            **WIDE,
        )
        main = pn.Column(WayTally(way, language), parts, css_classes=["way-main"], **WIDE)
        self._layout = pn.Column(WayRoute(way, language), main, css_classes=["way-page"], **WIDE)

    def __panel__(self) -> pn.Column:
        return self._layout
