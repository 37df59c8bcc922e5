"""The coordinators' form for reviewing the last outage once it has ended."""

from collections.abc import Mapping

import param

from dashboard.core.state import needs
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_text import try_outage_action
from dashboard.translations.sentences import review_questions
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render


class ReviewForm(HtmlView):
    """Three questions about the newest outage, and the last refusal."""

    outage = needs(OutageState)
    refusal = param.String(
        doc="Why the last review was refused, as a sentence; empty if it succeeded."
    )
    written = param.Integer(default=0, doc="The number of reviews recorded on this page.")
    css_classes = ("review-form",)

    @param.depends("outage.updates.journal")
    def _is_shown(self) -> bool:
        newest = self.outage.context.folds.outages.newest()
        return newest is not None and newest.over is not None

    @param.depends("outage.updates.journal", "written", "refusal")
    def _html(self) -> str:
        context, language = self.outage.context, self.language
        record = context.folds.outages.newest()
        if record is None:
            return ""
        return render(
            "outage/review",
            language,
            record=record,
            # A new key clears the typed text, so other pages' reviews must not change the key.
            key=f"review-{record.declared.id}-{self.written}",
            questions=review_questions(language),
            refusal=self.refusal,
            now=context.clock.now(),
        )

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act != "review":
            return
        texts = {name: fields.get(name, "") for name in review_questions(self.language)}
        self.refusal = try_outage_action(lambda: self.outage.review(**texts), self.language)
        if not self.refusal:
            self.written += 1
