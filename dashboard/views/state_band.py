"""The band across the page: in one sentence what is true and what to do."""

from __future__ import annotations

from dataclasses import replace

import panel as pn
from panel.viewable import Viewer

from dashboard.components.pane import Pane
from dashboard.page import piece
from dashboard.state.board import Board
from dashboard.state.guide import Guide
from dashboard.state.situation import Situation
from dashboard.translations import Language
from dashboard.views.sentence import Sentence, sentence


class StateBand(Viewer):
    """A live region that changes only when its sentence does.

    While something fails, what to do is what the answers given so far lead to.
    """

    def __init__(self, board: Board, guide: Guide, language: Language) -> None:
        super().__init__()
        self._board, self._guide, self._language = board, guide, language
        self._words = board.house.handbook.words[language.code]
        self._names = {key: one.name for key, one in self._words.targets.items()}
        said = pn.bind(self._html, board.param.state, guide.param.path, guide.param.applying)
        self._pane = Pane(said, role="status")

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, state: Situation, *_: object) -> str:
        said = sentence(state, self._names, self._language, self._board.house.now())
        if state.failing and self._guide.path:
            said = self._led(said)
        return piece("state_band", self._language, said=said)

    def _led(self, said: Sentence) -> Sentence:
        """Say the step that the answers end at, once there is no question left."""
        guide = self._guide
        here = guide.applying if guide.step == guide.end else ""
        step = here or guide.end
        if guide.procedure.steps[step].kind == "question":
            return said
        title = self._words.steps[step].title
        act = self._language.say("{step}\u202f: {title}.", step=step, title=title)
        return replace(said, act=act)
