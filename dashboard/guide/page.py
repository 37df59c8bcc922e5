"""The guide's place: what to do and the grid side by side, or the all-clear instead of both."""

from __future__ import annotations

import panel as pn

from dashboard.core.rights import Permission
from dashboard.guide.all_clear_view import AllClearView
from dashboard.guide.guide_view import GuidePanel
from dashboard.guide.print_sheet import PrintSheet
from dashboard.guide.procedure_tree import ProcedureTree
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis_view import DiagnosisView
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.report_view import ReportView
from dashboard.monitoring.workstations import Workstations
from dashboard.monitoring.workstations_view import WorkstationsView
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_view import OutageForm, outage_foot
from dashboard.outage.planned_work import PlannedWork
from dashboard.outage.planned_work_view import PlannedWorkView
from dashboard.readiness.readiness_view import ReadinessView
from dashboard.readiness.scanner_check import ScannerCheck
from dashboard.translations import Language
from dashboard.ui.lazy_part import LazyPart
from dashboard.ui.lazy_place import built
from dashboard.ui.live_stack import LiveStack
from dashboard.ui.part import WIDE, Part


class GuidePage(Part):
    """The procedure, unless all is well and nobody asked for it; the coordination's panel above.

    While an outage is declared the procedure stays: whoever opens the page then must not look
    for it.
    """

    def __init__(
        self,
        workstations: Workstations,
        suggested_path: SuggestedPath,
        outage: OutageState,
        language: Language,
    ) -> None:
        super().__init__()
        self._suggested_path, guide = suggested_path, suggested_path.guide
        planned_work = PlannedWork(diagnosis=workstations.diagnosis)
        result, record = workstations.diagnosis.param.result, outage.param.record
        calm = pn.bind(
            self._is_calm, workstations.grid.param.state, result, guide.param.begun, record
        )
        sheet = {"css_classes": ["no-print"], "stylesheets": WIDE["stylesheets"]}
        self._view = pn.Column(
            LazyPart(lambda: OutageForm(outage, language), outage.param.opened),
            LazyPart(lambda: self._all_clear(workstations, planned_work, language), calm, **sheet),
            # What is hidden must not be the grid itself: its own display would show it again.
            LazyPart(
                lambda: self._side_by_side(workstations, planned_work, language),
                pn.rx(calm).rx.not_(),
                **sheet,
            ),
            LiveStack(PrintSheet(guide, language), outage_foot(outage, language)),
            **WIDE,
        )

    def _all_clear(
        self, workstations: Workstations, planned_work: PlannedWork, language: Language
    ) -> pn.Column:
        context, updates = workstations.context, workstations.updates
        session = workstations.diagnosis.session
        parts = [
            AllClearView(workstations, planned_work, self._suggested_path.guide, language),
            ReadinessView(context, session, updates, language),
        ]
        may_coordinate = session.person.may(Permission.COORDINATE)
        return pn.Column(
            LiveStack(*parts[: 2 if may_coordinate else 1]),
            ScannerCheck(context.handbook, language),
            **WIDE,
        )

    def _side_by_side(
        self, workstations: Workstations, planned_work: PlannedWork, language: Language
    ) -> pn.Column:
        return pn.Column(
            built(GuidePanel, self._suggested_path, language),
            LiveStack(
                built(lambda: GridPanel(workstations, language, brief=True)),
                built(ReportView, workstations, language),
                built(WorkstationsView, workstations, language),
                built(DiagnosisView, workstations, language),
                built(PlannedWorkView, planned_work, language),
                built(ProcedureTree, self._suggested_path.guide, language),
            ),
            css_classes=["guide-page"],
            **WIDE,
        )

    def _is_calm(self, *_: object) -> bool:
        return not self._suggested_path.asks
