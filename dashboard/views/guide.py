"""« Que faire maintenant »: one question at a time, its answers, and whom to call."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.components.keys import Keys
from dashboard.components.pane import Pane
from dashboard.page import asset, piece
from dashboard.state.guide import INITIALS, Guide
from dashboard.translations import Language
from dashboard.views.contacts import card, report
from dashboard.views.glance import glance
from procedure.steps import Step

SHEET: dict[str, Any] = {"stylesheets": [asset("relais.css")], "margin": 0}
WIDE: dict[str, Any] = SHEET | {"sizing_mode": "stretch_width"}


class GuidePanel(Viewer):
    """The steps passed, the one on the screen with its answers as buttons, the way out to lend."""

    def __init__(self, guide: Guide, language: Language) -> None:
        super().__init__()
        self._guide, self._language = guide, language
        self._words = guide.house.handbook.words[language.code]
        self._letters = {"yes": language.say("O"), "no": language.say("N")}
        standing = (guide.param.walk, guide.param.step, guide.param.applying)
        rows, state = guide.board.param.rows, guide.board.param.state
        self._layout = pn.Column(
            self._pane("guide_step", *standing, rows),
            pn.Column(*self._buttons(), css_classes=["choice"], visible=self._asks(), **WIDE),
            self._pane("guide_onward", *standing),
            self._pane("guide_lend", *standing, guide.param.keys_on, css_classes=["go--stick"]),
            self._pane("guide_ways", *standing, guide.param.begun, guide.param.kept, state),
            pn.Row(*self._settings(), css_classes=["guide-settings"], **WIDE),
            self._keys(),
            css_classes=["panel", "panel--flush", "asking", "no-print"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _pane(self, name: str, *parameters: Any, **options: Any) -> Pane:
        shown = pn.bind(lambda *_: self._html(name), *parameters)
        return Pane(shown, self._act, **options)

    def _html(self, name: str) -> str:
        guide = self._guide
        contact = guide.current.contact
        return piece(
            name,
            self._language,
            guide=guide,
            step=guide.current,
            words=self._words,
            said=self._words.steps[guide.step],
            cells=guide.cells(guide.step),
            targets=guide.house.handbook.targets,
            glance=lambda cell: glance(cell, self._language, self._guide.house.now()),
            card=card(guide, contact, self._language) if contact else None,
            report=report(guide, self._language) if contact else (),
        )

    # ----- the answers -----
    def _asks(self) -> Any:
        return pn.bind(lambda _: bool(self._guide.current.answers), self._guide.param.step)

    def _buttons(self) -> list[pn.widgets.Button]:
        """Make a button an answer, once; those of the step on the screen are the visible ones."""
        steps = self._guide.procedure.steps.values()
        return [self._button(step, place) for step in steps for place in range(len(step.answers))]

    def _button(self, step: Step, place: int) -> pn.widgets.Button:
        guide, key = self._guide, step.answers[place].key
        answers = self._words.steps[step.key].answers or {}
        button = pn.widgets.Button(
            label=answers[key].label,
            visible=pn.bind(lambda shown: shown == step.key, guide.param.step),
            css_classes=pn.bind(
                lambda walk: self._classes(walk.answers.get(step.key), key), guide.param.walk
            ),
            styles=pn.bind(lambda on: self._hint(on, key, place), guide.param.keys_on),
            **WIDE,
        )
        button.on_click(lambda _: guide.answer(step.key, key))
        return button

    def _classes(self, given: str | None, key: str) -> list[str]:
        return ["reply", f"reply--{key}", *(["reply--given"] if given == key else [])]

    def _hint(self, on: bool, key: str, place: int) -> dict[str, str]:  # noqa: FBT001 - a parameter's value
        return {"--hint": f'"{self._letters.get(key, place + 1)}"'} if on else {}

    # ----- keys and initials -----
    def _settings(self) -> list[pn.viewable.Viewable]:
        say, guide = self._language.say, self._guide
        initials = pn.widgets.TextInput.from_param(
            guide.param.initials,
            label=say("Vos initiales"),
            max_length=INITIALS,
            description=None,
            css_classes=["guide-initials"],
            **SHEET,
        )
        return [self._pane("guide_keys", guide.param.keys_on, sizing_mode=None), initials]

    def _keys(self) -> Keys:
        guide, words = self._guide, self._words.steps
        keys = Keys(
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
        }
        if act == "look":
            guide.look_at(value)
        elif act in acts:
            acts[act]()
