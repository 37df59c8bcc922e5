"""« Et chez vous ? »: two buttons, and the report of this workstation."""

from collections.abc import Mapping
from typing import Any

import param

from dashboard.monitoring.workstations import Workstations
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render


class ReportView(HtmlView):
    """A report from this workstation in one click, at the foot of the loans and of the history.

    What fails is added in the guide alone: a field here could take a scan.
    """

    workstations: Workstations = param.ClassSelector(class_=Workstations, constant=True)

    @param.depends("workstations.reports", "workstations.diagnosis.reported_here")
    def _html(self) -> str:
        values = report_values(self.workstations) | {"asks_what": False}
        return render("monitoring/report_beside", self.language, **values)

    def _act(self, act: str, value: str) -> None:
        if act == "report":
            self.workstations.diagnosis.report(works=value == "yes")


def report_values(workstations: Workstations) -> dict[str, Any]:
    """Return the template's values: the report here, and how many others say that Alma fails."""
    report = workstations.diagnosis.reported_here
    return {
        "said": report,
        "denied": sum(not one.works for one in workstations.reports if one != report),
        "asks_what": True,
    }


def add_word(workstations: Workstations, fields: Mapping[str, str]) -> None:
    """Report again what this workstation reported, with a few words on what fails."""
    report = workstations.diagnosis.reported_here
    if report is not None:
        workstations.diagnosis.report(works=report.works, about=fields.get("about", ""))
