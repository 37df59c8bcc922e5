"""The guide's place while all is well, with what to do if Alma fails here all the same."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn

from dashboard.guide.guide import Guide
from dashboard.monitoring.cell_text import NeighbourText, cell_text, neighbour_text
from dashboard.monitoring.report_view import add_word, report_values
from dashboard.monitoring.sparkline import sparkline
from dashboard.monitoring.status_pages_text import status_page_texts
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.planned_work import PlannedWork
from dashboard.outage.planned_work_view import announcements
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.monitoring.model import Status


class AllClearView(Part):
    """The list of targets, the report buttons, announced work, the entries into the procedure."""

    def __init__(
        self,
        workstations: Workstations,
        planned_work: PlannedWork,
        guide: Guide,
        language: Language,
    ) -> None:
        super().__init__()
        self._workstations, self._planned_work, self._guide = workstations, planned_work, guide
        self._language = language
        grid, diagnosis = workstations.grid.param, workstations.diagnosis.param
        diagnosis_state = workstations.diagnosis
        html = workstations.context.shared_html(f"all clear {language.code}", self._html)
        shown = pn.bind(
            lambda *values: html(*values, diagnosis_state.reported_here),
            workstations.updates.param.handbook,
            grid.rows,
            grid.last_outage,
            workstations.param.reports,
            workstations.param.quorum,
            diagnosis.windows,
            diagnosis.page_statuses,
            workstations.param.neighbour_cells,
        )
        self._view = LiveHTML(shown, self._act, self._form)

    def _html(self, *_: object) -> str:
        grid, language = self._workstations.grid, self._language
        now = self._workstations.context.now()
        return render(
            "guide/all_clear",
            language,
            rows=[(row, row.cells[0]) for row in grid.rows],
            state=grid.state,
            words=self._guide.handbook.words[language.code].targets,
            status_pages=status_page_texts(self._workstations.diagnosis, language),
            windows=announcements(self._planned_work, language),
            cell_text=lambda cell: cell_text(cell, language, now),
            spark=lambda row, cell: sparkline(cell.hour, row.target.interval, now),
            last_outage=grid.last_outage,
            neighbours=self._failing_neighbours(),
            now=now,
            **report_values(self._workstations),
        )

    def _failing_neighbours(self) -> list[NeighbourText]:
        """Return the neighbours at which Alma fails: it may fail here next."""
        here = self._workstations
        now, usual = here.context.now(), here.diagnosis.evidence.roles.ways_in
        cells = [cell for key in usual for cell in here.neighbour_cells.get(key, ()) if cell]
        failing = {cell.neighbour.key: cell for cell in cells if cell.verdict is Status.DOWN}
        up = Status.UP
        return [
            neighbour_text(neighbour, up, self._language, now) for neighbour in failing.values()
        ]

    def _act(self, act: str, value: str) -> None:
        if act == "fails":
            self._workstations.diagnosis.report(works=False)
            self._guide.begin()
        elif act == "report":
            self._workstations.diagnosis.report(works=value == "yes")
        elif act == "read":
            self._guide.begin()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "about":
            add_word(self._workstations, fields)
