"""The band across the page: in one sentence what is true and what to do."""

from __future__ import annotations

from dataclasses import replace

import panel as pn
from panel.viewable import Viewer

from dashboard.components.pane import Pane
from dashboard.page import piece
from dashboard.state.guide import Guide
from dashboard.state.insight import Insight
from dashboard.translations import Language
from dashboard.views.diagnosed import diagnosed
from dashboard.views.sentence import Sentence, sentence


class StateBand(Viewer):
    """A live region that changes only when its sentence does.

    Where the workstations, the pages and the people know more than the server's grid, their
    diagnosis speaks. While something fails, what to do is what the answers so far lead to.
    """

    def __init__(self, insight: Insight, guide: Guide, language: Language) -> None:
        super().__init__()
        self._insight, self._guide, self._language = insight, guide, language
        self._words = insight.house.handbook.words[language.code]
        self._names = {key: one.name for key, one in self._words.targets.items()}
        told, state = insight.param, insight.board.param.state
        said = pn.bind(
            self._html,
            state,
            told.diagnosis,
            told.next,
            told.windows,
            guide.param.path,
            guide.param.applying,
        )
        self._pane = Pane(said, role="status")

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, *_: object) -> str:
        state = self._insight.board.state
        said = sentence(state, self._names, self._language, self._insight.house.now())
        told = diagnosed(self._insight, said, self._language)
        if (told or state.failing) and self._guide.path:
            return self._shown(self._led(told or said))
        return self._shown(told or said)

    def _shown(self, said: Sentence) -> str:
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
