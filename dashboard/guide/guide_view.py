"""The button to lend, and the questions of the procedure with suggested answers."""

from collections.abc import Callable, Iterable, Mapping

import param

from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.guide.evidence_text import evidence_text
from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.guide.suggested_path import Asking, Question, SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.status_pages_text import (
    PageQuote,
    page_quotes,
    record_nothing_announced,
    record_status,
)
from dashboard.monitoring.status_pages_view import status_pages_html
from dashboard.translations import Language
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once

PATH = "guide_phase.suggested_path"
GUIDE = f"{PATH}.guide"
# The parameters on which the questions and their suggestions depend.
OFFER = (
    f"{GUIDE}.updates.handbook",
    f"{GUIDE}.walk",
    f"{GUIDE}.applying",
    f"{PATH}.diagnosis.suggestions",
    f"{PATH}.diagnosis.page_statuses",
)


class GuidePanel(HtmlView):
    """The button to lend, and a row for each question of the procedure.

    The evidence only suggests answers, each with a reason; staff must confirm them.
    """

    guide_phase = needs(GuidePhase)
    refusal = param.String(doc="Why the last action was refused; empty if it succeeded.")
    changing = param.String(doc="The key of the question being answered again, or empty.")
    css_classes = ("asking",)

    @param.depends(
        *OFFER,
        "refusal",
        "changing",
        "guide_phase.phase",
        "guide_phase.outage.record",
        f"{GUIDE}.recorded",
        f"{GUIDE}.grid.state",
        f"{GUIDE}.session.visitor",
    )
    @computed_once
    def _html(self) -> str:
        phase, path, language = self.guide_phase, self._path, self.language
        if phase.phase is not GuideMode.ASK:
            return ""
        guide, person = path.guide, path.guide.session.person
        words = guide.handbook.words[language.code]
        record = phase.outage.record
        questions = path.questions
        return render(
            "guide/guide",
            language,
            lends=person.may(Permission.LEND) and (record is None or record.lending),
            answers=person.may(Permission.ANSWER),
            questions=[(question, guide.procedure.steps[question.step]) for question in questions],
            changing=self.changing,
            is_asked=any(question.asking is Asking.ASKED for question in questions),
            proposal=path.proposal,
            confirm=confirm_text(path, language),
            reached=path.reached,
            calls=bool(path.reached) and guide.procedure.steps[path.reached].contact is not None,
            walk=guide.walk.to_address(),
            words=words,
            targets=guide.handbook.targets,
            evidence=lambda step: evidence_text(step, path.diagnosis, language),
            quotes=self._quotes(questions),
            pages=status_pages_html(
                path.diagnosis, language, reads=person.may(Permission.READ_STATUS)
            ),
            recorded=guide.recorded,
            refusal=self.refusal,
        )

    def _quotes(self, questions: Iterable[Question]) -> dict[str, list[PageQuote]]:
        """Return the lines to read, by question; none for a question that is answered."""
        steps = self._path.guide.procedure.steps
        return {
            question.step: page_quotes(self._diagnosis, steps[question.step].targets, self.language)
            for question in questions
            if steps[question.step].evidence == "official"
            and (question.asking is not Asking.ANSWERED or self.changing == question.step)
        }

    @property
    def _path(self) -> SuggestedPath:
        return self.guide_phase.suggested_path

    @property
    def _diagnosis(self) -> DiagnosisState:
        return self._path.diagnosis

    def _act(self, act: str, value: str) -> None:
        path, diagnosis = self._path, self._diagnosis
        if act == "change":
            self.changing = "" if value == self.changing else value
            return
        acts: Mapping[str, Callable[[str], object]] = {
            "answer": lambda value: path.answer(*value.split("/", 1)),
            "confirm": path.confirm,
            "word": lambda value: record_status(diagnosis, value),
            "nothing": lambda value: record_nothing_announced(diagnosis, value),
            # The button to lend sends "go" here only if the page has no loans place.
            "go": lambda _: path.guide.session.person.require(Permission.LEND),
        }
        if act in acts:
            self.refusal = try_action(lambda: acts[act](value), self.language)
        if act in {"answer", "confirm"}:
            self.changing = ""


class ChangedView(HtmlView):
    """A notice that the suggestions had changed before they were confirmed."""

    suggested_path = needs(SuggestedPath)
    role = "alert"
    css_classes = ("across",)

    @param.depends("suggested_path.changed")
    def _html(self) -> str:
        return render("guide/changed", self.language, changed=self.suggested_path.changed)


def confirm_text(path: SuggestedPath, language: Language) -> str:
    """Return the label of the button that confirms the suggestions; empty if there are none."""
    say, steps = language.say, path.steps
    if not steps:
        return ""
    end = "" if path.open_question else path.end
    first, last = steps[0], steps[-1]
    if len(steps) > 1:
        text = say("Confirmer {first} à {last}", first=first.step, last=last.step)
    else:
        labels = path.guide.handbook.words[language.code].steps[first.step].answers or {}
        answer = language.after_colon(labels[first.answer or ""].label)
        text = say("Confirmer\u202f: {answer} à {step}", answer=answer, step=first.step)
    return say("{confirmed}, donc {step}", confirmed=text, step=end) if end else text
