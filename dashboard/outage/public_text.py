"""Texts of the public page, and proposed messages to patrons and to desks."""

from collections.abc import Mapping

from dashboard.translations import Language, offered_language
from procedure.diagnosis.rules import FaultLocation
from procedure.handbook.model import CAUSES, MessageWords, PublicWords, Words
from procedure.outages.public_acts import PatronMessage
from procedure.outages.public_entries import PublicState, in_language


def text_of(texts: Mapping[str, str], language: Language) -> str:
    return language.written(in_language(texts, language.code))


def public_state(cause: str) -> PublicState:
    states = {"slow": PublicState.DEGRADED, "work": PublicState.PLANNED}
    return states.get(cause, PublicState.DOWN)


def end_text(state: PublicState, language: Language) -> str:
    """Return the sentence saying that an outage or work is over; `state` is its worst state."""
    if state is PublicState.PLANNED:
        return language.say("Les travaux sont finis.")
    return language.say("La panne est finie.")


def cause_titles(words: Words) -> dict[str, str]:
    """Return the public title of each cause, in the language of `words`."""
    return {cause: proposed_text(cause, "begin", words)[0] for cause in CAUSES}


def phase_names(language: Language) -> dict[str, str]:
    """Return the labels of the ready-made texts, by field of `PublicWords`."""
    say = language.say
    return {"begin": say("au début"), "update": say("encore en cours"), "end": say("réparé")}


def proposed_cause(suspected: str, *, planned: bool) -> str:
    """Return the cause to propose, given where the diagnosis locates the fault."""
    if planned:
        return "work"
    causes: dict[str, str] = {
        FaultLocation.CAMPUS: "network",
        FaultLocation.INTERNET: "network",
        FaultLocation.LOGIN: "sign_in",
    }
    return causes.get(suspected, "system")


def proposed_text(cause: str, phase: str, words: Words) -> tuple[str, str]:
    """Return a title and text in the language of `words`, from the handbook or the defaults."""
    language = offered_language(words.language)
    own = words.public.get(cause, PublicWords())
    text: str = getattr(own, phase)
    return own.title or _titles(language)[cause], text or _texts(language, cause)[phase]


def ready_message(cause: str, phase: str, words: Mapping[str, Words]) -> PatronMessage:
    """Return the ready-made message to patrons, in each language of the handbook."""
    ready = {code: proposed_text(cause, phase, own) for code, own in words.items()}
    return PatronMessage(
        public_state(cause),
        titles={code: title for code, (title, _) in ready.items()},
        texts={code: text for code, (_, text) in ready.items()},
    )


def proposed_message(cause: str, phase: str, words: Words) -> str:
    """Return the ready-made text for workstations, in the language of `words`."""
    own: str = getattr(words.message.get(cause, MessageWords()), phase)
    return own or _messages(offered_language(words.language), cause)[phase]


def _messages(language: Language, cause: str) -> dict[str, str]:
    say = language.say
    texts = {
        "begin": say("Prêtez en secours, posez les retours sur le chariot."),
        "update": say("La panne dure encore\u202f: continuez de prêter en secours."),
        "end": say("Alma répond de nouveau\u202f: essayez-le, puis prêtez dans Alma."),
    }
    slow = {
        "begin": say("Alma est ralenti\u202f: s’il ne répond plus, prêtez en secours."),
        "update": say("Alma est encore ralenti."),
    }
    return texts | slow if cause == "slow" else texts


def _titles(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "system": say("Le catalogue et votre compte sont en panne"),
        "network": say("Nos services en ligne ne répondent pas"),
        "sign_in": say("La connexion à votre compte est en panne"),
        "slow": say("Le catalogue et votre compte sont ralentis"),
        "work": say("Le catalogue et votre compte sont coupés pour des travaux"),
    }


def _texts(language: Language, cause: str) -> dict[str, str]:
    say = language.say
    desks = say("Vous pouvez emprunter et rendre aux guichets.")
    slow = say("Les pages s’ouvrent lentement. Attendez un peu, ou demandez au guichet.")
    works, repair = say("Les travaux durent encore."), say("La réparation est en cours.")
    return {
        "begin": slow if cause == "slow" else desks,
        "update": works if cause == "work" else repair,
        "end": say("Tout fonctionne de nouveau. Merci de votre patience."),
    }
