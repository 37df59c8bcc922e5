"""The grid: who sees what, a row a target and a column a vantage, in one piece of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import panel as pn
from panel.viewable import Viewer

from dashboard.monitoring.cell_detail import CellDetail, detail
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.diagnosis import QUIET
from dashboard.monitoring.disagreement_view import disagreement_text
from dashboard.monitoring.neighbour_text import NeighbourText, neighbour_cell_text, neighbour_text
from dashboard.monitoring.neighbours import NeighbourCell
from dashboard.monitoring.probe_grid import GridRow, ProbeGrid
from dashboard.monitoring.site_summary import SiteSummary
from dashboard.monitoring.sparkline import Stroke, sparkline
from dashboard.monitoring.status_pages import (
    READABLE,
    record_status,
    status_label,
    status_page_texts,
)
from dashboard.monitoring.workstation_text import Station, site_text, total_text
from dashboard.monitoring.workstations import Workstations
from dashboard.monitoring.workstations_view import stations
from dashboard.translations import Language
from dashboard.ui.feedback import Attempts
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render


@dataclass(frozen=True, slots=True)
class SiteDetail:
    """What is shown of an open cell of a site, or of all workstations."""

    share: str
    stations: list[Station]


class GridPanel(Viewer):
    """One pane for all cells: it is sent again when something arrives or a detail is opened."""

    def __init__(self, workstations: Workstations, language: Language) -> None:
        super().__init__()
        self._workstations, self._language = workstations, language
        self._words = workstations.context.handbook.words[language.code]
        self._attempts = Attempts(language)
        grid, seen = self._grid.param, workstations.param
        page_statuses = workstations.diagnosis.param.page_statuses
        shown = pn.bind(
            self._html,
            grid.rows,
            grid.chosen,
            seen.summaries,
            seen.sites,
            seen.neighbour_cells,
            seen.disagreement,
            page_statuses,
            self._attempts.param.refusal,
        )
        self._pane = LiveHTML(shown, self._act)

    def __panel__(self) -> LiveHTML:
        return self._pane

    @property
    def _grid(self) -> ProbeGrid:
        return self._workstations.grid

    def _html(self, rows: tuple[GridRow, ...], chosen: str, *_: object) -> str:
        workstations, language, now = (
            self._workstations,
            self._language,
            self._workstations.context.now(),
        )
        return render(
            "monitoring/grid",
            language,
            groups=[(step, list(found)) for step, found in groupby(rows, attrgetter("step"))],
            words=self._words,
            sites=workstations.sites,
            summaries=workstations.summaries,
            neighbours=list(workstations.context.handbook.neighbours.values()),
            neighbour_cells=workstations.neighbour_cells,
            neighbour_cell_text=lambda cell: neighbour_cell_text(cell, language, now),
            neighbour_detail=self._neighbour_cell(workstations.neighbour_cell(chosen)),
            status_pages=status_page_texts(workstations.diagnosis, language),
            labels={word.value: status_label(word, language) for word in READABLE},
            disagreement=disagreement_text(workstations, self._words.targets, language),
            chosen=chosen,
            refusal=self._attempts.refusal,
            page=chosen.partition("/")[0],
            detail=self._detail(rows, chosen),
            site_detail=self._site_detail(workstations.summary(chosen)),
            cell_text=lambda cell: cell_text(cell, language, now),
            site_text=lambda summary: site_text(summary, language),
            total_text=lambda summary: total_text(summary, language),
            spark=lambda row, cell: sparkline(cell.hour, row.target.interval, now),
            site_spark=self._site_spark,
            now=now,
            last_round=self._grid.last_round,
        )

    def _site_spark(self, summary: SiteSummary) -> tuple[Stroke, ...]:
        """Draw a site's last hour; nothing where what its browsers see tells nothing."""
        if not summary.of:
            return ()
        context = self._workstations.context
        now = context.now()
        return sparkline(
            context.workstations.site_history.of(summary.target, summary.group[1:], now), QUIET, now
        )

    def _detail(self, rows: tuple[GridRow, ...], chosen: str) -> CellDetail | None:
        found = ((row, one) for row in rows for one in row.cells if one.key == chosen)
        opened = next(found, None)
        if opened is None:
            return None
        row, cell = opened
        return detail(cell, row.target, self._words.targets[row.target.key], self._language)

    def _neighbour_cell(self, cell: NeighbourCell | None) -> NeighbourText | None:
        if cell is None:
            return None
        ours = self._grid.cell(cell.target).verdict
        return neighbour_text(cell, ours, self._language, self._workstations.context.now())

    def _site_detail(self, summary: SiteSummary | None) -> SiteDetail | None:
        if summary is None:
            return None
        language, now = self._language, self._workstations.context.now()
        share = language.plural(
            "{count} poste sur {of} y arrive.",
            "{count} postes sur {of} y arrivent.",
            summary.reach,
            of=summary.of,
        )
        return SiteDetail(share, stations(summary.results, self._workstations, language, now))

    def _act(self, act: str, value: str) -> None:
        if act == "cell":
            self._grid.choose(value)
        elif act == "word":
            self._attempts.make(lambda: record_status(self._workstations.diagnosis, value))
