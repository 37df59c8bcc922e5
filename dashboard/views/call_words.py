"""The ready text of a call or a ticket, in words: to read aloud, to copy, or to send by mail."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from dashboard.state.calling import calling
from dashboard.state.guide import Guide
from dashboard.translations import Language
from procedure import causes
from procedure.call_text import CallText, Failure
from procedure.handbook import Words


@dataclass(frozen=True, slots=True)
class Report:
    """A subject, and the lines below it."""

    subject: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Everything, for a ticket."""
        return "\n".join((self.subject, "", *self.lines))

    @property
    def mail(self) -> str:
        """The address that opens a mail with it; the reader chooses to whom."""
        body = "\r\n".join(self.lines)
        return f"mailto:?subject={quote(self.subject)}&body={quote(body)}"


def report(guide: Guide, language: Language) -> Report | None:
    """Say what a contact will ask: what fails, since when, seen from where, what was checked.

    Only observations and answers: never a loan, a user or initials. None while nothing is known.
    """
    facts, words = calling(guide), guide.house.handbook.words[language.code]
    if not (facts.failures or facts.answering or facts.checked):
        return None
    lines = (
        *(_failure(one, words, language) for one in facts.failures),
        *_beside(facts, words, language),
        _checked(facts, words, language),
        _from(guide, language),
    )
    return Report(_subject(facts, words, language), tuple(line for line in lines if line))


def _subject(facts: CallText, words: Words, language: Language) -> str:
    say, names = language.say, [words.targets[_key(one)].name for one in facts.failures]
    if not names and facts.answering:
        return say("Alma ne marche pas ici, rien n’échoue vu du serveur.")
    if not names:
        return say("Alma ne marche pas ici.")
    said = ", ".join(names)
    if facts.since is None:
        return say("En échec : {targets}.", targets=said)
    since = language.moment(facts.since, facts.at)
    return say("En échec depuis {since} : {targets}.", since=since, targets=said)


def _failure(one: Failure, words: Words, language: Language) -> str:
    line = language.say(
        "{name} ({url}) : {said} {seen}",
        name=words.targets[_key(one)].name,
        url=one.outcome.url,
        said=causes.words(one.outcome, language.code).sentence,
        seen=_seen(one, language),
    )
    return f"\u2022 {line}"


def _seen(one: Failure, language: Language) -> str:
    say, share = language.say, one.workstations
    asked = language.plural(
        "{count} poste sur {of}", "{count} postes sur {of}", share.count, of=share.of
    )
    if one.by_server:
        return (
            say("Vu du serveur et de {share}.", share=asked) if share.of else say("Vu du serveur.")
        )
    return say("Vu de {share} ; le serveur y arrive.", share=asked)


def _beside(facts: CallText, words: Words, language: Language) -> tuple[str, ...]:
    say = language.say
    answering = ", ".join(words.targets[key].name for key in facts.answering)
    sites = ", ".join(facts.sites)
    return (
        say("Répond : {targets}.", targets=answering) if answering else "",
        say("Sites touchés : {sites}.", sites=sites) if sites else "",
    )


def _checked(facts: CallText, words: Words, language: Language) -> str:
    said = [
        f"{step} {words.steps[step].short}, {labels[key].label.lower()}"
        for step, key in facts.checked
        if (labels := words.steps[step].answers)
    ]
    return language.say("Vérifié : {answers}.", answers=" ; ".join(said)) if said else ""


def _from(guide: Guide, language: Language) -> str:
    desk = guide.house.handbook.desks.get(guide.visit.desk)
    named = ", ".join(part for part in (guide.visit.workstation, desk.site if desk else "") if part)
    vdi = language.say("session VDI") if guide.visit.vdi else ""
    where = ", ".join(part for part in (named, vdi) if part)
    return language.say("Poste : {workstation}.", workstation=where) if where else ""


def _key(one: Failure) -> str:
    return one.outcome.target
