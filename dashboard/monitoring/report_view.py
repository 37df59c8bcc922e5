"""« Et chez vous ? »: two buttons, the report of this workstation, and how many reach Alma."""

from collections.abc import Mapping
from typing import Any

import param

from dashboard.monitoring.workstations import Workstations
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.diagnosis.staff_reports import REPORT_HOLDS


class ReportView(HtmlView):
    """A report from this workstation in one click; what fails may be added after it.

    With `brief`, outside the guide, only the two buttons are shown: a field there could take a
    scan.
    """

    workstations: Workstations = param.ClassSelector(class_=Workstations, constant=True)
    brief = param.Boolean(default=False, constant=True)

    @param.depends(
        "workstations.reports",
        "workstations.diagnosis.reported_here",
        "workstations.quorum",
        "workstations.listed",
    )
    def _html(self) -> str:
        name = "monitoring/report_beside" if self.brief else "monitoring/report"
        values = report_values(self.workstations)
        return render(name, self.language, listed=self.workstations.listed, **values)

    def _act(self, act: str, value: str) -> None:
        if act == "report":
            self.workstations.diagnosis.report(works=value == "yes")
        elif act == "all":
            self.workstations.list_all()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "about":
            add_word(self.workstations, fields)


def report_values(workstations: Workstations) -> dict[str, Any]:
    """Return the template's values: the reports here and elsewhere, and the count."""
    report = workstations.diagnosis.reported_here
    return {
        "said": report,
        "until": report and report.at + REPORT_HOLDS,
        "denied": sum(not one.works for one in workstations.reports if one != report),
        "quorum": workstations.quorum,
    }


def add_word(workstations: Workstations, fields: Mapping[str, str]) -> None:
    """Report again what this workstation reported, with a few words on what fails."""
    report = workstations.diagnosis.reported_here
    if report is not None:
        workstations.diagnosis.report(works=report.works, about=fields.get("about", ""))
