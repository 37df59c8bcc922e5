"""The status pages for the step that asks about them, with three buttons each."""

from __future__ import annotations

import panel as pn

from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.status_pages_text import (
    READABLE,
    record_nothing_announced,
    record_status,
    status_label,
    status_page_texts,
)
from dashboard.translations import Language
from dashboard.ui.feedback import Attempts
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render


class StatusPagesView(Part):
    """One line a page; where no machine can read it, a click records what a person reads."""

    def __init__(self, diagnosis: DiagnosisState, language: Language) -> None:
        super().__init__()
        self._diagnosis, self._language = diagnosis, language
        self._attempts = Attempts(language)
        follows = (
            diagnosis.updates.param.handbook,
            diagnosis.param.page_statuses,
            diagnosis.grid.param.rows,
            self._attempts.param.refusal,
        )
        html = diagnosis.context.shared_html(f"status pages {language.code}", self._html)
        shown = pn.bind(html, *follows)
        self._view = LiveHTML(shown, self._act)

    def _html(self, *_: object) -> str:
        handbook, language = self._diagnosis.updates.handbook, self._language
        return render(
            "monitoring/status_pages",
            language,
            pages=status_page_texts(self._diagnosis, language),
            labels={word.value: status_label(word, language) for word in READABLE},
            targets=handbook.targets,
            words=handbook.words[language.code].targets,
            refusal=self._attempts.refusal,
        )

    def _act(self, act: str, value: str) -> None:
        if act == "word":
            self._attempts.make(lambda: record_status(self._diagnosis, value))
        elif act == "nothing":
            self._attempts.make(lambda: record_nothing_announced(self._diagnosis, value))
