"""The texts of the scan box, by key; the box fills in `{…}`."""

from dashboard.loans.list_text import list_texts
from dashboard.loans.reason_text import reason_texts
from dashboard.readiness.scanner_text import scanner_texts
from dashboard.translations import Language

_CUT = ("unreachable", "server", "busy", "browser")


def scan_texts(language: Language) -> dict[str, object]:
    return {
        "locale": str(language.locale).replace("_", "-"),
        **_prompts(language),
        **_cards(language),
        **_rows(language),
        **_counter(language),
        **_acts(language),
        **_screen_reader_texts(language),
        **scanner_texts(language),
        **{f"told_{key}": text for key, text in list_texts(language).items()},
        **{f"why_{key}": sentence for key, sentence in reason_texts(language).items()},
        **_unclear(language),
    }


def _prompts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "ask_patron": say("Scannez une carte de lecteur"),
        "ask_item": say("Scannez un document"),
        "ask_item_alone": say("Scannez un document (Échap avant une autre carte)"),
        "ask_return": say("Scannez un document rendu"),
        "ask_card": say("Scannez la carte retrouvée"),
        "patron": say("Numéro de la carte"),
        "item": say("Code-barres du document"),
        "undecided": say("à décider : {codes}"),
        "told_whose": say("Lecteur {code}."),
        "lists_none": say("aucune sur ce poste"),
        "items_none": say("aucun document"),
        "items_one": say("1 document"),
        "items": say("{count} documents"),
        "since": say("en cours depuis {time}"),
        "earlier_one": say("1 document déjà pris aujourd’hui à ce poste"),
        "earlier": say("{count} documents déjà pris aujourd’hui à ce poste"),
        "nobody": say("carte oubliée, {time}"),
        "asked_none": say("Rien n’est enregistré ici sans votre accord."),
        "asked_one": say("1 scan est gardé ici, pas enregistré."),
        "asked": say("{count} scans sont gardés ici, pas enregistrés."),
        "held_none": say("Vos scans sont gardés d’ici là, et enregistrés ensuite."),
        "held_one": say("1 scan est gardé ici : il sera enregistré à son heure."),
        "held": say("{count} scans sont gardés ici : ils seront enregistrés à leur heure."),
    }


def _cards(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "card_slsp": say("carte SLSP"),
        "card_geneva": say("carte genevoise"),
        "card_romandy": say("carte romande"),
        "card_hesso": say("carte HES-SO"),
        "card_eduid": say("compte edu-ID"),
        "card_matriculation": say("immatriculation"),
        "card_known": say("carte connue"),
        "card_unknown": say("forme de carte inconnue"),
    }


def _rows(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "days": say("prêt de {count} jours"),
        "show_all": say("Montrer les {count} lignes"),
        "overridden": say("Confirmé au poste."),
        "did_loan": say("prêté à {time}"),
        "did_return": say("posé à {time}"),
        "did_waiting": say("prêté à {time}"),
        "order": say("Dans l’ordre : {events}."),
        "waits_old": say("Liste de {time} : une carte a pu être scannée à un autre poste depuis."),
        "last_waiting": say("attend sa carte"),
        "last_return": say("sur le chariot"),
        "last_undecided": say("à décider"),
        "last_unclear": say("à décider"),
        "last_behind": say("attend une réponse"),
        "more_one": say("1 autre scan est à vérifier."),
        "more": say("{count} autres scans sont à vérifier."),
    }


def _unclear(language: Language) -> dict[str, str]:
    """Return why staff must say what a code is, and what waits for their answer."""
    say = language.say
    return {
        "why_cut": say("Il manque peut-être un bout : comparez avec l’étiquette."),
        "why_length": say("{count} caractères ; vos documents en ont {usual}."),
        "why_length_first": say("Premier code de cette longueur : comparez avec l’étiquette."),
        "why_elsewhere": say("Scanné pendant qu’une autre page était affichée."),
        "why_behind": say("Attend la réponse sur le scan d’avant."),
        "behind_one": say("Le scan qui l’a suivi attend votre réponse."),
        "behind": say("Les {count} scans qui l’ont suivi attendent votre réponse."),
        "unsettled": say("À décider"),
    }


def _counter(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "waiting_count": say("Décompte en cours."),
        "waiting_earlier_one": say("Dont 1 d’un jour passé."),
        "waiting_earlier": say("Dont {count} de jours passés."),
        "waiting_none": say("Tout est sur le serveur."),
        "waiting_some": say("Gardé sur ce poste, envoi en cours."),
        **{f"waiting_{key}": say("Gardé sur ce poste, envoyé dès que possible.") for key in _CUT},
        "waiting_login": say("Gardé sur ce poste : reconnectez-vous sur la page principale."),
        "waiting_full": say("Gardé sur ce poste : le serveur ne peut pas écrire."),
        "waiting_forbidden": say(
            "Gardé sur ce poste : le serveur le refuse, appelez la coordination."
        ),
        "waiting_version": say("Gardé sur ce poste : rechargez la page."),
        "waiting_asked": say("Gardé sur ce poste : Alma répond, prêtez dans Alma."),
        "waiting_desk": say("Gardé sur ce poste : choisissez le guichet."),
        "waiting_unkept": say("Gardé par cette page seulement : ne la fermez pas."),
    }


def _acts(language: Language) -> dict[str, str]:
    """Return the labels of actions, and the reasons that they record in the log."""
    say = language.say
    return {
        "slip": say("Bordereau"),
        "sound_on": say("Son activé"),
        "sound_off": say("Son coupé"),
        "reason_undo": say("annulé au poste (F8)"),
        "reason_turn": say("carte du lecteur suivant (F7)"),
        "reason_found": say("carte oubliée, retrouvée (F7)"),
        "reason_item": say("document, et non carte du lecteur suivant (F9)"),
        "reason_named": say("nom noté après le scan"),
        "reason_joined": say("scan coupé, réuni avec la suite"),
        "reason_swap": say("carte et document inversés (F6)"),
        "reason_abandon": say("prêt sur carte oubliée annulé au poste"),
        "reason_drop": say("scan douteux annulé"),
        "reason_decline": say("pas prêté, la liste en doute"),
        "reason_despite": say("repris, prêté malgré la liste (F3)"),
        "reason_confirm": say("repris, confirmé au poste (F9)"),
    }


def _screen_reader_texts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "heard_patron": say("Lecteur {code}. Scannez un document."),
        "heard_next": say("Lecteur suivant : {code}. Scannez un document."),
        "heard_same": say("{code} est déjà le lecteur en cours."),
        "heard_noted": say("Noté : {code}."),
        "heard_here": say("{code} pris."),
        "heard_asked": say("{code} gardé : Alma répond, prêtez dans Alma."),
        "heard_held": say("{code} gardé : choisissez le guichet."),
        "heard_unkept": say("{code}. {why}"),
        "heard_warning": say("{code}. {why}"),
        "heard_refused": say("Refusé. {why}"),
        "heard_unclear": say("{code}. {why}"),
        "heard_void": say("{code} annulé."),
    }
