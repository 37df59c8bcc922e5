"""The form for the coordinators' messages; sending the first message declares the outage."""

from collections.abc import Mapping
from dataclasses import replace

import param

from dashboard.core.state import set_at_start
from dashboard.outage.coordination_view import CoordinationView
from dashboard.outage.message_draft import DESKS, FREE, PATRONS, MessageDraft
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_text import title
from dashboard.outage.public_text import cause_titles, phase_names, proposed_cause
from dashboard.translations import Language, offered_language

LONGEST = 500  # characters


class MessageView(CoordinationView):
    """The form for a message: its recipients, text, time of the next update, and a preview."""

    draft = set_at_start(MessageDraft, doc="The message that is being written.")
    sent = param.Integer(
        default=0,
        doc="How many times the fields were reset: after each message and when the outage changed.",
    )

    def __init__(self, *, outage: OutageState, language: Language) -> None:
        draft = MessageDraft(language.of_words, outage.context.handbook.current.words)
        super().__init__(draft=draft, outage=outage, language=language)
        self.draft = self._usual()
        outage.param.watch(self._another, ["record"])
        outage.param.watch(self._propose, ["suspected"])

    @param.depends(
        "draft",
        "sent",
        "refusal",
        "outage.record",
        "outage.suspected",
        "outage.first_failure",
        "outage.well_since",
        "outage.workstations",
        "outage.session.signer",
    )
    def _html(self) -> str:
        outage, language = self.outage, self.language
        declares = outage.record is None
        return self._render(
            "message",
            draft=self.draft,
            label=self._label(),
            drawn=self._drawn,
            key=f"{self._drawn}-{self.draft.cause}-{DESKS in self.draft.to}",
            longest=LONGEST,
            phases=phase_names(language),
            causes=self._titles(),
            readers_too=bool(outage.context.settings.status_page),
            to_desks=DESKS in self.draft.to,
            to_readers=PATRONS in self.draft.to,
            of=offered_language,
            sent=self.sent,
            title=title(outage.suspected, language),
            begun=language.clock(outage.begun),
            fills=(outage.first_failure or outage.suspected) if declares else not outage.well_since,
        )

    def _label(self) -> str:
        say, count = self.language.say, self.outage.workstations
        if self.outage.record is None:
            return say("Déclarer la panne")
        if PATRONS in self.draft.to:
            if DESKS in self.draft.to:
                return say("Envoyer aux postes et aux lecteurs")
            return say("Publier pour les lecteurs")
        if not count:
            return say("Envoyer aux postes")
        return self.language.plural("Envoyer à {count} poste", "Envoyer aux {count} postes", count)

    def _titles(self) -> Mapping[str, str]:
        return cause_titles(self.draft.words[self.draft.own])

    def _submit(self, act: str, fields: Mapping[str, str]) -> None:
        self.draft = self._read(fields)
        phase = act.removeprefix("ready-")
        if phase in phase_names(self.language):
            self.draft = replace(self.draft, phase=phase, written={})
        elif act == "declare":
            self._declare(fields)
        elif act == "send":
            self._send()

    @property
    def _drawn(self) -> str:
        """The key of the current draft; the form sends back the key that it was drawn with."""
        return f"{self.draft.phase}-{self.sent}"

    def _read(self, fields: Mapping[str, str]) -> MessageDraft:
        """Return the draft with the fields' content; ignore texts typed for an earlier draft."""
        draft = self.draft
        texts = {code: fields.get(f"text-{code}", "") for code in draft.words}
        cause = fields.get("cause", "")
        return replace(
            draft,
            to=frozenset(who for who in (DESKS, PATRONS) if f"to-{who}" in fields),
            cause=cause if cause in self._titles() else draft.cause,
            written=texts if fields.get("drawn") == self._drawn else draft.written,
            news=fields.get("news", ""),
            lending="lending" in fields,
        )

    def _declare(self, fields: Mapping[str, str]) -> None:
        draft = self.draft
        self._do_named(
            lambda anyway: self.outage.declare(
                fields.get("title", ""),
                begun=fields.get("begun", ""),
                lending=draft.lending,
                message=draft.texts,
                patrons=draft.patrons,
                news=draft.news,
                anyway=anyway,
            ),
            fields.get("begun", ""),
        )

    def _send(self) -> None:
        draft = self.draft
        if self._do(
            lambda: self.outage.send_message(
                draft.texts, patrons=draft.patrons, news=draft.news, lending=draft.lending
            )
        ):
            self._begin()

    def _another(self, event: param.parameterized.Event) -> None:
        """Start a new draft if the outage has changed; otherwise keep the typed text."""
        before, after = (record and record.declared.id for record in (event.old, event.new))
        if before != after:
            self._begin()

    def _propose(self, *_: object) -> None:
        """Propose a message for the suspected cause, unless something has been written."""
        if self.outage.record is None and not self.draft.written:
            self.draft = self._usual()

    def _begin(self) -> None:
        """Reset the fields to the proposed draft."""
        self.param.update(sent=self.sent + 1, draft=self._usual())

    def _usual(self) -> MessageDraft:
        record, suspected = self.outage.record, self.outage.suspected
        found = record.declared.suspected if record else suspected.fault if suspected else ""
        planned = record.declared.planned if record else bool(suspected and suspected.planned)
        return MessageDraft(
            self.language.of_words,
            self.outage.context.handbook.current.words,
            cause=proposed_cause(found, planned=planned),
            phase=FREE if record else "begin",
            lending=record is None or record.lending,
        )
