"""The links at the end of the guide: the procedure, declaring an outage, a drill."""

from __future__ import annotations

import param

from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.outage import OutageState
from dashboard.readiness.drill_control import DrillControl
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render


class GuideFoot(HtmlView):
    """What this person may open from here; the procedure and a drill only while all is well.

    Where an outage is declared or suspected the banner above leads to the coordination's panel.
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

    @param.depends("outage.opened")
    def _is_shown(self) -> bool:
        return not self.outage.opened

    def _act(self, act: str, _: str) -> None:
        acts = {
            "read": self.suggested_path.guide.begin,
            "coordinate": lambda: self.outage.open(shown=True),
            "start-drill": self.drill.start,
            "end-drill": self.drill.end,
        }
        if act in acts:
            acts[act]()
