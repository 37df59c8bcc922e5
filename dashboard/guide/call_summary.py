"""The text of a call or a ticket: to read aloud, to copy, or to send by mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from dashboard.guide.guide import Guide
from dashboard.translations import Language
from dashboard.translations.outcome_messages import outcome_sentence
from procedure.handbook.model import Words
from procedure.outages.call_text import (
    CallFacts,
    FailingTarget,
    Observation,
    SeenFrom,
    WhoTested,
    call_facts,
)

RESULT_HOLDS = timedelta(minutes=15)  # an older outcome of a workstation does not count


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A subject and the lines of the text."""

    subject: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The subject and the lines, for a ticket."""
        return "\n".join((self.subject, "", *self.lines))

    @property
    def mail(self) -> str:
        """A `mailto:` address with the subject and the lines, without a recipient."""
        body = "\r\n".join(self.lines)
        return f"mailto:?subject={quote(self.subject)}&body={quote(body)}"


def call_summary(guide: Guide, language: Language) -> CallSummary | None:
    """Return what a contact will ask: what fails, since when, seen from where, what was checked.

    Only observations and answers: never a loan, a user or initials. None while nothing is known.
    """
    facts, words = _facts(guide), guide.handbook.words[language.code]
    if facts.is_empty:
        return None
    lines = (
        *(_failure(failure, words, language) for failure in facts.failures),
        *_answering(facts, words, language),
        _checked(facts, words, language),
        _from(guide, language),
    )
    return CallSummary(_subject(facts, words, language), tuple(line for line in lines if line))


def _facts(guide: Guide) -> CallFacts:
    """Return the facts for a call, as seen from this page now."""
    observations = [*_server(guide), *_workstations(guide)]
    targets = [cell.target for cell in guide.grid.cells]
    return call_facts(observations, guide.path, at=guide.context.now(), targets=targets)


def _server(guide: Guide) -> Iterator[Observation]:
    for cell in guide.grid.cells:
        if cell.newest is not None:
            yield Observation(cell.vantage, "", cell.status, cell.newest, cell.since)


def _workstations(guide: Guide) -> Iterator[Observation]:
    now, registry = guide.context.now(), guide.context.workstations
    for (_, key), outcome in registry.latest.items():
        if now - outcome.at <= RESULT_HOLDS and key in registry.vantages:
            yield Observation(key, registry.vantages[key].site, outcome.status, outcome)


def _subject(facts: CallFacts, words: Words, language: Language) -> str:
    say, names = language.say, [words.targets[_key(failure)].name for failure in facts.failures]
    if not names:
        return _nothing_fails(facts, language)
    targets = ", ".join(names)
    if facts.since is None:
        return say("En échec : {targets}.", targets=targets)
    since = language.moment(facts.since, facts.at)
    return say("En échec depuis {since} : {targets}.", since=since, targets=targets)


def _nothing_fails(facts: CallFacts, language: Language) -> str:
    """Return the subject where nothing fails: what the server tested of it."""
    say, tested = language.say, set(facts.others)
    by_server = tested & {WhoTested.BOTH, WhoTested.SERVER}
    if WhoTested.UNSURE in tested:
        return say("Alma ne marche pas ici, rien n’est confirmé vu du serveur.")
    if not by_server:
        return say("Alma ne marche pas ici, pas testé depuis le serveur.")
    if tested - by_server:
        return say("Alma ne marche pas ici, rien n’échoue de ce que le serveur a testé.")
    return say("Alma ne marche pas ici, rien n’échoue vu du serveur.")


def _failure(failure: FailingTarget, words: Words, language: Language) -> str:
    line = language.say(
        "{name} ({url}) : {outcome} {seen}",
        name=words.targets[_key(failure)].name,
        url=failure.outcome.url,
        outcome=outcome_sentence(failure.outcome, language),
        seen=_seen(failure, language),
    )
    return f"\u2022 {line}"


def _seen(failure: FailingTarget, language: Language) -> str:
    say, plural, share = language.say, language.plural, failure.workstations
    seen_by = plural("{count} poste sur {of}", "{count} postes sur {of}", share.count, of=share.of)
    if failure.server is not SeenFrom.FAILS:
        return {
            SeenFrom.ANSWERS: say("Vu de {share} ; le serveur y arrive.", share=seen_by),
            SeenFrom.UNSURE: say(
                "Vu de {share} ; dernier essai du serveur en échec, à confirmer.", share=seen_by
            ),
            SeenFrom.NOT_TESTED: say("Vu de {share} ; pas testé depuis le serveur.", share=seen_by),
        }[failure.server]
    if share.count:
        return say("Vu du serveur et de {share}.", share=seen_by)
    if share.of:
        return plural(
            "Vu du serveur ; {count} poste y arrive.",
            "Vu du serveur ; {count} postes y arrivent.",
            share.of,
        )
    return say("Vu du serveur ; pas testé depuis un poste.")


def _answering(facts: CallFacts, words: Words, language: Language) -> tuple[str, ...]:
    say, sites = language.say, ", ".join(facts.sites)
    named = {
        tested: ", ".join(words.targets[key].name for key in keys)
        for tested, keys in facts.others.items()
    }
    lines = {
        WhoTested.BOTH: say("Répond : {targets}."),
        WhoTested.SERVER: say("Répond au serveur, pas testé depuis un poste : {targets}."),
        WhoTested.WORKSTATIONS: say("Répond à un poste, pas testé depuis le serveur : {targets}."),
        WhoTested.UNSURE: say("Dernier essai du serveur en échec, à confirmer : {targets}."),
        WhoTested.NOBODY: say("Pas testé : {targets}."),
    }
    return (
        *(line.format(targets=named[one]) for one, line in lines.items() if one in named),
        say("Sites touchés : {sites}.", sites=sites) if sites else "",
    )


def _checked(facts: CallFacts, words: Words, language: Language) -> str:
    say = language.say
    answers = [
        say(
            "{step}\u202f: {answer}",
            step=f"{step} {words.steps[step].short}",
            answer=language.after_colon(labels[key].label),
        )
        for step, key in facts.checked
        if (labels := words.steps[step].answers)
    ]
    return say("Vérifié\u202f: {answers}.", answers=", ".join(answers)) if answers else ""


def _from(guide: Guide, language: Language) -> str:
    if guide.caller is None:
        return ""
    vdi = language.say("session VDI") if guide.caller.vdi else ""
    where = ", ".join(part for part in (guide.caller.key, guide.caller.site, vdi) if part)
    return language.say("Poste : {workstation}.", workstation=where) if where else ""


def _key(failure: FailingTarget) -> str:
    return failure.outcome.target
