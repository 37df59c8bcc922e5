"""The guide's place: what to do and the grid side by side, or the all-clear instead of both."""

from typing import Any

import panel as pn
import param

from dashboard.core.users import Permission, SignedInBy
from dashboard.guide.all_clear_view import AllClearView
from dashboard.guide.contact_card import contact_card
from dashboard.guide.guide import Guide
from dashboard.guide.guide_view import GuidePanel
from dashboard.guide.procedure_tree import ProcedureTree
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.diagnosis_view import DiagnosisView
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.report_view import ReportView
from dashboard.monitoring.workstations import Workstations
from dashboard.monitoring.workstations_view import WorkstationsView
from dashboard.outage.outage import OutageState
from dashboard.outage.planned_work import PlannedWork
from dashboard.outage.planned_work_view import PlannedWorkView
from dashboard.readiness.drill_control import DrillControl
from dashboard.readiness.readiness_view import ReadinessView
from dashboard.readiness.scanner_check import ScannerCheck
from dashboard.ui.html_view import HtmlView
from dashboard.ui.lazy_place import LazyPart, view_or_failure
from dashboard.ui.live_html import LiveStack
from dashboard.ui.part import WIDE, Part, computed_once
from dashboard.ui.templating import render


class GuideFoot(HtmlView):
    """What this person may open from here; the procedure and a drill only while all is well.

    Where an outage is declared or suspected the banner above leads to the coordination.
    """

    workstations: Workstations = param.ClassSelector(class_=Workstations, constant=True)
    suggested_path: SuggestedPath = param.ClassSelector(class_=SuggestedPath, constant=True)
    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
    drill: DrillControl = param.ClassSelector(class_=DrillControl, constant=True)
    css_classes = ("no-print",)

    @param.depends(
        "workstations.grid.state",
        "workstations.diagnosis.result",
        "suggested_path.guide.is_open",
        "outage.record",
        "outage.suspected",
        "drill.phase",
    )
    def _html(self) -> str:
        return render(
            "guide/guide_foot",
            self.language,
            is_calm=not self.suggested_path.asks,
            declares=self._declares,
            sees_workstations=self.drill.session.may_open("reconciliation"),
            phase=self.drill.phase,
            place=self.drill.place,
        )

    @property
    def _declares(self) -> bool:
        outage = self.outage
        return outage.coordinates and outage.record is None and outage.suspected is None

    def _act(self, act: str, _: str) -> None:
        acts = {
            "read": self.suggested_path.guide.begin,
            "start-drill": self.drill.start,
            "end-drill": self.drill.end,
        }
        if act in acts:
            acts[act]()


class GuidePage(Part):
    """The procedure, unless all is well and nobody asked for it.

    While an outage is declared the procedure stays: a person who opens the page then must not look
    for it.
    """

    workstations: Workstations = param.ClassSelector(class_=Workstations, constant=True)
    suggested_path: SuggestedPath = param.ClassSelector(class_=SuggestedPath, constant=True)
    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._planned_work = PlannedWork(diagnosis=self.workstations.diagnosis)
        context, session = self.workstations.context, self.workstations.diagnosis.session
        self._drill = DrillControl(
            context=context, session=session, updates=self.workstations.updates
        )
        coordinates = {"outage": self.outage, "language": self.language}
        sheet = {"css_classes": ["no-print"], "stylesheets": WIDE["stylesheets"]}
        self._view = pn.Column(
            LazyPart(self._all_clear, self._is_calm, **sheet),
            # What is hidden must not be the grid itself: its own display would show it again.
            LazyPart(self._side_by_side, self._asks, **sheet),
            LiveStack(
                [
                    PrintSheet(guide=self.suggested_path.guide, language=self.language),
                    GuideFoot(
                        workstations=self.workstations,
                        suggested_path=self.suggested_path,
                        drill=self._drill,
                        **coordinates,
                    ),
                ]
            ),
            **WIDE,
        )

    @param.depends(
        "workstations.grid.state",
        "workstations.diagnosis.result",
        "suggested_path.guide.is_open",
        "outage.record",
    )
    def _asks(self) -> bool:
        return self.suggested_path.asks

    @param.depends("_asks")
    def _is_calm(self) -> bool:
        return not self._asks()

    def _all_clear(self) -> pn.Column:
        workstations, language = self.workstations, self.language
        guide = self.suggested_path.guide
        parts: list[Part] = [
            AllClearView(
                workstations=workstations,
                planned_work=self._planned_work,
                guide=guide,
                language=language,
            ),
        ]
        person = workstations.diagnosis.session.person
        # An open server takes everybody at a desk for a coordinator.
        if person.may(Permission.COORDINATE) and person.by is not SignedInBy.OPEN:
            parts.append(ReadinessView(drill=self._drill, language=language))
        return pn.Column(
            LiveStack(parts), ScannerCheck(workstations.context.handbook, language), **WIDE
        )

    def _side_by_side(self) -> pn.Column:
        path, language = self.suggested_path, self.language
        seen = {"workstations": self.workstations, "language": language}
        return pn.Column(
            view_or_failure(GuidePanel, suggested_path=path, outage=self.outage, language=language),
            LiveStack(
                [
                    view_or_failure(GridPanel, brief=True, **seen),
                    view_or_failure(ReportView, **seen),
                    view_or_failure(WorkstationsView, **seen),
                    view_or_failure(DiagnosisView, **seen),
                    view_or_failure(ProcedureTree, guide=path.guide, language=language),
                    view_or_failure(
                        PlannedWorkView, planned_work=self._planned_work, language=language
                    ),
                ]
            ),
            css_classes=["guide-page"],
            **WIDE,
        )


class PrintSheet(HtmlView):
    """The answers so far, the contacts, the whole tree with boxes to tick, how to lend."""

    guide: Guide = param.ClassSelector(class_=Guide, constant=True)
    css_classes = ("only-print",)

    # It says of what minute it is: not every outcome is worth sending it to every page.
    @param.depends(
        "guide.updates.handbook", "guide.updates.minute", "guide.walk", "guide.grid.state"
    )
    @computed_once
    def _html(self) -> str:
        guide, handbook = self.guide, self.guide.handbook
        words, steps = handbook.words[self.language.code], guide.procedure.steps.values()
        called = [(step, step.contact) for step in steps if step.contact]
        return render(
            "guide/print_sheet",
            self.language,
            now=self.context.now(),
            words=words,
            questions=[step for step in steps if step.kind == "question"],
            given=dict(guide.path),
            contacts=[(one, contact_card(guide, key, self.language)) for one, key in called],
            tell=next((words.contacts[key].tell for _, key in called), ""),
            lending=guide.procedure.lending,
            targets=handbook.targets,
            cells=guide.cells,
            cell_text=lambda cell: cell_text(cell, self.language, self.context.now()),
        )
