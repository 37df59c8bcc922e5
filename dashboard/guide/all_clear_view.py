"""The guide's place while all is well, with what to do if Alma fails here all the same."""

from collections.abc import Mapping

import param

from dashboard.guide.guide import Guide
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.report_view import add_word, report_values
from dashboard.monitoring.sparkline import sparkline
from dashboard.monitoring.status_pages_text import status_page_texts
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.planned_work import PlannedWork
from dashboard.outage.planned_work_view import announcements
from dashboard.ui.html_view import HtmlView
from dashboard.ui.part import computed_once
from dashboard.ui.templating import render


class AllClearView(HtmlView):
    """The list of targets, the report buttons, announced work, the last outage."""

    workstations: Workstations = param.ClassSelector(class_=Workstations, constant=True)
    planned_work: PlannedWork = param.ClassSelector(class_=PlannedWork, constant=True)
    guide: Guide = param.ClassSelector(class_=Guide, constant=True)

    @param.depends(
        "workstations.updates.handbook",
        "workstations.grid.cells",
        "workstations.grid.last_outage",
        "workstations.reports",
        "workstations.quorum",
        "workstations.diagnosis.reported_here",
        "workstations.diagnosis.windows",
        "workstations.diagnosis.page_statuses",
    )
    @computed_once
    def _html(self) -> str:
        grid, language, now = self.workstations.grid, self.language, self.context.now()
        return render(
            "guide/all_clear",
            language,
            cells=grid.cells,
            state=grid.state,
            words=self.guide.handbook.words[language.code].targets,
            status_pages=status_page_texts(self.workstations.diagnosis, language),
            windows=announcements(self.planned_work, language),
            cell_text=lambda cell: cell_text(cell, language, now),
            spark=lambda cell: sparkline(cell.hour, cell.interval, now),
            last_outage=grid.last_outage,
            now=now,
            **report_values(self.workstations),
        )

    def _act(self, act: str, value: str) -> None:
        if act == "fails":
            self.workstations.diagnosis.report(works=False)
            self.guide.begin()
        elif act == "report":
            self.workstations.diagnosis.report(works=value == "yes")

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "about":
            add_word(self.workstations, fields)
