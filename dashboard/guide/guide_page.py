"""The guide's page: the procedure beside the observations, or one column while all is calm."""

import param

from dashboard.core.state import needs
from dashboard.core.visitor import SignedInBy
from dashboard.guide.calm_view import CalmView
from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.guide.guide_view import ChangedView, GuidePanel
from dashboard.guide.print_sheet_view import PrintSheet
from dashboard.guide.procedure_tree import ProcedureTree
from dashboard.guide.recovery_view import RecoveryView
from dashboard.guide.seen_view import SeenView
from dashboard.monitoring.diagnosis_view import DiagnosisView
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.workstations import Workstations
from dashboard.monitoring.workstations_view import WorkstationsView
from dashboard.outage.planned_work import PlannedWorkState
from dashboard.outage.planned_work_view import PlannedWorkView
from dashboard.readiness.drill_control import DrillControl
from dashboard.readiness.readiness_view import ReadinessView
from dashboard.ui.html_view import HtmlView
from dashboard.ui.lazy_place import view_or_failure
from dashboard.ui.live_html import LiveHTML, LiveStack, piece_of
from dashboard.ui.templating import render
from dashboard.ui.view import View


class GuideFoot(HtmlView):
    """The panels that a coordinator can open from the calm page."""

    guide_phase = needs(GuidePhase)
    drill = needs(DrillControl)
    css_classes = ("one", "no-print")

    @param.depends("guide_phase.phase", "guide_phase.outage.suspected", "drill.phase")
    def _html(self) -> str:
        phase = self.guide_phase
        if phase.phase is not GuideMode.CALM or not phase.outage.coordinates:
            return ""
        return render(
            "guide/guide_foot",
            self.language,
            declares=phase.outage.suspected is None,
            phase=self.drill.phase,
            place=self.drill.place,
        )

    def _act(self, act: str, _: str) -> None:
        acts = {"start-drill": self.drill.start, "end-drill": self.drill.end}
        if act in acts:
            acts[act]()


class GuidePage(View):
    """The whole page as one component; only the parts for the current phase have content."""

    guide_phase = needs(GuidePhase)
    workstations = needs(Workstations)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        workstations, phase = self.workstations, self.guide_phase
        planned_work = PlannedWorkState(diagnosis=workstations.diagnosis)
        drill = DrillControl(
            context=workstations.context, session=phase.session, updates=workstations.updates
        )
        path, language = phase.suggested_path, self.language
        phase_values: dict[str, object] = {"guide_phase": phase, "language": language}
        workstation_values: dict[str, object] = {"workstations": workstations, "language": language}
        work: dict[str, object] = {"planned_work": planned_work, "language": language}
        self._view = LiveStack(
            [
                view_or_failure(ChangedView, suggested_path=path, language=language),
                view_or_failure(GuidePanel, **phase_values),
                view_or_failure(SeenView, **(phase_values | workstation_values)),
                *self._detail(workstation_values),
                view_or_failure(RecoveryView, **(phase_values | workstation_values)),
                view_or_failure(CalmView, **(phase_values | workstation_values)),
                self._shown_if(self._is_calm, PlannedWorkView, "one", **work),
                view_or_failure(GuideFoot, **phase_values, drill=drill),
                self._shown_if(
                    self._tells_readiness, ReadinessView, "one", drill=drill, language=language
                ),
                view_or_failure(PrintSheet, guide=path.guide, language=language),
            ]
        )

    def _detail(self, workstation_values: dict[str, object]) -> list[LiveHTML]:
        """Return the panels that can be opened below both columns."""
        guide = self.guide_phase.suggested_path.guide
        return [
            self._shown_if(self._is_listed, GridPanel, "across", **workstation_values),
            self._shown_if(self._is_listed, WorkstationsView, "across", **workstation_values),
            self._shown_if(self._is_listed, DiagnosisView, "across", **workstation_values),
            self._shown_if(
                self._is_drawn, ProcedureTree, "across", guide=guide, language=self.language
            ),
        ]

    def _shown_if(
        self, holds: object, kind: type[HtmlView], place: str, **values: object
    ) -> LiveHTML:
        view = view_or_failure(kind, **values)
        pane = piece_of(view)
        pane.param.update(visible=holds, css_classes=[place, "no-print"])
        return pane

    @param.depends("guide_phase.phase", "workstations.listed")
    def _is_listed(self) -> bool:
        return self.guide_phase.phase is GuideMode.ASK and self.workstations.listed

    @param.depends("guide_phase.phase", "guide_phase.suggested_path.guide.is_drawn")
    def _is_drawn(self) -> bool:
        guide = self.guide_phase.suggested_path.guide
        return self.guide_phase.phase is GuideMode.ASK and guide.is_drawn

    @param.depends("guide_phase.phase")
    def _is_calm(self) -> bool:
        return self.guide_phase.phase is GuideMode.CALM

    @param.depends("guide_phase.phase")
    def _tells_readiness(self) -> bool:
        # Without a sign-in, everybody is a coordinator, so readiness would be shown at every desk.
        is_known = self.guide_phase.session.person.by is not SignedInBy.OPEN
        return self._is_calm() and is_known and self.guide_phase.outage.coordinates
