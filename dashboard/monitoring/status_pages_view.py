"""The status pages for the step that asks about them, with three buttons each."""

import param

from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.status_pages_text import (
    READABLE,
    record_nothing_announced,
    record_status,
    status_label,
    status_page_texts,
)
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.part import computed_once
from dashboard.ui.templating import render


class StatusPagesView(HtmlView):
    """One line a page; where no machine can read it, a click records what a person reads."""

    diagnosis: DiagnosisState = param.ClassSelector(class_=DiagnosisState, constant=True)
    refusal = param.String(doc="Why the last act was refused; empty if it was done.")

    @param.depends(
        "refusal", "diagnosis.updates.handbook", "diagnosis.page_statuses", "diagnosis.grid.cells"
    )
    @computed_once
    def _html(self) -> str:
        handbook, language = self.diagnosis.updates.handbook, self.language
        return render(
            "monitoring/status_pages",
            language,
            pages=status_page_texts(self.diagnosis, language),
            labels={word.value: status_label(word, language) for word in READABLE},
            targets=handbook.targets,
            words=handbook.words[language.code].targets,
            refusal=self.refusal,
        )

    def _act(self, act: str, value: str) -> None:
        acts = {"word": record_status, "nothing": record_nothing_announced}
        if act in acts:
            self.refusal = try_action(lambda: acts[act](self.diagnosis, value), self.language)
