"""The page of a working day: everything answers, and what to do if Alma fails here all the same."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.components.pane import Pane
from dashboard.page import piece
from dashboard.state.board import Board, Row
from dashboard.state.guide import Guide
from dashboard.translations import Language
from dashboard.views.glance import glance
from dashboard.views.spark import spark
from procedure.outages import Outage


class Calm(Viewer):
    """The list of addresses, and two ways into the procedure."""

    def __init__(self, board: Board, guide: Guide, language: Language) -> None:
        super().__init__()
        self._board, self._guide, self._language = board, guide, language
        self._words = board.house.handbook.words[language.code].targets
        shown = pn.bind(self._html, board.param.rows, board.param.last_outage)
        self._pane = Pane(shown, self._act)

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, rows: tuple[Row, ...], last_outage: Outage | None) -> str:
        now = self._board.house.now()
        return piece(
            "calm",
            self._language,
            rows=[(row, row.cells[0]) for row in rows],
            state=self._board.state,
            words=self._words,
            glance=lambda cell: glance(cell, self._language, now),
            spark=lambda row, cell: spark(cell.hour, row.target.interval, now),
            last_outage=last_outage,
            now=now,
        )

    def _act(self, act: str, value: str) -> None:
        del value
        if act in {"start", "read"}:
            self._guide.begin()
