"""The fields of a message to every workstation: one a language, with texts by cause and moment."""

from typing import Any

import panel as pn
import param

from dashboard.outage.outage import OutageState
from dashboard.outage.public_text import cause_names, phase_names, proposed_cause, proposed_message
from dashboard.translations import offered_language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import STYLED, WIDE, Part
from dashboard.ui.templating import render

LONGEST = 500  # signs


class MessageFields(Part):
    """`texts` are what was written, by language in the order of the handbook."""

    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
    due = param.String(allow_refs=True, doc="When the next news come, as written.")
    lends = param.List(allow_refs=True, doc="Not empty where C1 is in force.")
    texts: dict[str, str] = param.Dict(default={})

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        say, code = self.language.say, self.language.of_words
        label = say("Message à tous les postes")
        self._words = self.outage.context.handbook.words
        others = [other for other in self._words if other != code]
        self.fields: dict[str, pn.widgets.TextInput] = {
            code: _field(pn.widgets.TextAreaInput, label, rows=2)
        } | {other: _field(pn.widgets.TextInput, _name(other)) for other in others}
        self._cause = _choice(say("Cause"), cause_names(self.language))
        self._phase = _choice(say("Moment"), {"": say("texte libre"), **phase_names(self.language)})
        for choice in (self._cause, self._phase):
            choice.param.watch(self._fill, ["value"])
        for field in self.fields.values():
            field.param.watch(self._read, ["value"])
        row: dict[str, Any] = STYLED | {"css_classes": ["form-row"], "gap": "12px"}
        self._view = pn.Column(
            pn.FlexBox(self._cause, self._phase, **row),
            *self.fields.values(),
            LiveHTML(self._preview),
            css_classes=["coordination-part"],
            **WIDE,
        )

    @property
    def message(self) -> pn.widgets.TextInput:
        """The field in the page's language."""
        return next(iter(self.fields.values()))

    def _read(self, _: object) -> None:
        self.texts = {code: str(self.fields[code].value) for code in self._words}

    def propose(self, phase: str) -> None:
        """Fill in the texts of a moment, for what is declared or suspected; none if it is empty."""
        record, suspected = self.outage.record, self.outage.suspected
        found = record.declared.suspected if record else suspected.fault if suspected else ""
        planned = record.declared.planned if record else bool(suspected and suspected.planned)
        self._cause.value, self._phase.value = proposed_cause(found, planned=planned), phase
        self._fill()

    def _fill(self, *_: object) -> None:
        cause, phase = str(self._cause.value), str(self._phase.value)
        for code, words in self._words.items():
            self.fields[code].value = proposed_message(cause, phase, words) if phase else ""

    @param.depends("texts", "due", "lends")
    def _preview(self) -> str:
        """Return the line as every workstation will show it, in each language that was written."""
        written = {offered_language(code): text for code, text in self.texts.items() if text}
        return render(
            "outage/message_preview",
            self.language,
            written=written,
            due=self.due,
            lends=bool(self.lends),
            now=self.outage.context.now(),
        )


def _name(code: str) -> str:
    """Return the name of a language in itself, its code where the interface has it not."""
    shown = offered_language(code)
    return shown.name if shown.code == code else code.upper()


def _field(kind: type[Any], label: str, **more: Any) -> Any:
    return kind(
        label=label,
        max_length=LONGEST,
        max_width=520,
        description=None,
        css_classes=["field-widget"],
        **more,
        **WIDE,
    )


def _choice(label: str, names: dict[str, str]) -> pn.widgets.Select:
    options = {name: key for key, name in names.items()}
    return pn.widgets.Select(
        label=label, options=options, width=270, css_classes=["field-widget"], **STYLED
    )
