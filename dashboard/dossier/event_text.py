"""The texts of a dossier's timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.translations import Language
from dashboard.translations.outcome_messages import cause_name
from dashboard.translations.sentences import page_sentence, quoted, state_names, who_did
from procedure.circulation.settlements import ReturnSettledByHand, SettledByHand
from procedure.circulation.transactions import Export
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.handbook.model import Handbook, Words
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status
from procedure.outages.follow_up import OutageLed
from procedure.outages.outage_entries import OutageDeclared, OutageEnded, OutageNews, OutageNote
from procedure.outages.public_entries import PublicServiceSet, PublicStatement, in_language
from procedure.outages.timeline import HourlyLoans, TimelineEvent
from procedure.reconciliation.corrections import ALMA_SCREEN
from procedure.reconciliation.journal_entries import FileUploaded, JobReportRecorded, SignedOff
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff


@dataclass(frozen=True, slots=True)
class EventText:
    """Writes events as sentences, with the handbook's names."""

    handbook: Handbook
    language: Language
    now: datetime

    def sentence(self, event: TimelineEvent) -> str:
        """Return the sentence for an event, quoting text written by people."""
        text = _SENTENCES[type(event.what)](self, event)
        if not event.text:
            return text
        news = event.what if isinstance(event.what, OutageNews) else None
        written = news.text_in(self.language.code) if news else event.text
        return f"{text} {quoted(written, self.language)}"

    def who(self, event: TimelineEvent) -> str:
        """Return who acted (the person, then the workstation), or how the event was observed."""
        say = self.language.say
        match event.what:
            case StatusInterval():
                return say("relevés")
            case PageStatusChanged():
                return say("page lue")
            case _:
                return who_did(event.operator, event.workstation)

    @property
    def words(self) -> Words:
        return self.handbook.words[self.language.code]

    def target(self, key: str) -> str:
        """Return a target's name, or its key if the handbook no longer has it."""
        return self.words.targets[key].name if key in self.words.targets else key

    def desk(self, code: str) -> str:
        """Return a desk's name, or its code if the handbook no longer has it."""
        return self.handbook.desks[code].name if code in self.handbook.desks else code

    def contact(self, key: str) -> str:
        """Return a contact's short name, or its key if the handbook no longer has it."""
        return self.words.contacts[key].short if key in self.words.contacts else key

    def clock(self, at: datetime | None) -> str:
        """Return a time of day as text, or "" for None."""
        return "" if at is None else self.language.clock(at)


def _status_change(texts: EventText, event: TimelineEvent) -> str:
    change = event.what
    say = texts.language.say
    words: dict[Status | None, str] = {
        Status.UP: say("{target} : répond."),
        Status.SLOW: say("{target} : répond lentement."),
        Status.DOWN: say("{target} : échoue."),
    }
    text = words[change.status].format(target=texts.target(change.target))
    if change.cause is None:
        return text
    return f"{text[:-1]} ({cause_name(change.cause, texts.language)})."


def _official(texts: EventText, event: TimelineEvent) -> str:
    read = event.what
    return page_sentence(read.word, texts.target(read.target), texts.language)


def _report(texts: EventText, event: TimelineEvent) -> str:
    say = texts.language.say
    return say("Alma marche ici.") if event.what.works else say("Alma ne marche pas ici.")


def _answer(texts: EventText, event: TimelineEvent) -> str:
    given = event.what
    words = texts.words.steps.get(given.step)
    answers = (words.answers if words else None) or {}
    label = answers[given.answer].label if given.answer in answers else given.answer
    title = words.title if words else ""
    sentence = texts.language.say(
        "{step}, {title} {answer}", step=given.step, title=title, answer=label
    )
    return sentence.rstrip(".") + "."


def _declared(texts: EventText, event: TimelineEvent) -> str:
    say = texts.language.say
    return (
        say("Panne déclarée, C1 en vigueur.")
        if event.what.lending
        else say("Panne déclarée, sans C1.")
    )


def _news(texts: EventText, event: TimelineEvent) -> str:
    news = event.what
    say = texts.language.say
    c1 = {True: say("C1 est en vigueur."), False: say("C1 n’est plus en vigueur."), None: ""}
    due = news.next_news and texts.language.when(news.next_news, event.at)
    next_news = say("Prochaines nouvelles {when}.", when=due) if due else ""
    parts = (say("Message."), c1[news.lending], next_news)
    return " ".join(part for part in parts if part)


