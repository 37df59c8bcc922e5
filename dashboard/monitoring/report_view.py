"""« Et chez vous ? »: two buttons, what was said here and until when, and how many reach Alma."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.diagnosis.staff_reports import REPORT_HOLDS


class ReportView(Viewer):
    """A person's word from this workstation, in one click; what fails may be added after it.

    `beside` another place than the guide only the two buttons stand: no field there may take a
    scan, and the list of all workstations is the guide's.
    """

    def __init__(self, eyes: Workstations, language: Language, *, beside: bool = False) -> None:
        super().__init__()
        self._eyes, self._language = eyes, language
        self._name = "monitoring/report_beside" if beside else "monitoring/report"
        shown = pn.bind(self._html, eyes.param.reports, eyes.param.quorum, eyes.param.listed)
        self._pane = LiveHTML(shown, self._act, self._form)

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, *_: object) -> str:
        said = report_values(self._eyes)
        return render(self._name, self._language, listed=self._eyes.listed, **said)

    def _act(self, act: str, value: str) -> None:
        if act == "report":
            self._eyes.insight.report(works=value == "yes")
        elif act == "all":
            self._eyes.list_all()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "about":
            add_word(self._eyes, fields)


def report_values(eyes: Workstations) -> dict[str, Any]:
    """Give the template what was said here and elsewhere, and the count over all workstations."""
    said = eyes.insight.reported_here
    return {
        "said": said,
        "until": said and said.at + REPORT_HOLDS,
        "denied": sum(not one.works for one in eyes.reports if one != said),
        "quorum": eyes.quorum,
    }


def add_word(eyes: Workstations, fields: Mapping[str, str]) -> None:
    """Report again what was said here, with a word on what fails."""
    said = eyes.insight.reported_here
    if said is not None:
        eyes.insight.report(works=said.works, about=fields.get("about", ""))
