"""« Que faire maintenant »: one question at a time, its answers, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn

from dashboard.core.rights import Permission
from dashboard.guide.answer_letters import answer_letters
from dashboard.guide.call_summary import call_summary
from dashboard.guide.contacts import contact_card
from dashboard.guide.guide import INITIALS
from dashboard.guide.keyboard import KeyboardAnswers
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.guide.suggestion_text import suggestion_text
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.status_pages_view import StatusPagesView
from dashboard.translations import Language
from dashboard.translations.sentences import in_words
from dashboard.ui.feedback import Attempts
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.live_stack import LiveStack
from dashboard.ui.part import WIDE, Part
from dashboard.ui.templating import render
from procedure.guide.steps import Telephone
from procedure.handbook.model import Words


class GuidePanel(Part):
    """The steps passed, the current step with its answers as buttons, the button to lend.

    What the evidence speaks for is selected and says so; a person's press answers.
    """

    def __init__(self, suggested_path: SuggestedPath, language: Language) -> None:
        super().__init__()
        guide = suggested_path.guide
        self._suggested_path, self._guide, self._language = suggested_path, guide, language
        self._attempts = Attempts(language)
        standing = (guide.param.walk, guide.param.step, guide.param.applying)
        diagnosis = suggested_path.diagnosis.param
        offer = (diagnosis.suggestions, diagnosis.result, suggested_path.param.one_by_one)
        rows, state = guide.grid.param.rows, guide.grid.param.state
        answering = self._pane("guide/answers", *standing, *offer, guide.param.keys_on)
        self._view = pn.Column(
            LiveStack(
                self._pane("guide/step", *standing, *offer, rows, guide.param.keys_on),
                self._status_pages(),
                answering,
                self._pane("guide/next_steps", *standing, *offer),
                self._changed(),
                self._refused(),
                self._pane(
                    "guide/lend",
                    *(*standing, *offer, guide.param.keys_on),
                    css_classes=["go--stick"],
                    visible=pn.bind(
                        self._has_foot, guide.updates.param.handbook, *standing, *offer
                    ),
                ),
                self._pane(
                    "guide/transitions",
                    *(*standing, *offer, guide.param.begun, guide.param.recorded, state),
                ),
                self._pane("guide/settings", guide.param.keys_on, css_classes=["guide-settings"]),
            ),
            self._keys(),
            css_classes=["panel", "panel--flush", "asking", "no-print"],
            **WIDE,
        )

    @property
    def _words(self) -> Words:
        return self._guide.handbook.words[self._language.code]

    def _pane(self, name: str, *parameters: Any, **options: Any) -> LiveHTML:
        context, code = self._guide.context, self._language.code
        shared = context.shared_html(f"{name} {code}", lambda *_: self._html(name))

        def shown(*values: object) -> str:
            # The text of a call names the workstation, and the settings have a person's initials.
            own = self._guide.current.contact or name == "guide/settings"
            return self._html(name) if own else shared(*values)

        followed = (self._guide.updates.param.handbook, *parameters)
        return LiveHTML(pn.bind(shown, *followed), self._act, self._form, **options)

    def _has_foot(self, *_: object) -> bool:
        """Return whether there is anything to confirm, or the link to lend is not at the top."""
        path = self._suggested_path
        return bool(path.offered) or not path.lends_first

    def _html(self, name: str) -> str:
        guide = self._guide
        contact = guide.current.contact
        return render(
            name,
            self._language,
            guide=guide,
            suggested_path=self._suggested_path,
            call=self._call(),
            reason=lambda reason: suggestion_text(reason, self._language),
            in_words=lambda number: in_words(number, self._language),
            step=guide.current,
            words=self._words,
            step_words=self._words.steps[guide.step],
            cells=guide.cells(guide.step),
            targets=guide.handbook.targets,
            cell_text=lambda cell: cell_text(cell, self._language, self._guide.context.now()),
            card=contact_card(guide, contact, self._language) if contact else None,
            report=call_summary(guide, self._language) if contact else (),
            answers=self._answers(),
            longest=INITIALS,
        )

    def _call(self) -> Telephone | None:
        """Return the number to call at the end of the suggested path, None if nobody is called."""
        if not self._suggested_path.offered:
            return None
        contact = self._guide.procedure.steps[self._suggested_path.end].contact
        telephones = self._guide.handbook.contacts[contact].telephones if contact else ()
        return telephones[0] if telephones else None

    def _status_pages(self) -> LiveHTML:
        """Show what the status pages say at the question that asks about them."""
        asked = pn.bind(
            lambda *_: self._guide.current.evidence == "official",
            self._guide.param.step,
            self._guide.updates.param.handbook,
        )
        pane = StatusPagesView(self._suggested_path.diagnosis, self._language).__panel__()
        pane.param.update(visible=asked, css_classes=["status-pages"])
        return pane

    def _changed(self) -> LiveHTML:
        changed, language = self._suggested_path.param.changed, self._language
        html = pn.bind(lambda on: render("guide/answer_changed", language, changed=on), changed)
        return LiveHTML(html, role="alert")

    def _refused(self) -> LiveHTML:
        """Show why the last press was refused."""
        refusal = self._attempts.param.refusal
        shown = pn.bind(lambda why: render("ui/refusal", self._language, why=why), refusal)
        return LiveHTML(shown, visible=pn.bind(bool, refusal))

    def _answers(self) -> list[dict[str, Any]]:
        """Return the answers, each with its key and whether it is suggested."""
        guide, key_hints = self._guide, self._guide.keys_on
        labels = self._words.steps[guide.step].answers or {}
        letters, given = self._letters(), guide.walk.answers.get(guide.step)
        proposed = {
            (suggestion.step, suggestion.answer) for suggestion in self._suggested_path.offered
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
            letters=pn.bind(
                lambda *_: {letter.lower(): key for key, letter in self._letters().items()},
                guide.param.step,
                guide.updates.param.handbook,
            ),
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
            "singly": self._suggested_path.go_one_by_one,
            "together": lambda: self._suggested_path.go_one_by_one(one_by_one=False),
        }
        with_value = {
            "answer": lambda value: self._suggested_path.answer(*value.split("/", 1)),
            "confirm": self._suggested_path.confirm,
            "look": guide.look_at,
            "reached": guide.reached,
        }
        if act in with_value:
            self._attempts.make(lambda: with_value[act](value))
        elif act in acts:
            self._attempts.make(acts[act])

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "initials":
            self._guide.initials = fields.get("initials", "")[:INITIALS]
