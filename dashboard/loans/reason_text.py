"""Texts for refused scans and for warnings about loans."""

from collections.abc import Callable

from dashboard.loans.list_text import list_texts
from dashboard.translations import Language
from dashboard.ui.feedback import not_allowed_text, try_action
from procedure.circulation.list_advice import Reason


def reason_texts(language: Language) -> dict[str, str]:
    """Return the sentence for the key of each refusal and warning; `other` is for unknown keys."""
    return _doubts(language) | _refusals(language) | _lists(language)


def conflict_texts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "lent_twice": say("prêté deux fois sans retour entre les deux"),
        "lent_and_on_cart": say("prêté, et sur un chariot : gardez ce chariot fermé"),
        "in_the_future": say("heure encore à venir : l’horloge d’un poste est fausse"),
        "outside_outage": say("heure en dehors de la panne"),
        "other_content": say(
            "non pris : son numéro est déjà celui d’une autre opération ; ressaisissez-le"
        ),
        "two_desks_at_once": say("même lecteur à deux guichets dans la même minute"),
    }


def try_loan_action(act: Callable[[], object], language: Language) -> str:
    """Perform an action; return the sentence that explains its refusal, or an empty string."""
    return try_action(act, language, reason_texts(language))


def _doubts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "repeated": say("Ce document vient d’être pris pour ce lecteur : rien de plus à faire."),
        "renewal": say("Déjà prêté à ce lecteur aujourd’hui : pris comme prolongation."),
        "other_patron": say("Prêté aujourd’hui à un autre lecteur : vérifiez la carte."),
        "card_on_cart": say("C’est une carte de lecteur : rien n’est posé sur le chariot."),
        "looks_like_patron": say("Ce code ressemble à une carte de lecteur."),
        "unknown_card": say("Ce numéro n’a la forme d’aucune carte connue : vérifiez la carte."),
        "matriculation": say("C’est un numéro d’immatriculation, pas celui de la carte."),
        **_shapes(language),
        "on_cart": say("Ce document est sur le chariot, pas encore rendu dans Alma."),
        "item_too_long": say("Code-barres trop long pour le fichier d’Alma."),
        "item_not_ascii": say("Code-barres avec un caractère que le fichier d’Alma refuse."),
        "patron_too_long": say("Numéro de lecteur trop long pour le fichier d’Alma."),
        "patron_not_ascii": say(
            "Numéro de lecteur avec un caractère que le fichier d’Alma refuse."
        ),
        "item_not_printable": say("Code-barres avec un caractère invisible : corrigez-le."),
        "patron_not_printable": say("Numéro de lecteur avec un caractère invisible : corrigez-le."),
        "no_offline_file": say("Relais n’écrit aucun fichier pour Alma : saisissez ce prêt."),
        "lent_and_carted": say(
            "Prêté pendant la panne : ne le rendez dans Alma qu’une fois ce prêt envoyé."
        ),
        "void_after_export": say("Annulé après l’envoi : à défaire aussi dans Alma."),
        "overridden": say("Confirmé au poste."),
        "late": say("Saisi plus tard."),
    }


def _lists(language: Language) -> dict[str, str]:
    texts, say = list_texts(language), language.say
    doubts = (reason.value for reason in Reason if reason is not Reason.KNOWN)
    return {key: say("{reason}, selon la liste.", reason=texts[key]) for key in doubts}


def _shapes(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "swapped": say("Carte et document semblent inversés."),
        "looks_like_item": say("Ce code ressemble à un document, pas à une carte."),
        "glued": say("Deux scans se sont collés : annulez et scannez de nouveau."),
        "partial": say("Le scan semble coupé : annulez et scannez de nouveau."),
        "small_letters": say("Lettres minuscules dans un code-barres : vérifiez le clavier."),
        "isbn": say("C’est l’ISBN, pas le code-barres de la bibliothèque."),
        "address": say("C’est une adresse web : scannez l’autre code."),
        "keyboard_french": say(
            "Clavier français détecté, lu comme {code} : réglez le clavier sur « suisse »."
        ),
        "keyboard_swiss": say(
            "Majuscules bloquées détectées, lu comme {code} : relâchez Verr. Maj."
        ),
    }


def _refusals(language: Language) -> dict[str, str]:
    say = language.say
    again = say("Le scan est incomplet ou illisible : scannez de nouveau.")
    return {
        **{f"{field}_{key}": again for field in ("patron", "item") for key in _SCAN_FAULTS},
        "desk_missing": say("Choisissez d’abord le guichet de ce poste, en haut de la page."),
        "desk_unknown": say("Ce guichet n’existe plus : choisissez-en un autre."),
        "reason_missing": say("Dites en quelques mots pourquoi ce prêt est annulé."),
        "reason_unreadable": say("Ce motif contient un caractère illisible : récrivez-le."),
        "loan_unknown": say("Ce prêt n’est pas dans le journal : rechargez la page."),
        "loan_void": say("Ce prêt est déjà annulé."),
        "waiting_settled": say("Ce prêt n’attend plus sa carte : il est complété ou annulé."),
        "completed_elsewhere": say(
            "Complété entre-temps à un autre poste, avec une autre carte : ce prêt-là reste."
        ),
        "note_missing": say("Notez en quelques mots qui a ce document."),
        "note_long": say("Note trop longue : 80 caractères au plus."),
        "note_unreadable": say("La note contient un caractère illisible : récrivez-la."),
        "other_content": say(
            "Le serveur a déjà autre chose sous ce numéro : refaites ce scan ou cette annulation."
        ),
        "malformed": say("Cette page est d’une autre version que le serveur : rechargez-la."),
        "not_allowed": not_allowed_text(language),
        "unwritable": say(
            "Le serveur ne peut pas écrire : le prêt reste sur ce poste et repartira."
        ),
        "failed": say("Le serveur a échoué : le prêt reste sur ce poste et repartira."),
        "late_skipped": say("Cette heure n’a pas existé ce jour-là : les horloges ont avancé."),
        "late_future": say("Cette heure est encore à venir : vérifiez le jour et l’heure."),
        "not_taken": say("Non enregistré : scannez de nouveau."),
        "unkept": say("Gardé par cette page seulement : ne la fermez pas."),
        "other": say("Le serveur a refusé ce scan : appelez la coordination."),
    }


_SCAN_FAULTS = ("missing", "unreadable", "absurd")
