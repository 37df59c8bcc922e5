"""The grid in one piece of HTML: a row a target, a column a vantage; the newest reading's age."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import panel as pn

from dashboard.monitoring.cell_detail import CellDetail, detail
from dashboard.monitoring.cell_text import (
    NeighbourText,
    cell_text,
    neighbour_cell_text,
    neighbour_text,
    site_text,
    total_text,
)
from dashboard.monitoring.grid import GridRow, ProbeGrid
from dashboard.monitoring.neighbours import NeighbourCell
from dashboard.monitoring.shared_evidence import QUIET
from dashboard.monitoring.site_summary import SiteSummary
from dashboard.monitoring.sparkline import Stroke, sparkline
from dashboard.monitoring.status_pages_text import (
    READABLE,
    disagreement_text,
    record_status,
    status_label,
    status_page_texts,
)
from dashboard.monitoring.workstations import Workstations
from dashboard.monitoring.workstations_view import Station, stations
from dashboard.translations import Language
from dashboard.ui.feedback import Attempts
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.handbook.model import Handbook, TargetWords


class LastReadingView(Part):
    """How long ago the watch last read anything, in the header of every place."""

    def __init__(self, grid: ProbeGrid, language: Language) -> None:
        super().__init__()
        self._grid, self._language = grid, language
        html = grid.context.shared_html(f"round {language.code}", self._html)
        self._view = LiveHTML(pn.bind(html, grid.param.last_round), sizing_mode=None)

    def _html(self, last_round: datetime | None) -> str:
        now = self._grid.context.now()
        return render("monitoring/last_reading", self._language, last_round=last_round, now=now)


@dataclass(frozen=True, slots=True)
class SiteDetail:
    """The open cell of a site, or of all workstations: how many reach it, and each of them."""

    share: str
    stations: list[Station]


class GridPanel(Part):
    """One pane for all cells: it is sent again when something arrives or a detail is opened.

    With `brief`, while a target is not known to answer, those that answer everywhere are folded
    into one line, and the others are shown with less beside their status.
    """

    def __init__(
        self, workstations: Workstations, language: Language, *, brief: bool = False
    ) -> None:
        super().__init__()
        self._workstations, self._language, self._brief = workstations, language, brief
        self._grid, self._context = workstations.grid, workstations.context
        self._attempts = Attempts(language)
        grid, columns = self._grid.param, workstations.param
        shown = pn.bind(
            self._context.shared_html(f"grid {language.code} {brief}", self._html),
            workstations.updates.param.handbook,
            grid.rows,
            grid.chosen,
            columns.summaries,
            columns.sites,
            columns.neighbour_cells,
            columns.disagreement,
            workstations.diagnosis.param.page_statuses,
            columns.reports,
            self._attempts.param.refusal,
        )
        self._view = LiveHTML(shown, self._act)

    def _html(self, handbook: Handbook, rows: tuple[GridRow, ...], chosen: str, *_: object) -> str:
        workstations, language, now = self._workstations, self._language, self._context.now()
        words = handbook.words[language.code]
        status_pages = status_page_texts(workstations.diagnosis, language)
        loud = {target for target, status in status_pages.items() if status.loud}
        folded = self._folded(rows, loud)
        return render(
            "monitoring/grid",
            language,
            brief=bool(folded),
            groups=_by_step(row for row in rows if row not in folded),
            folded=_by_step(folded),
            folded_count=len(folded),
            words=words,
            sites=workstations.sites,
            summaries=workstations.summaries,
            neighbours=list(handbook.neighbours.values()),
            neighbour_cells=workstations.neighbour_cells,
            neighbour_cell_text=lambda cell: neighbour_cell_text(cell, language, now),
            neighbour_detail=self._neighbour_detail(workstations.neighbour_cell(chosen)),
            status_pages=status_pages,
            labels={status.value: status_label(status, language) for status in READABLE},
            disagreement=disagreement_text(workstations, words.targets, language),
            chosen=chosen,
            refusal=self._attempts.refusal,
            page=chosen.partition("/")[0],
            detail=self._detail(rows, chosen, words.targets),
            site_detail=self._site_detail(workstations.summary(chosen)),
            cell_text=lambda cell: cell_text(cell, language, now),
            site_text=lambda summary: site_text(summary, language),
            total_text=lambda summary: total_text(summary, language),
            spark=lambda row, cell: sparkline(cell.hour, row.target.interval, now),
            site_spark=self._site_spark,
            now=now,
            last_round=self._grid.last_round,
        )

    def _folded(self, rows: tuple[GridRow, ...], loud: Container[str]) -> list[GridRow]:
        """Return the rows to fold: every cell is green, and no status page announces anything."""
        if not self._brief:
            return []
        green = [
            row
            for row in rows
            if row.target.key not in loud and self._workstations.answers_everywhere(row.target.key)
        ]
        return green if len(green) < len(rows) else []

    def _site_spark(self, summary: SiteSummary) -> tuple[Stroke, ...]:
        """Draw a site's last hour; nothing where its browsers cannot tell whether Alma works."""
        if not summary.of:
            return ()
        now, site = self._context.now(), summary.group[1:]
        hour = self._context.workstations.site_history.of(summary.target, site, now)
        return sparkline(hour, QUIET, now)

    def _detail(
        self, rows: tuple[GridRow, ...], chosen: str, words: Mapping[str, TargetWords]
    ) -> CellDetail | None:
        cells = ((row.target, cell) for row in rows for cell in row.cells if cell.key == chosen)
        opened = next(cells, None)
        if opened is None:
            return None
        target, cell = opened
        return detail(cell, target, words[target.key], self._language)

    def _neighbour_detail(self, cell: NeighbourCell | None) -> NeighbourText | None:
        if cell is None:
            return None
        ours = self._grid.cell(cell.target).verdict
        return neighbour_text(cell, ours, self._language, self._context.now())

    def _site_detail(self, summary: SiteSummary | None) -> SiteDetail | None:
        if summary is None:
            return None
        language, now = self._language, self._context.now()
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


def _by_step(rows: Iterable[GridRow]) -> list[tuple[str, list[GridRow]]]:
    return [(step, list(of_step)) for step, of_step in groupby(rows, attrgetter("step"))]
