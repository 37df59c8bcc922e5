"""The way back: the steps on the left; on the right the sentence, the step looked at, the files."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.reconciliation.cart_returns_view import CartReturnsView
from dashboard.reconciliation.checklist_view import ChecklistView
from dashboard.reconciliation.file_import_view import ReconciliationImportView
from dashboard.reconciliation.job_reports_view import JobReportsView
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.preflight_view import PreflightView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.row_repair_view import RowRepairView
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.rows_view import RowsView
from dashboard.reconciliation.scans_to_check_view import ScansToCheckView
from dashboard.reconciliation.sign_off_view import SignOffView
from dashboard.reconciliation.steps_view import StepsView, TallyView
from dashboard.reconciliation.verification_view import VerificationView
from dashboard.translations import Language
from dashboard.ui.lazy_place import built
from dashboard.ui.templating import asset_url

SHEET: dict[str, Any] = {"stylesheets": [asset_url("relais.css")], "margin": 0}
WIDE: dict[str, Any] = SHEET | {"sizing_mode": "stretch_width"}


class ReconciliationPage(Viewer):
    """What a coordinator needs once Alma answers again; each part shows nothing out of its step."""

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        rows, desk = RowFilter(way=way), RowRepair(way=way)
        step = way.param.step
        pair = pn.Column(
            OfflineFilesView(way, language),
            ChecklistView(way, language),
            css_classes=step.rx().rx.pipe(lambda one: ["way-pair", f"way-pair--{one}"]),
            **WIDE,
        )
        parts = pn.Column(
            ReconciliationImportView(way, language),
            PreflightView(way, rows, language),
            JobReportsView(way, language),
            RowRepairView(desk, language),
            ScansToCheckView(way, desk, language),
            VerificationView(way, desk, rows, language),
            CartReturnsView(way, language),
            SignOffView(way, language),
            pn.Column(
                built(RowsView, rows, desk, language),
                visible=step.rx().rx.pipe(lambda one: one == "rows"),
                **WIDE,
            ),
            pair,
            css_classes=["way-main"],
            visible=way.param.now.rx().rx.pipe(lambda now: now is not None),
            **WIDE,
        )
        main = pn.Column(TallyView(way, language), parts, css_classes=["way-main"], **WIDE)
        self._layout = pn.Column(StepsView(way, language), main, css_classes=["way-page"], **WIDE)

    def __panel__(self) -> pn.Column:
        return self._layout
