"""One line of a dossier's timeline as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dashboard.translations import Language
from procedure.handbook.model import Handbook, Words
from procedure.monitoring import messages as causes
from procedure.monitoring.model import Verdict
from procedure.outages.timeline import Event, Happening
from procedure.status_pages.status import Word


@dataclass(frozen=True, slots=True)
class Teller:
    """The papers' names and a language: what it takes to tell an event."""

    handbook: Handbook
    language: Language
    now: datetime

    def sentence(self, event: Event) -> str:
        """Tell one event; what a person wrote stands in it as written."""
        told = _TELLERS[event.kind](self, event)
        return f"{told} {_quoted(event.text)}".strip() if event.kind in _WITH_TEXT else told

    @property
    def words(self) -> Words:
        """The papers in this language."""
        return self.handbook.words[self.language.code]

    def target(self, key: str) -> str:
        """Name a target; one that the papers no longer know keeps its key."""
        return self.words.targets[key].name if key in self.words.targets else key

    def desk(self, code: str) -> str:
        """Name a desk."""
        return self.handbook.desks[code].name if code in self.handbook.desks else code

    def contact(self, key: str) -> str:
        """Name a contact in short."""
        return self.words.contacts[key].short if key in self.words.contacts else key

    def clock(self, at: datetime | None) -> str:
        """Give a time."""
        return "" if at is None else self.language.clock(at)


def _quoted(text: str) -> str:
    return f"«\u202f{text}\u202f»" if text else ""


def _seen(one: Teller, event: Event) -> str:
    say = one.language.say
    words = {
        Verdict.UP: say("{target} : répond."),
        Verdict.SLOW: say("{target} : répond lentement."),
        Verdict.DOWN: say("{target} : échoue."),
    }
    told = words[Verdict(event.word)].format(target=one.target(event.key))
    if event.cause is None:
        return told
    return f"{told[:-1]} ({causes.name(event.cause, one.language.code)})."


def _official(one: Teller, event: Event) -> str:
    say = one.language.say
    words = {
        Word.OK: say("{page} : rien d’annoncé."),
        Word.INCIDENT: say("{page} : incident annoncé."),
        Word.PLANNED: say("{page} : travaux annoncés."),
        Word.UNKNOWN: say("{page} : pas lue."),
    }
    return words[Word(event.word)].format(page=one.target(event.key))


def _report(one: Teller, event: Event) -> str:
    say = one.language.say
    works = event.word == "works"
    return say("Alma marche ici.") if works else say("Alma ne marche pas ici.")


def _answer(one: Teller, event: Event) -> str:
    words = one.words.steps.get(event.key)
    answers = (words.answers if words else None) or {}
    label = answers[event.word].label if event.word in answers else event.word
    title = words.title if words else ""
    return one.language.say(
        "{step}, {title} {answer}", step=event.key, title=title, answer=label
    ).rstrip(".") + "."  # fmt: skip


def _declared(one: Teller, event: Event) -> str:
    say = one.language.say
    lends = event.word == "lending"
    return say("Panne déclarée, C1 en vigueur.") if lends else say("Panne déclarée, sans C1.")


def _news(one: Teller, event: Event) -> str:
    say = one.language.say
    c1 = {"lending": say("C1 est en vigueur."), "no_lending": say("C1 n’est plus en vigueur.")}
    due = say("Prochaines nouvelles à {at}.", at=one.clock(event.until)) if event.until else ""
    return " ".join(part for part in (say("Message."), c1.get(event.word, ""), due) if part)


def _note(one: Teller, _: Event) -> str:
    return one.language.say("Note.")


def _contact(one: Teller, event: Event) -> str:
    return one.language.say("{contact} averti.", contact=one.contact(event.key))


def _ended(one: Teller, event: Event) -> str:
    return one.language.say("Fin confirmée : {at}.", at=one.clock(event.until))


def _window(one: Teller, event: Event) -> str:
    return one.language.say(
        "Travaux annoncés jusqu’à {at}, {target}.",
        at=one.clock(event.until),
        target=one.target(event.key),
    )


def _loans(one: Teller, event: Event) -> str:
    return one.language.plural(
        "{count} prêt jusqu’à {until} ({desk}).",
        "{count} prêts jusqu’à {until} ({desk}).",
        event.count,
        until=one.clock(event.until),
        desk=one.desk(event.key),
    )


def _export(one: Teller, event: Event) -> str:
    return one.language.plural(
        "Fichier pour Alma écrit, {count} prêt ({desk}).",
        "Fichier pour Alma écrit, {count} prêts ({desk}).",
        event.count,
        desk=one.desk(event.key),
    )


def _upload(one: Teller, event: Event) -> str:
    return one.language.plural(
        "Fichier envoyé à Alma, {count} prêt ({desk}).",
        "Fichier envoyé à Alma, {count} prêts ({desk}).",
        event.count,
        desk=one.desk(event.key),
    )


def _alma_report(one: Teller, event: Event) -> str:
    if not event.count:
        return one.language.say(
            "Rapport d’Alma lu, rien de refusé ({desk}).", desk=one.desk(event.key)
        )
    return one.language.plural(
        "Rapport d’Alma lu, {count} prêt refusé ({desk}).",
        "Rapport d’Alma lu, {count} prêts refusés ({desk}).",
        event.count,
        desk=one.desk(event.key),
    )


_WITH_TEXT = frozenset(
    {
        Happening.OFFICIAL, Happening.REPORT, Happening.DECLARED, Happening.NEWS, Happening.NOTE,
        Happening.CONTACT, Happening.WINDOW,
    }
)  # fmt: skip
_TELLERS: dict[Happening, Callable[[Teller, Event], str]] = {
    Happening.SEEN: _seen,
    Happening.OFFICIAL: _official,
    Happening.REPORT: _report,
    Happening.ANSWER: _answer,
    Happening.DECLARED: _declared,
    Happening.NEWS: _news,
    Happening.NOTE: _note,
    Happening.CONTACT: _contact,
    Happening.ENDED: _ended,
    Happening.WINDOW: _window,
    Happening.LOANS: _loans,
    Happening.EXPORT: _export,
    Happening.UPLOAD: _upload,
    Happening.ALMA_REPORT: _alma_report,
}
