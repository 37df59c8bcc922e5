"""Sentences and parts of sentences that several features use."""

from dashboard.translations import Language
from procedure.outages.public_entries import PublicState
from procedure.reconciliation.reconciled_loan import Stage
from procedure.status_pages.status import PageStatus


def in_words(number: int, language: Language) -> str:
    """Return a small number as a word, and a larger number as digits."""
    say = language.say
    spelled = {2: say("deux"), 3: say("trois"), 4: say("quatre"), 5: say("cinq"), 6: say("six")}
    return spelled.get(number) or language.number(number)


def stage_names(language: Language, count: int = 2) -> dict[Stage, str]:
    """Return the names of the stages for this many loans, in the order of the stages."""
    say, plural = language.say, language.plural
    return {
        Stage.TO_CHECK: say("à vérifier"),
        Stage.ON_THE_WAY: say("en route"),
        Stage.TO_SETTLE: say("à régler"),
        Stage.IN_ALMA: say("dans Alma"),
        Stage.SETTLED_BY_HAND: plural("réglé à la main", "réglés à la main", count),
        Stage.VOIDED: plural("annulé", "annulés", count),
    }


def to_bring_text(count: int, language: Language) -> str:
    """Return a sentence with the number of loans to transfer to Alma; empty if none."""
    if not count:
        return ""
    return language.plural(
        "{count} prêt à transférer dans Alma.", "{count} prêts à transférer dans Alma.", count
    )


def pending_text(count: int, language: Language) -> str:
    """Return a sentence with the number of loans waiting for a forgotten card; empty if none."""
    if not count:
        return ""
    return language.plural(
        "{count} prêt attend une carte oubliée.",
        "{count} prêts attendent une carte oubliée.",
        count,
    )


def accounted_text(accounted: int, total: int, pending: int, language: Language) -> str:
    """Return a sentence with the numbers of loans accounted for and loans waiting for a card."""
    text = language.plural(
        "{count} prêt traité sur {total}",
        "{count} prêts traités sur {total}",
        accounted,
        total=language.number(total),
    )
    if not pending:
        return f"{text}."
    without_card = language.plural(
        "{count} attend une carte oubliée", "{count} attendent une carte oubliée", pending
    )
    return f"{text}, {without_card}."


def who_did(operator: str | None, workstation: str) -> str:
    """Return the person, if known, and the workstation."""
    return ", ".join(filter(None, (operator, workstation)))


def state_names(language: Language) -> dict[PublicState, str]:
    say = language.say
    return {
        PublicState.WORKS: say("Fonctionne"),
        PublicState.DEGRADED: say("Ralenti"),
        PublicState.DOWN: say("En panne"),
        PublicState.PLANNED: say("Travaux"),
    }


def review_questions(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "happened": say("Que s’est-il passé ?"),
        "noticed": say("Quand l’a-t-on remarqué ?"),
        "change": say("Que changer ?"),
    }


def page_sentence(status: PageStatus, page: str, language: Language) -> str:
    """Return a sentence about a status page's announcement."""
    say = language.say
    sentences = {
        PageStatus.OK: say("{page} : rien d’annoncé."),
        PageStatus.INCIDENT: say("{page} : incident annoncé."),
        PageStatus.PLANNED: say("{page} : travaux annoncés."),
        PageStatus.UNKNOWN: say("{page} : à lire."),
    }
    return sentences[status].format(page=page)


def quoted(text: str, language: Language) -> str:
    """Return text written by a person, or read from a page, in quotation marks."""
    return language.say("«\u202f{said}\u202f»", said=language.written(text))
