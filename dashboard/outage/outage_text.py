"""Texts about an outage: its title, and refusals."""

from collections.abc import Callable

from dashboard.translations import Language
from dashboard.ui.feedback import try_action
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suspected_outage import Suspected
from procedure.errors import OutageRefused


def title(suspected: Suspected | None, language: Language) -> str:
    """Return a proposed title."""
    say = language.say
    names = {
        FaultLocation.VDI: say("Alma inaccessible en VDI"),
        FaultLocation.SITE: say("Alma inaccessible sur un site"),
        FaultLocation.CAMPUS: say("Notre réseau"),
        FaultLocation.INTERNET: say("Accès à Internet"),
        FaultLocation.LOGIN: say("Service de connexion"),
        FaultLocation.PLANNED: say("Travaux annoncés"),
    }
    fault = suspected.fault if suspected else FaultLocation.ALMA
    named = suspected.title if suspected else ""
    return named or names.get(fault, say("Alma inaccessible"))


def try_outage_action(act: Callable[[], object], language: Language) -> str:
    """Perform an action; return the sentence that explains its refusal, or an empty string."""
    try:
        return try_action(act, language)
    except OutageRefused as refusal:
        return refusal_sentence(refusal, language)


def refusal_sentence(refusal: OutageRefused, language: Language) -> str:
    """Return the sentence that explains a refusal."""
    say, name = language.say, language.written(refusal.name)
    overlaps = say(
        "Elle recouvre une autre panne\u202f: {name}. Corrigez le début, ou déclarez-la encore.",
        name=name,
    )
    return overlaps if refusal.reason == "overlaps" else _refusals(language)[refusal.reason]


def refusal_text(reason: str, language: Language) -> str:
    """Return the sentence that explains a refusal, or an empty string for an unknown reason."""
    return _refusals(language).get(reason, "")


def _refusals(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "name_missing": say("Dites d’abord qui agit : un nom ou des initiales."),
        "too_long": say("C’est trop long : 500 signes au plus, 300 pour le nom de la panne."),
        "title_missing": say("Donnez un nom à la panne, par exemple : Alma ne répond plus."),
        "message_missing": say("Écrivez le message, ou changez C1."),
        "reason_missing": say("Dites pourquoi la déclaration est retirée."),
        "note_missing": say("Écrivez la note."),
        "no_time": say("Écrivez l’heure ainsi : 09:12, ou 24.11. 09:12 pour un autre jour."),
        "end_before_begin": say("La fin serait avant le début : corrigez l’heure."),
        "ended_before_declared": say(
            "Elle a été déclarée après cette fin. Corrigez l’heure, ou finissez-la encore."
        ),
        "declared_already": say("Quelqu’un vient de la déclarer : voyez ci-dessus."),
        "review_unchanged": say("Rien n’a changé dans ce texte."),
        "review_too_long": say("C’est trop long : 4000 signes au plus par réponse."),
        "none_stands": say("Cette panne est déjà finie : rien n’est envoyé."),
    }
