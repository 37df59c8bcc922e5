"""The way back: the steps on the left; on the right the sentence, the step looked at, the files."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.reconciliation.cart_returns_view import WayCarts
from dashboard.reconciliation.checklist_view import WayChecklist
from dashboard.reconciliation.file_import_view import WayImport
from dashboard.reconciliation.job_reports_view import WayReport
from dashboard.reconciliation.offline_files_view import WayFiles
from dashboard.reconciliation.preflight_view import WayPreflight
from dashboard.reconciliation.reconciliation import WayBack
from dashboard.reconciliation.row_repair import RepairDesk
from dashboard.reconciliation.row_repair_view import WayRepair
from dashboard.reconciliation.rows import WayRows
from dashboard.reconciliation.rows_view import WayTable
from dashboard.reconciliation.scans_to_check_view import WayCheck
from dashboard.reconciliation.sign_off_view import WaySign
from dashboard.reconciliation.steps_view import WayRoute, WayTally
from dashboard.reconciliation.verification_view import WayProof
from dashboard.translations import Language
from dashboard.ui.lazy_place import built
from dashboard.ui.templating import asset

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
