"""The grid: who sees what, a row a target and a column a vantage, in one piece of HTML."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

import panel as pn
from panel.viewable import Viewer

from dashboard.components.pane import Pane
from dashboard.page import piece
from dashboard.state.board import Board, Row
from dashboard.translations import Language
from dashboard.views.detail import Detail, detail
from dashboard.views.glance import glance
from dashboard.views.spark import spark


class Grid(Viewer):
    """One pane for all cells: it is sent again when a reading arrives or a detail is opened."""

    def __init__(self, board: Board, language: Language) -> None:
        super().__init__()
        self._board, self._language = board, language
        self._words = board.house.handbook.words[language.code]
        self._pane = Pane(pn.bind(self._html, board.param.rows, board.param.chosen), self._act)

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, rows: tuple[Row, ...], chosen: str) -> str:
        now = self._board.house.now()
        return piece(
            "grid",
            self._language,
            groups=[(step, list(found)) for step, found in groupby(rows, attrgetter("step"))],
            words=self._words,
            vantages={one: self._vantage(one) for one in self._board.vantages},
            chosen=chosen,
            detail=self._detail(rows, chosen),
            glance=lambda cell: glance(cell, self._language, now),
            spark=lambda row, cell: spark(cell.hour, row.target.interval, now),
            now=now,
            last_round=self._board.last_round,
        )

    def _vantage(self, key: str) -> str:
        return self._language.say("Serveur") if key == "server" else key

    def _detail(self, rows: tuple[Row, ...], chosen: str) -> Detail | None:
        found = ((row, one) for row in rows for one in row.cells if one.key == chosen)
        opened = next(found, None)
        if opened is None:
            return None
        row, cell = opened
        return detail(cell, row.target, self._words.targets[row.target.key], self._language)

    def _act(self, act: str, value: str) -> None:
        if act == "cell":
            self._board.choose(value)
