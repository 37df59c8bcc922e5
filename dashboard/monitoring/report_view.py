"""« Et chez vous ? »: two buttons, the report of this workstation, and how many reach Alma."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn

from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.diagnosis.staff_reports import REPORT_HOLDS


class ReportView(Part):
    """A report from this workstation in one click; what fails may be added after it.

    With `brief`, outside the guide, only the two buttons are shown: a field there could take a
    scan.
    """

    def __init__(
        self, workstations: Workstations, language: Language, *, brief: bool = False
    ) -> None:
        super().__init__()
        self._workstations, self._language = workstations, language
        self._name = "monitoring/report_beside" if brief else "monitoring/report"
        shown = pn.bind(
            self._html,
            workstations.param.reports,
            workstations.param.quorum,
            workstations.param.listed,
        )
        self._view = LiveHTML(shown, self._act, self._form)

    def _html(self, *_: object) -> str:
        values = report_values(self._workstations)
        return render(self._name, self._language, listed=self._workstations.listed, **values)

    def _act(self, act: str, value: str) -> None:
        if act == "report":
            self._workstations.diagnosis.report(works=value == "yes")
        elif act == "all":
            self._workstations.list_all()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "about":
            add_word(self._workstations, fields)


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
