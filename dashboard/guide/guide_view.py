"""« Que faire maintenant »: one question at a time, its answers, and whom to call."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.core.rights import Permission
from dashboard.guide.call_summary import call_summary
from dashboard.guide.contacts import contact_card
from dashboard.guide.guide import INITIALS
from dashboard.guide.keyboard import KeyboardAnswers
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.guide.suggestion_text import suggestion_text
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.status_pages_view import StatusPagesView
from dashboard.translations import Language
from dashboard.translations.sentences import in_words, lower_first
from dashboard.ui.feedback import Attempts
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import asset_url, render
from procedure.guide.steps import Step, Telephone

SHEET: dict[str, Any] = {"stylesheets": [asset_url("relais.css")], "margin": 0}
WIDE: dict[str, Any] = SHEET | {"sizing_mode": "stretch_width"}


class GuidePanel(Viewer):
    """The steps passed, the one on the screen with its answers as buttons, the way out to lend.

    What the evidence speaks for is selected and says so; a person's press answers.
    """

    def __init__(self, suggested_path: SuggestedPath, language: Language) -> None:
        super().__init__()
        guide = suggested_path.guide
        self._suggested_path, self._guide, self._language = suggested_path, guide, language
        self._words = guide.context.handbook.words[language.code]
        self._attempts = Attempts(language)
        self._letters = {"yes": language.say("O"), "no": language.say("N")}
        standing = (guide.param.walk, guide.param.step, guide.param.applying)
        offer = (suggested_path.diagnosis.param.suggestions, suggested_path.param.one_by_one)
        rows, state = guide.grid.param.rows, guide.grid.param.state
        self._layout = pn.Column(
            self._pane("guide/step", *standing, *offer, rows),
            self._readings(),
            pn.Column(*self._buttons(), css_classes=["choice"], **WIDE),
            self._pane("guide/next_steps", *standing, *offer),
            self._changed(),
            self._refused(),
            self._pane(
                "guide/lend", *standing, *offer, guide.param.keys_on, css_classes=["go--stick"]
            ),
            self._pane("guide/transitions", *standing, guide.param.begun, guide.param.kept, state),
            pn.Row(*self._settings(), css_classes=["guide-settings"], **WIDE),
            self._keys(),
            css_classes=["panel", "panel--flush", "asking", "no-print"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _pane(self, name: str, *parameters: Any, **options: Any) -> LiveHTML:
        shown = pn.bind(lambda *_: self._html(name), *parameters)
        return LiveHTML(shown, self._act, **options)

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
            lower_first=lower_first,
            in_words=lambda number: in_words(number, self._language),
            step=guide.current,
            words=self._words,
            said=self._words.steps[guide.step],
            cells=guide.cells(guide.step),
            targets=guide.context.handbook.targets,
            cell_text=lambda cell: cell_text(cell, self._language, self._guide.context.now()),
            card=contact_card(guide, contact, self._language) if contact else None,
            report=call_summary(guide, self._language) if contact else (),
        )

    def _call(self) -> Telephone | None:
        """Give the number to call at the end of what is proposed, if somebody is to be called."""
        if not self._suggested_path.offered:
            return None
        contact = self._guide.procedure.steps[self._suggested_path.end].contact
        telephones = self._guide.context.handbook.contacts[contact].telephones if contact else ()
        return telephones[0] if telephones else None

    def _readings(self) -> pn.Column:
        """Show what the status pages say at the question that asks about them."""
        asked = pn.bind(
            lambda _: self._guide.current.evidence == "official", self._guide.param.step
        )
        said = StatusPagesView(self._suggested_path.diagnosis, self._language)
        return pn.Column(said, visible=asked, css_classes=["status-pages"], **WIDE)

    def _changed(self) -> LiveHTML:
        told = self._suggested_path.param.changed
        shown = pn.bind(lambda on: render("guide/answer_changed", self._language, changed=on), told)
        return LiveHTML(shown, role="alert")

    def _refused(self) -> LiveHTML:
        """Say why the last press did nothing, where it was not allowed."""
        refusal = self._attempts.param.refusal
        shown = pn.bind(lambda why: render("ui/refusal", self._language, why=why), refusal)
        return LiveHTML(shown, visible=pn.bind(bool, refusal))

    # ----- the answers -----
    def _buttons(self) -> list[pn.widgets.Button]:
        """Make a button an answer, once; those of the step on the screen are the visible ones."""
        steps = self._guide.procedure.steps.values()
        return [self._button(step, place) for step in steps for place in range(len(step.answers))]

    def _button(self, step: Step, place: int) -> pn.widgets.Button:
        guide, key = self._guide, step.answers[place].key
        answers = self._words.steps[step.key].answers or {}
        passed, suggested_path = guide.param, self._suggested_path
        offer = (
            passed.walk,
            suggested_path.diagnosis.param.suggestions,
            suggested_path.param.one_by_one,
        )
        button = pn.widgets.Button(
            label=answers[key].label,
            visible=pn.bind(lambda shown: shown == step.key, passed.step),
            css_classes=pn.bind(lambda *_: self._classes(step.key, key), *offer),
            styles=pn.bind(lambda *_: self._marks(step.key, key, place), passed.keys_on, *offer),
            **WIDE,
        )
        answer = self._suggested_path.answer
        button.on_click(lambda _: self._attempts.make(lambda: answer(step.key, key)))
        return button

    def _is_proposed(self, step: str, key: str) -> bool:
        return any((one.step, one.answer) == (step, key) for one in self._suggested_path.offered)

    def _classes(self, step: str, key: str) -> list[str]:
        given = self._guide.walk.answers.get(step) == key
        marks = {"reply--given": given, "reply--proposed": self._is_proposed(step, key)}
        return ["reply", f"reply--{key}", *(mark for mark, holds in marks.items() if holds)]

    def _marks(self, step: str, key: str, place: int) -> dict[str, str]:
        """Give what stands beside an answer: its key, and that it is proposed."""
        hint = self._letters.get(key, place + 1)
        proposed = self._language.say("proposé")
        marks = {"--hint": f'"{hint}"'} if self._guide.keys_on else {}
        return marks | ({"--proposed": f'"{proposed}"'} if self._is_proposed(step, key) else {})

    # ----- keys and initials -----
    def _settings(self) -> list[pn.viewable.Viewable]:
        say, guide = self._language.say, self._guide
        initials = pn.widgets.TextInput.from_param(
            guide.param.initials,
            label=say("Vos initiales"),
            max_length=INITIALS,
            description=None,
            css_classes=["guide-initials"],
            width=160,
            **SHEET,
        )
        return [self._pane("guide/keyboard_hint", guide.param.keys_on, sizing_mode=None), initials]

    def _keys(self) -> KeyboardAnswers:
        guide, words = self._guide, self._words.steps
        keys = KeyboardAnswers(
            step=guide.param.step,
            question=pn.bind(lambda step: words[step].title, guide.param.step),
            letters={letter.lower(): key for key, letter in self._letters.items()},
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
            "confirm": self._suggested_path.confirm,
            "look": guide.look_at,
            "reached": guide.reached,
        }
        if act in with_value:
            self._attempts.make(lambda: with_value[act](value))
        elif act in acts:
            self._attempts.make(acts[act])
