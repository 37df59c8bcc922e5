"""The coordination's panel: declare an outage, message the desks, take notes, confirm the end."""

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from dashboard.outage.message_fields_view import FREE, MessageFields
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_text import title, try_outage_action
from dashboard.outage.public_text import text_of
from dashboard.outage.review_view import ReviewForm
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import STYLED, WIDE, Part
from dashboard.ui.templating import render

ROW: dict[str, Any] = STYLED | {"css_classes": ["form-row"], "align_items": "end", "gap": "12px"}


PLAIN = ["plain-btn"]
FILLED = [*PLAIN, "plain-btn--main"]


class OutageForm(Part):
    """A place of its own; no Enter of a scanner declares or ends anything."""

    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        outage = self.outage
        self._fields()
        self._told = LiveHTML(role="alert", visible=False)
        self._view = pn.Column(
            LiveHTML(self._head, self._act, css_classes=["coordination-head"]),
            self._message_part(),
            self._notes_part(),
            ReviewForm(outage=outage, language=self.language),
            css_classes=["panel", "coordination", "no-print"],
            **WIDE,
        )
        outage.param.watch(self._another, ["record"])
        outage.param.watch(self._propose_end, ["well_since"])
        self._prefill()

    @param.depends(
        "outage.record",
        "outage.over",
        "outage.suspected",
        "outage.well_since",
        "outage.alert_fault",
        "outage.backup_failed",
        "outage.session.signer",
        "outage.updates.handbook",
    )
    def _head(self) -> str:
        return self._html("outage/outage_head")

    @param.depends(
        "outage.record", "outage.over", "outage.updates.journal", "outage.updates.handbook"
    )
    def _trail(self) -> str:
        return self._html("outage/outage_trail")

    @param.depends("outage.well_since")
    def _if_it_fails(self) -> list[str]:
        """Return the classes of the button that is filled until all is well again."""
        return FILLED if self.outage.well_since is None else PLAIN

    @param.depends("outage.well_since")
    def _if_all_is_well(self) -> list[str]:
        return PLAIN if self.outage.well_since is None else FILLED

    def _message_part(self) -> pn.Column:
        """Return the fields of the declaration, or of the next message."""
        record = self.outage.param.record
        is_new = record.rx.is_(None)
        stands = record.rx.is_not(None)
        say = self.language.say
        return pn.Column(
            pn.FlexBox(self._title, self._begun, visible=is_new, **ROW),
            self._messages,
            pn.FlexBox(self._news, self._who, self._lending, **ROW),
            self._button(
                say("Déclarer la panne"), self._declare, visible=is_new, css_classes=FILLED
            ),
            self._button(
                say("Envoyer le message"),
                self._say,
                visible=stands,
                css_classes=self._if_it_fails,
            ),
            self._told,
            css_classes=["coordination-part"],
            **WIDE,
        )

    def _notes_part(self) -> pn.Column:
        """Return the fields of the notes and of the end."""
        stands = self.outage.param.record.rx.is_not(None)
        note = self._button(self.language.say("Noter"), self._keep_note)
        end = self._button(self._end_label(), self._end, css_classes=self._if_all_is_well)
        return pn.Column(
            pn.FlexBox(self._note, note, visible=stands, **ROW),
            LiveHTML(self._trail, self._act),
            pn.FlexBox(self._ended, end, visible=stands, **ROW),
            css_classes=["coordination-part"],
            **WIDE,
        )

    def _end_label(self) -> str:
        say = self.language.say
        if self.outage.context.settings.status_page:
            return say("La panne est finie, aussi sur la page publique")
        return say("La panne est finie")

    def _fields(self) -> None:
        self._title = self._text(self.language.say("Nom de la panne"), 320)
        self._begun = self._text(self.language.say("Début"), 120, placeholder="09:12")
        self._news = self._text(self.language.say("Prochaines nouvelles"), 150, placeholder="10:00")
        session = self.outage.session
        self._who = self._text(self.language.say("Qui agit ? Nom ou initiales"), 220)
        self._who.param.update(value=session.signer, visible=not session.person.name)
        session.param.watch(lambda event: self._who.param.update(value=event.new), ["signer"])
        self._who.param.watch(lambda event: session.name_signer(event.new), ["value"])
        # A group with one box: a single checkbox has no name for a screen reader in Bokeh.
        c1 = self.language.say("C1 est en vigueur : les guichets prêtent en secours")
        self._lending = pn.widgets.CheckBoxGroup(
            options={c1: "lending"},
            css_classes=["check-widget"],
            **STYLED,
        )
        self._messages = MessageFields(
            outage=self.outage,
            language=self.language,
            due=self._news.param.value,
            lends=self._lending.param.value,
        )
        self._note = self._text(self.language.say("Note pour le dossier"), 420)
        self._ended = self._text(self.language.say("Fin"), 120, placeholder="10:02")

    def _text(self, label: str, width: int, **more: Any) -> pn.widgets.TextInput:
        return pn.widgets.TextInput(
            label=label,
            width=width,
            max_length=300,
            description=None,
            css_classes=["field-widget"],
            **more,
            **STYLED,
        )

    def _button(self, label: str, act: Callable[[], None], **more: Any) -> pn.widgets.Button:
        style = {"css_classes": PLAIN, **more, **STYLED}
        button = pn.widgets.Button(label=label, **style)
        button.on_click(lambda _: act())
        return button

    def _html(self, name: str) -> str:
        one, language = self.outage, self.language
        return render(
            name,
            language,
            outage=one,
            suspicion=title(one.suspected, language),
            contacts=one.context.handbook.words[language.code].contacts,
            past=[over for over in reversed(one.context.models.outages.records()) if over.over][:3],
            text=lambda texts: text_of(texts, language),
            now=one.context.now(),
        )

    def _another(self, event: param.parameterized.Event) -> None:
        """Fill in the fields of another outage; news of the same one leaves what was typed."""
        before, after = (one and one.declared.id for one in (event.old, event.new))
        if before != after:
            self._prefill()

    def _prefill(self, *_: object) -> None:
        """Fill in what is known, so that declaring or ending takes one click."""
        one, language = self.outage, self.language
        record, suspected = one.record, one.suspected
        since = suspected.since if suspected else one.context.now()
        self._title.value = title(suspected, language)
        self._begun.value = language.clock(since)
        self._messages.propose(FREE if record else "begin")
        self._news.value = ""
        self._lending.value = ["lending"] if record is None or record.lending else []
        self._ended.value = ""
        self._propose_end()

    def _propose_end(self, *_: object) -> None:
        """Fill in since when all is well as the end to confirm, unless a person wrote another."""
        since = self.outage.well_since
        if since is not None and not self._ended.value:
            self._ended.value = self.language.clock(since)

    def _declare(self) -> None:
        self._do(
            lambda: self.outage.declare(
                self._title.value,
                begun=self._begun.value,
                lending=bool(self._lending.value),
                message=self._messages.texts,
                readers=self._messages.readers,
                news=self._news.value,
            )
        )

    def _say(self) -> None:
        messages, due, lending = self._messages, self._news.value, bool(self._lending.value)
        if self._do(
            lambda: self.outage.say(
                messages.texts, readers=messages.readers, news=due, lending=lending
            )
        ):
            self._messages.propose(FREE)
            self._news.value = ""

    def _keep_note(self, contact: str | None = None) -> None:
        if self._do(lambda: self.outage.note(self._note.value, contact)):
            self._note.value = ""

    def _end(self) -> None:
        self._do(lambda: self.outage.end(self._ended.value))

    def _do(self, act: Callable[[], None]) -> bool:
        session = self.outage.session
        if not session.person.name:
            session.name_signer(self._who.value)
        why = try_outage_action(act, self.language)
        shown = render("ui/refusal", self.language, why=why) if why else ""
        self._told.param.update(html=shown, visible=bool(why))
        return not why

    def _act(self, act: str, value: str) -> None:
        if act == "reached":
            self._keep_note(value)
        elif act == "withdraw":
            self._do(lambda: self.outage.withdraw(value))
