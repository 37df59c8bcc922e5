"""One line of a dossier's timeline as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dashboard.translations import Language
from dashboard.translations.outcome_messages import cause_name
from procedure.handbook.model import Handbook, Words
from procedure.monitoring.model import Status
from procedure.outages.timeline import EventKind, TimelineEvent
from procedure.status_pages.status import PageStatus


@dataclass(frozen=True, slots=True)
class EventText:
    """Writes events as sentences with the handbook's names, in one language."""

    handbook: Handbook
    language: Language
    now: datetime

    def sentence(self, event: TimelineEvent) -> str:
        """Return an event's sentence; a text that a person wrote is quoted unchanged."""
        text = _SENTENCES[event.kind](self, event)
        return f"{text} {_quoted(event.text)}".strip() if event.kind in _WITH_TEXT else text

    @property
    def words(self) -> Words:
        """The handbook's words in this language."""
        return self.handbook.words[self.language.code]

    def target(self, key: str) -> str:
        """Return a target's name, its key if the handbook no longer has it."""
        return self.words.targets[key].name if key in self.words.targets else key

    def desk(self, code: str) -> str:
        """Return a desk's name, its code if the handbook no longer has it."""
        return self.handbook.desks[code].name if code in self.handbook.desks else code

    def contact(self, key: str) -> str:
        """Return a contact's short name, its key if the handbook no longer has it."""
        return self.words.contacts[key].short if key in self.words.contacts else key

    def clock(self, at: datetime | None) -> str:
        """Return a time as text, empty without one."""
        return "" if at is None else self.language.clock(at)


def _quoted(text: str) -> str:
    return f"«\u202f{text}\u202f»" if text else ""


def _seen(texts: EventText, event: TimelineEvent) -> str:
    say = texts.language.say
    words = {
        Status.UP: say("{target} : répond."),
        Status.SLOW: say("{target} : répond lentement."),
        Status.DOWN: say("{target} : échoue."),
    }
    text = words[Status(event.word)].format(target=texts.target(event.key))
    if event.cause is None:
        return text
    return f"{text[:-1]} ({cause_name(event.cause, texts.language)})."


def _official(texts: EventText, event: TimelineEvent) -> str:
    say = texts.language.say
    words = {
        PageStatus.OK: say("{page} : rien d’annoncé."),
        PageStatus.INCIDENT: say("{page} : incident annoncé."),
        PageStatus.PLANNED: say("{page} : travaux annoncés."),
        PageStatus.UNKNOWN: say("{page} : pas lue."),
    }
    return words[PageStatus(event.word)].format(page=texts.target(event.key))


def _report(texts: EventText, event: TimelineEvent) -> str:
    say = texts.language.say
    works = event.word == "works"
    return say("Alma marche ici.") if works else say("Alma ne marche pas ici.")


def _answer(texts: EventText, event: TimelineEvent) -> str:
    words = texts.words.steps.get(event.key)
    answers = (words.answers if words else None) or {}
    label = answers[event.word].label if event.word in answers else event.word
    title = words.title if words else ""
    return texts.language.say(
        "{step}, {title} {answer}", step=event.key, title=title, answer=label
    ).rstrip(".") + "."  # fmt: skip


def _declared(texts: EventText, event: TimelineEvent) -> str:
    say = texts.language.say
    lends = event.word == "lending"
    return say("Panne déclarée, C1 en vigueur.") if lends else say("Panne déclarée, sans C1.")


def _news(texts: EventText, event: TimelineEvent) -> str:
    say = texts.language.say
    c1 = {"lending": say("C1 est en vigueur."), "no_lending": say("C1 n’est plus en vigueur.")}
    due = say("Prochaines nouvelles à {at}.", at=texts.clock(event.until)) if event.until else ""
    return " ".join(part for part in (say("Message."), c1.get(event.word, ""), due) if part)


def _note(texts: EventText, _: TimelineEvent) -> str:
    return texts.language.say("Note.")


def _contact(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.say("{contact} averti.", contact=texts.contact(event.key))


def _ended(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.say("Fin confirmée : {at}.", at=texts.clock(event.until))


def _window(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.say(
        "Travaux annoncés jusqu’à {at}, {target}.",
        at=texts.clock(event.until),
        target=texts.target(event.key),
    )


def _loans(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.plural(
        "{count} prêt jusqu’à {until} ({desk}).",
        "{count} prêts jusqu’à {until} ({desk}).",
        event.count,
        until=texts.clock(event.until),
        desk=texts.desk(event.key),
    )


def _export(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.plural(
        "Fichier pour Alma écrit, {count} prêt ({desk}).",
        "Fichier pour Alma écrit, {count} prêts ({desk}).",
        event.count,
        desk=texts.desk(event.key),
    )


def _upload(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.plural(
        "Fichier envoyé à Alma, {count} prêt ({desk}).",
        "Fichier envoyé à Alma, {count} prêts ({desk}).",
        event.count,
        desk=texts.desk(event.key),
    )


def _alma_report(texts: EventText, event: TimelineEvent) -> str:
    if not event.count:
        return texts.language.say(
            "Rapport d’Alma lu, rien de refusé ({desk}).", desk=texts.desk(event.key)
        )
    return texts.language.plural(
        "Rapport d’Alma lu, {count} prêt refusé ({desk}).",
        "Rapport d’Alma lu, {count} prêts refusés ({desk}).",
        event.count,
        desk=texts.desk(event.key),
    )


_WITH_TEXT = frozenset(
    {
        EventKind.OFFICIAL, EventKind.REPORT, EventKind.DECLARED, EventKind.NEWS, EventKind.NOTE,
        EventKind.CONTACT, EventKind.WINDOW,
    }
)  # fmt: skip
_SENTENCES: dict[EventKind, Callable[[EventText, TimelineEvent], str]] = {
    EventKind.SEEN: _seen,
    EventKind.OFFICIAL: _official,
    EventKind.REPORT: _report,
    EventKind.ANSWER: _answer,
    EventKind.DECLARED: _declared,
    EventKind.NEWS: _news,
    EventKind.NOTE: _note,
    EventKind.CONTACT: _contact,
    EventKind.ENDED: _ended,
    EventKind.WINDOW: _window,
    EventKind.LOANS: _loans,
    EventKind.EXPORT: _export,
    EventKind.UPLOAD: _upload,
    EventKind.ALMA_REPORT: _alma_report,
}