def _note(texts: EventText, event: TimelineEvent) -> str:
    note = event.what
    if note.contact is None:
        return texts.language.say("Note.")
    return texts.language.say("{contact} averti.", contact=texts.contact(note.contact))


def _ended(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.say("Fin confirmée : {at}.", at=texts.clock(event.what.ended))


def _led(texts: EventText, event: TimelineEvent) -> str:
    del event
    return texts.language.say("Qui mène la panne :")


def _planned(texts: EventText, event: TimelineEvent) -> str:
    planned = event.what
    return texts.language.say(
        "Travaux annoncés jusqu’à {at}, {target}.",
        at=texts.clock(planned.end),
        target=texts.target(planned.target),
    )


def _loans(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.plural(
        "{count} prêt ({desk}).",
        "{count} prêts jusqu’à {until} ({desk}).",
        event.count,
        until=texts.clock(event.what.until),
        desk=texts.desk(event.desk),
    )


def _settled(texts: EventText, event: TimelineEvent) -> str:
    what = texts.language.plural(
        "{count} prêt réglé à la main ({desk})\u202f:",
        "{count} prêts réglés à la main ({desk})\u202f:",
        event.count,
        desk=texts.desk(event.desk),
    )
    return f"{what} {quoted(event.what.how, texts.language)}"


def _returned(texts: EventText, event: TimelineEvent) -> str:
    what = texts.language.plural(
        "{count} document rendu ({desk})",
        "{count} documents rendus ({desk})",
        event.count,
        desk=texts.desk(event.desk),
    )
    if event.what.how == ALMA_SCREEN:
        return texts.language.say("{what}, à l’écran d’Alma.", what=what)
    return f"{what}\u202f: {quoted(event.what.how, texts.language)}"


def _published(texts: EventText, event: TimelineEvent) -> str:
    say, code = texts.language.say, texts.language.code
    words = (in_language(event.what.titles, code), in_language(event.what.texts, code))
    text = ". ".join(word.rstrip(".") for word in words if word)
    return say("Publié pour les lecteurs\u202f: «\u202f{said}\u202f»", said=text)


def _service_set(texts: EventText, event: TimelineEvent) -> str:
    key = event.what.service
    name = texts.words.services.get(key, key)
    state = state_names(texts.language)[event.what.state]
    return texts.language.say("{state}\u202f: {what}.", state=state, what=name)


def _export(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.plural(
        "Fichier pour Alma écrit, {count} prêt ({desk}).",
        "Fichier pour Alma écrit, {count} prêts ({desk}).",
        event.count,
        desk=texts.desk(event.desk),
    )


def _upload(texts: EventText, event: TimelineEvent) -> str:
    return texts.language.plural(
        "Fichier envoyé à Alma, {count} prêt ({desk}).",
        "Fichier envoyé à Alma, {count} prêts ({desk}).",
        event.count,
        desk=texts.desk(event.desk),
    )


def _alma_report(texts: EventText, event: TimelineEvent) -> str:
    if not event.count:
        return texts.language.say(
            "Rapport d’Alma lu, rien de refusé ({desk}).", desk=texts.desk(event.desk)
        )
    return texts.language.plural(
        "Rapport d’Alma lu, {count} prêt refusé ({desk}).",
        "Rapport d’Alma lu, {count} prêts refusés ({desk}).",
        event.count,
        desk=texts.desk(event.desk),
    )


def _signed(texts: EventText, event: TimelineEvent) -> str:
    del event
    return texts.language.say("Transfert dans Alma signé.")


_SENTENCES: Mapping[type, Callable[[EventText, Any], str]] = {
    StatusInterval: _status_change,
    PageStatusReadByStaff: _official,
    PageStatusChanged: _official,
    StaffReport: _report,
    AnswerGiven: _answer,
    OutageDeclared: _declared,
    OutageNews: _news,
    OutageNote: _note,
    OutageEnded: _ended,
    OutageLed: _led,
    PublicStatement: _published,
    PublicServiceSet: _service_set,
    MaintenancePlanned: _planned,
    HourlyLoans: _loans,
    Export: _export,
    FileUploaded: _upload,
    SettledByHand: _settled,
    ReturnSettledByHand: _returned,
    SignedOff: _signed,
    JobReportRecorded: _alma_report,
}
