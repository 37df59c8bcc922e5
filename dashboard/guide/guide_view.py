"""« Que faire maintenant »: one question at a time, its answers, and whom to call."""

from collections.abc import Callable, Mapping
from typing import Any

import panel as pn
import param

from dashboard.core.users import Permission
from dashboard.guide.call_summary import call_summary
from dashboard.guide.contact_card import contact_card
from dashboard.guide.guide import INITIALS
from dashboard.guide.keyboard import KeyboardAnswers, answer_letters
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.guide.suggestion_text import suggestion_text
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.status_pages_view import StatusPagesView
from dashboard.outage.outage import OutageState
from dashboard.translations.sentences import in_words
from dashboard.ui.feedback import try_action
from dashboard.ui.live_html import LiveHTML, LiveStack
from dashboard.ui.part import WIDE, Part, computed_once
from dashboard.ui.templating import render
from procedure.guide.steps import Telephone
from procedure.handbook.model import Words

GUIDE = "suggested_path.guide"
# What the step on the screen and what is suggested for it depend on.
OFFER = (
    f"{GUIDE}.updates.handbook",
    f"{GUIDE}.walk",
    f"{GUIDE}.step",
    f"{GUIDE}.applying",
    "suggested_path.one_by_one",
    "suggested_path.diagnosis.suggestions",
    "suggested_path.diagnosis.result",
)


