"""The list of workstations, each with its newest outcome and the report from its staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import param

from dashboard.core.state import needs
from dashboard.monitoring.cell import WorkstationResult
from dashboard.monitoring.cell_text import CellText, result_text
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.diagnosis.staff_reports import StaffReport
from procedure.monitoring.model import Status

WORST_FIRST = (Status.DOWN, Status.SLOW, Status.UP, Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Station:
    """A workstation in a list: its name, site, newest outcome and report.

    `at` is the time of the outcome (UTC), or None before the first.
    """

    name: str
    site: str
    vdi: bool
    result: CellText
    at: datetime | None
    report: StaffReport | None = None


class WorkstationsView(HtmlView):
    """Every workstation with its newest outcome for Alma; hidden until opened."""

    workstations = needs(Workstations)

    @param.depends("workstations.listed", "workstations.summaries", "workstations.reports")
    def _html(self) -> str:
        workstations = self.workstations
        if not workstations.listed:
            return ""
        summaries = workstations.summaries.get(workstations.diagnosis.evidence.roles.ways_in[0], ())
        results = summaries[-1].results if summaries else ()
        return render(
            "monitoring/workstations_all",
            self.language,
            stations=stations(results, workstations, self.language),
            now=workstations.context.clock.now(),
        )

    def _act(self, act: str, value: str) -> None:
        del value
        if act == "all":
            self.workstations.list_all()


def stations(
    results: Iterable[WorkstationResult],
    workstations: Workstations,
    language: Language,
) -> list[Station]:
    """Return workstations for a list, sorted by status (worst first), then by site and name."""
    reports = {report.workstation: report for report in workstations.reports}

    def order(result: WorkstationResult) -> tuple[int, str, str]:
        return WORST_FIRST.index(result.status), result.vantage.site, result.vantage.key

    return [
        Station(
            name=result.vantage.key,
            site=result.vantage.site,
            vdi=result.vantage.vdi,
            result=result_text(result, language),
            at=None if result.newest is None else result.newest.at,
            report=reports.get(result.vantage.key),
        )
        for result in sorted(results, key=order)
    ]
