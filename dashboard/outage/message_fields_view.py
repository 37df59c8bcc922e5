"""The fields of a message: to whom it goes, a ready text of the handbook or a free one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import panel as pn
import param

from dashboard.outage.outage import OutageState
from dashboard.outage.public_text import (
    cause_names,
    phase_names,
    proposed_cause,
    proposed_message,
    ready_message,
)
from dashboard.translations import offered_language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import STYLED, WIDE, Part
from dashboard.ui.templating import render
from procedure.outages.public_acts import ReaderMessage

LONGEST = 500  # signs
DESKS, READERS = "desks", "readers"
FREE = "free"  # not empty: Panel takes an empty value of a browser for none


class MessageFields(Part):
    """What was chosen or written: `texts` for the desks, and the message for `readers`.

    A ready text goes out in every language of the handbook, a free one in those it was written in.
    """

    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
    due = param.String(allow_refs=True, doc="When the next news come, as written.")
    lends = param.List(allow_refs=True, doc="Not empty where C1 is in force.")
    texts: Mapping[str, str] = param.Dict(
        default={}, doc="The message for the desks by language; empty where they get none."
    )
    readers: ReaderMessage | None = param.ClassSelector(
        class_=ReaderMessage, doc="The message for readers; None where they get none."
    )

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        say, own = self.language.say, self.language.of_words
        context = self.outage.context
        self._words = context.handbook.words
        codes = [own, *(code for code in self._words if code != own)]
        self.fields = {
            code: _field(say("Message") if code == own else _name(code)) for code in codes
        }
        self.cause = _choice(say("Cause"), cause_names(self.language))
        self.phase = _choice(
            say("Moment"), {**phase_names(self.language), FREE: say("texte libre")}
        )
        names = {
            say("À tous les postes"): DESKS,
            say("Aux lecteurs, sur la page publique"): READERS,
        }
        self.to = pn.widgets.CheckBoxGroup(
            options=names,
            value=[DESKS],
            visible=bool(context.settings.status_page),
            css_classes=["check-widget"],
            **STYLED,
        )
        for field in (self.cause, self.phase, self.to, *self.fields.values()):
            field.param.watch(self._read, ["value"])
        row: dict[str, Any] = STYLED | {"css_classes": ["form-row"], "gap": "12px"}
        self._view = pn.Column(
            pn.FlexBox(self.cause, self.phase, **row),
            self.to,
            *self.fields.values(),
            LiveHTML(self._preview),
            css_classes=["coordination-part"],
            **WIDE,
        )
        self._read()

    def propose(self, phase: str) -> None:
        """Choose the text of a moment for the desks, or an empty free text for `FREE`."""
        record, suspected = self.outage.record, self.outage.suspected
        found = record.declared.suspected if record else suspected.fault if suspected else ""
        planned = record.declared.planned if record else bool(suspected and suspected.planned)
        for field in self.fields.values():
            field.value = ""
        self.cause.value, self.phase.value = proposed_cause(found, planned=planned), phase
        self.to.value = [DESKS]

    def _read(self, *_: object) -> None:
        cause, phase, to = str(self.cause.value), str(self.phase.value), self.to.value
        written = {code: str(self.fields[code].value) for code in self._words}
        if phase == FREE:
            ready = ready_message(cause, "begin", self._words)
            desks, message = written, replace(ready, texts=written)
        else:
            message = ready_message(cause, phase, self._words)
            desks = {code: proposed_message(cause, phase, own) for code, own in self._words.items()}
        for field in self.fields.values():
            field.visible = phase == FREE
        self.param.update(
            texts=desks if DESKS in to else {}, readers=message if READERS in to else None
        )

    @param.depends("texts", "readers", "due", "lends")
    def _preview(self) -> str:
        """Return what workstations and readers will be shown, in each language it goes out in."""
        readers = self.readers
        written = readers.texts if readers else {}
        return render(
            "outage/message_preview",
            self.language,
            desks={offered_language(code): text for code, text in self.texts.items() if text},
            readers={
                offered_language(code): (readers.titles[code], text)
                for code, text in written.items()
                if readers and text
            },
            due=self.due,
            lends=bool(self.lends),
            now=self.outage.context.now(),
        )


def _name(code: str) -> str:
    """Return the name of a language in itself, its code where the interface has it not."""
    shown = offered_language(code)
    return shown.name if shown.code == code else code.upper()


def _field(label: str) -> pn.widgets.TextAreaInput:
    return pn.widgets.TextAreaInput(
        label=label,
        rows=2,
        max_length=LONGEST,
        max_width=520,
        description=None,
        css_classes=["field-widget"],
        **WIDE,
    )


def _choice(label: str, names: dict[str, str]) -> pn.widgets.Select:
    options = {name: key for key, name in names.items()}
    return pn.widgets.Select(
        label=label, options=options, width=270, css_classes=["field-widget"], **STYLED
    )
