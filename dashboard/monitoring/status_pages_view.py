"""The status pages for the step that asks about them: what each says, and three buttons beside."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.monitoring.diagnosis import Insight
from dashboard.monitoring.status_pages import READABLE, take_word, vendor_words, word_label
from dashboard.translations import Language
from dashboard.ui.live_html import Pane
from dashboard.ui.templating import piece


class PageReadings(Viewer):
    """One line a page; where no machine can read it, a click records what a person reads there."""

    def __init__(self, insight: Insight, language: Language) -> None:
        super().__init__()
        self._insight, self._language = insight, language
        shown = pn.bind(self._html, insight.param.officials, insight.board.param.rows)
        self._pane = Pane(shown, self._act)

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, *_: object) -> str:
        handbook, language = self._insight.house.handbook, self._language
        return piece(
            "monitoring/status_pages",
            language,
            pages=vendor_words(self._insight, language),
            labels={word.value: word_label(word, language) for word in READABLE},
            targets=handbook.targets,
            words=handbook.words[language.code].targets,
        )

    def _act(self, act: str, value: str) -> None:
        if act == "word":
            take_word(self._insight, value)
