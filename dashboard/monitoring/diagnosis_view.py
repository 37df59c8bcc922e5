"""The diagnosis with its reasons, what speaks against it, and what would decide."""

from __future__ import annotations

import panel as pn

from dashboard.monitoring.cell_text import NeighbourText, neighbour_text
from dashboard.monitoring.diagnosis_text import fault_name, observation, reason_text
from dashboard.monitoring.neighbours import NeighbourRows
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.diagnosis.rules import Diagnosis, FaultLocation


class DiagnosisView(Part):
    """Under the grid while there is something to explain; nothing while all is well."""

    def __init__(self, workstations: Workstations, language: Language) -> None:
        super().__init__()
        self._workstations, self._language = workstations, language
        html = workstations.context.shared_html(f"diagnosis {language.code}", self._html)
        shown = pn.bind(
            html, workstations.diagnosis.param.result, workstations.param.neighbour_cells
        )
        self._view = LiveHTML(shown)

    def _html(self, diagnosis: Diagnosis, neighbour_cells: NeighbourRows) -> str:
        if diagnosis.fault is FaultLocation.NOTHING and not diagnosis.against:
            return ""
        language = self._language
        return render(
            "monitoring/diagnosis",
            language,
            place=fault_name(diagnosis.fault, language),
            grounds=[reason_text(ground, language) for ground in diagnosis.grounds],
            against=[reason_text(reason, language) for reason in diagnosis.against],
            others=[fault_name(other, language) for other in diagnosis.others],
            decides=observation(diagnosis.decides, language) if diagnosis.decides else "",
            neighbours=self._neighbours(neighbour_cells),
        )

    def _neighbours(self, neighbour_cells: NeighbourRows) -> list[NeighbourText]:
        """Return what each neighbour sees of Alma's usual address, or of the first shared one."""
        grid, now = self._workstations.grid, self._workstations.context.now()
        addresses = self._workstations.diagnosis.evidence.roles.ways_in
        cells = {
            cell.neighbour.key: cell
            for key in reversed(addresses)
            for cell in neighbour_cells.get(key, ())
            if cell is not None
        }
        return [
            neighbour_text(cell, grid.cell(cell.target).verdict, self._language, now)
            for cell in cells.values()
        ]
