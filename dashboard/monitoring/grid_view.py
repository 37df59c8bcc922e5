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
from dashboard.monitoring.neighbour_text import NeighbourText, beside_glance, beside_sentence
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
from dashboard.monitoring.workstation_text import Station, poll_glance, sum_glance
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

    def __init__(self, eyes: Workstations, language: Language) -> None:
        super().__init__()
        self._eyes, self._language = eyes, language
        self._words = eyes.context.handbook.words[language.code]
        self._attempts = Attempts(language)
        board, seen = self._board.param, eyes.param
        officials = eyes.insight.param.officials
        shown = pn.bind(
            self._html,
            board.rows,
            board.chosen,
            seen.polls,
            seen.sites,
            seen.beyond,
            seen.dispute,
            officials,
            self._attempts.param.refusal,
        )
        self._pane = LiveHTML(shown, self._act)

    def __panel__(self) -> LiveHTML:
        return self._pane

    @property
    def _board(self) -> ProbeGrid:
        return self._eyes.board

    def _html(self, rows: tuple[GridRow, ...], chosen: str, *_: object) -> str:
        eyes, language, now = self._eyes, self._language, self._eyes.context.now()
        return render(
            "monitoring/grid",
            language,
            groups=[(step, list(found)) for step, found in groupby(rows, attrgetter("step"))],
            words=self._words,
            sites=eyes.sites,
            polls=eyes.polls,
            neighbours=list(eyes.context.handbook.neighbours.values()),
            beyond=eyes.beyond,
            beside_glance=lambda beside: beside_glance(beside, language, now),
            beside_detail=self._beside(eyes.beside(chosen)),
            vendor=status_page_texts(eyes.insight, language),
            labels={word.value: status_label(word, language) for word in READABLE},
            versus=disagreement_text(eyes, self._words.targets, language),
            chosen=chosen,
            refusal=self._attempts.refusal,
            page=chosen.partition("/")[0],
            detail=self._detail(rows, chosen),
            polled_detail=self._polled(eyes.poll(chosen)),
            glance=lambda cell: cell_text(cell, language, now),
            site_glance=lambda poll: poll_glance(poll, language),
            sum_glance=lambda poll: sum_glance(poll, language),
            spark=lambda row, cell: sparkline(cell.hour, row.target.interval, now),
            site_spark=self._site_spark,
            now=now,
            last_round=self._board.last_round,
        )

    def _site_spark(self, poll: SiteSummary) -> tuple[Stroke, ...]:
        """Draw a site's last hour; nothing where what its browsers see tells nothing."""
        if not poll.of:
            return ()
        context = self._eyes.context
        now = context.now()
        return sparkline(context.site_hour.of(poll.target, poll.group[1:], now), QUIET, now)

    def _detail(self, rows: tuple[GridRow, ...], chosen: str) -> CellDetail | None:
        found = ((row, one) for row in rows for one in row.cells if one.key == chosen)
        opened = next(found, None)
        if opened is None:
            return None
        row, cell = opened
        return detail(cell, row.target, self._words.targets[row.target.key], self._language)

    def _beside(self, beside: NeighbourCell | None) -> NeighbourText | None:
        if beside is None:
            return None
        ours = self._board.cell(beside.target).verdict
        return beside_sentence(beside, ours, self._language, self._eyes.context.now())

    def _polled(self, poll: SiteSummary | None) -> SiteDetail | None:
        if poll is None:
            return None
        language, now = self._language, self._eyes.context.now()
        share = language.plural(
            "{count} poste sur {of} y arrive.",
            "{count} postes sur {of} y arrivent.",
            poll.reach,
            of=poll.of,
        )
        return SiteDetail(share, stations(poll.looks, self._eyes, language, now))

    def _act(self, act: str, value: str) -> None:
        if act == "cell":
            self._board.choose(value)
        elif act == "word":
            self._attempts.make(lambda: record_status(self._eyes.insight, value))