class GuidePanel(Part):
    """The steps passed, the current step with its answers as buttons, the button to lend.

    What the evidence speaks for is selected and says so; a person's press answers.
    """

    suggested_path: SuggestedPath = param.ClassSelector(class_=SuggestedPath, constant=True)
    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
    refusal = param.String(doc="Why the last act was refused; empty if it was done.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._guide = self.suggested_path.guide
        pieces = [
            self._pane(self._step),
            self._status_pages(),
            self._pane(self._answers),
            LiveHTML(self._changed, role="alert"),
            LiveHTML(self._refused, visible=self._is_refused),
            self._pane(self._next_steps),
            self._pane(self._transitions),
            self._pane(self._settings, css_classes=["guide-settings"]),
        ]
        self._view = pn.Column(
            LiveStack(pieces),
            self._keys(),
            css_classes=["panel", "panel--flush", "asking", "no-print"],
            **WIDE,
        )

    @property
    def _words(self) -> Words:
        return self._guide.handbook.words[self.language.code]

    def _pane(self, html: Callable[[], str], **options: Any) -> LiveHTML:
        return LiveHTML(html, self._act, self._form, **options)

    @param.depends(
        *OFFER, "outage.lend_in", f"{GUIDE}.caller", f"{GUIDE}.keys_on", f"{GUIDE}.grid.cells"
    )
    @computed_once
    def _step(self) -> str:
        return self._html("guide/step")

    @param.depends(*OFFER, f"{GUIDE}.keys_on")
    @computed_once
    def _answers(self) -> str:
        return self._html("guide/answers")

    @param.depends(*OFFER, "outage.lend_in", f"{GUIDE}.keys_on")
    @computed_once
    def _next_steps(self) -> str:
        return self._html("guide/next_steps")

    @param.depends(*OFFER, f"{GUIDE}.is_open", f"{GUIDE}.recorded", f"{GUIDE}.grid.state")
    @computed_once
    def _transitions(self) -> str:
        return self._html("guide/transitions")

    @param.depends(f"{GUIDE}.updates.handbook", f"{GUIDE}.keys_on")
    def _settings(self) -> str:
        return self._html("guide/settings")

    @param.depends("suggested_path.changed")
    def _changed(self) -> str:
        return render("guide/answer_changed", self.language, changed=self.suggested_path.changed)

    @param.depends("refusal")
    def _is_refused(self) -> bool:
        return bool(self.refusal)

    @param.depends("refusal")
    def _refused(self) -> str:
        return render("ui/refusal", self.language, why=self.refusal)

    @param.depends(f"{GUIDE}.step", f"{GUIDE}.updates.handbook")
    def _asks_for_pages(self) -> bool:
        return self._guide.current.evidence == "official"

    @param.depends(f"{GUIDE}.step", f"{GUIDE}.updates.handbook")
    def _answers_by_letter(self) -> dict[str, str]:
        return {letter.lower(): key for key, letter in self._letters().items()}

    def _html(self, name: str) -> str:
        guide = self._guide
        contact = guide.current.contact
        return render(
            name,
            self.language,
            guide=guide,
            suggested_path=self.suggested_path,
            call=self._call(),
            reason=lambda reason: suggestion_text(reason, self.language),
            in_words=lambda number: in_words(number, self.language),
            step=guide.current,
            words=self._words,
            step_words=self._words.steps[guide.step],
            cells=guide.cells(guide.step),
            targets=guide.handbook.targets,
            cell_text=lambda cell: cell_text(cell, self.language, self.context.now()),
            card=contact_card(guide, contact, self.language) if contact else None,
            report=call_summary(guide, self.language) if contact else (),
            answers=self._listed(),
            longest=INITIALS,
        )

    def _call(self) -> Telephone | None:
        """Return the number to call at the end of the suggested path, None if nobody is called."""
        if not self.suggested_path.offered:
            return None
        contact = self._guide.procedure.steps[self.suggested_path.end].contact
        telephones = self._guide.handbook.contacts[contact].telephones if contact else ()
        return telephones[0] if telephones else None

    def _status_pages(self) -> LiveHTML:
        """Show what the status pages say at the question that asks about them."""
        diagnosis = self.suggested_path.diagnosis
        pane = StatusPagesView(diagnosis=diagnosis, language=self.language).__panel__()
        pane.param.update(visible=self._asks_for_pages, css_classes=["status-pages"])
        return pane

    def _listed(self) -> list[dict[str, Any]]:
        """Return the answers, each with its key and whether it is suggested."""
        guide, key_hints = self._guide, self._guide.keys_on
        labels = self._words.steps[guide.step].answers or {}
        letters, given = self._letters(), guide.walk.answers.get(guide.step)
        proposed = {
            (suggestion.step, suggestion.answer) for suggestion in self.suggested_path.offered
        }
        return [
            {
                "key": one.key,
                "label": labels[one.key].label,
                "hint": letters.get(one.key, number) if key_hints else "",
                "given": given == one.key,
                "proposed": (guide.step, one.key) in proposed,
            }
            for number, one in enumerate(guide.current.answers, 1)
        ]

    def _letters(self) -> dict[str, str]:
        """Return the letter that gives each answer of the step."""
        labels = self._words.steps[self._guide.step].answers or {}
        answers = self._guide.current.answers
        return answer_letters({answer.key: labels[answer.key].label for answer in answers})

    def _keys(self) -> KeyboardAnswers:
        guide = self._guide
        keys = KeyboardAnswers(
            step=guide.param.step,
            letters=self._answers_by_letter,
            margin=0,
        )
        keys.link(guide, active="keys_on", bidirectional=True)
        return keys

    def _act(self, act: str, value: str) -> None:
        guide = self._guide
        acts = {
            "back": guide.back,
            "restart": guide.restart,
            "close": guide.close,
            "keys": guide.turn_keys,
            # Only where there is no page of loans to go to.
            "go": lambda: guide.session.person.require(Permission.LEND),
            "singly": self.suggested_path.go_one_by_one,
            "together": lambda: self.suggested_path.go_one_by_one(one_by_one=False),
        }
        with_value = {
            "answer": lambda value: self.suggested_path.answer(*value.split("/", 1)),
            "confirm": self.suggested_path.confirm,
            "look": guide.look_at,
            "reached": guide.reached,
        }
        if act in with_value:
            self._try(lambda: with_value[act](value))
        elif act in acts:
            self._try(acts[act])

    def _try(self, act: Callable[[], object]) -> None:
        self.refusal = try_action(act, self.language)

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "initials":
            self._guide.initials = fields.get("initials", "")[:INITIALS]
