"""Texts of the reconciliation: steps, checklist, forecasts, refusals."""

from dataclasses import dataclass

from dashboard.loans.list_text import list_texts
from dashboard.translations import Language
from procedure.reconciliation.forecast import LISTED


@dataclass(frozen=True, slots=True)
class TitleAndHint:
    """A title with a short explanation."""

    title: str
    hint: str = ""


def steps(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "import": say("Importer"),
        "check": say("Scans"),
        "preflight": say("Contrôle"),
        "send": say("Envoi"),
        "proof": say("Preuve"),
        "carts": say("Chariots"),
        "sign": say("Signer"),
    }


def points(language: Language) -> dict[str, TitleAndHint]:
    """Return the points on the checklist, each with its reason."""
    say = language.say
    return {
        "block_off": TitleAndHint(
            say("Blocage « prêté à quelqu’un d’autre » hors de « Handle Automatically »"),
            say("Sinon Alma peut mélanger les prêts. Réglage de l’institution, dans Alma."),
        ),
        "carts_closed": TitleAndHint(
            say("Chariots fermés, rien n’est rendu dans Alma"),
            say("Un document rendu trop tôt fait perdre son prêt."),
        ),
        "desk_chosen": TitleAndHint(
            say("Guichet choisi dans Alma avant chaque envoi"),
            say("Alma croit tout fait au guichet de qui envoie."),
        ),
        "file_per_desk": TitleAndHint(
            say("Un fichier par guichet, dans l’ordre de la liste"),
            say("Un fichier ne s’envoie qu’une fois."),
        ),
        "trial_seen": TitleAndHint(
            say("Premier petit fichier vu juste dans Alma"),
            say("Lecteur, document, heure et guichet, avant d’envoyer le reste."),
        ),
        "block_back": TitleAndHint(
            say("Blocage remis comme avant"),
            say("Rappelé sur toutes les pages jusqu’à ce que ce soit fait."),
        ),
    }


def waits(language: Language, *, has_report: bool) -> dict[str, str]:
    """Return, for each point that must wait, a sentence that says when it can be ticked."""
    say = language.say
    return {
        "desk_chosen": say("À cocher quand un fichier est écrit."),
        "file_per_desk": say("À cocher quand tous les fichiers sont écrits."),
        "trial_seen": say("À cocher quand le rapport d’un essai est lu.")
        if has_report
        else say("À cocher quand un essai est envoyé."),
        "block_back": say("À cocher quand le blocage a été retiré."),
    }


def reasons(language: Language) -> dict[str, TitleAndHint]:
    """Return the text for each reason why staff must deal with a row, by key."""
    say = language.say
    other = say("Prêté à quelqu’un d’autre")
    return {
        "item_not_found": TitleAndHint(
            say("Document introuvable"), say("code mal lu, ou document pas encore catalogué")
        ),
        "user_not_found": TitleAndHint(
            say("Lecteur introuvable"), say("souvent un autre numéro de la même personne")
        ),
        "later_action": TitleAndHint(
            say("Une action plus récente existe"), say("rendu ou reprêté dans Alma avant l’envoi")
        ),
        "on_loan": TitleAndHint(other, say("l’ancien prêt n’a pas été rendu")),
        "other_user": TitleAndHint(other, say("Alma a un prêt d’un autre lecteur sur ce document")),
        "on_hold_shelf": TitleAndHint(
            say("Réservé pour quelqu’un d’autre"), say("le document attend un autre lecteur")
        ),
        "not_loanable": TitleAndHint(say("Document exclu du prêt"), say("Alma ne le prête pas")),
        "wrong_desk": TitleAndHint(
            say("Mauvais guichet"), say("ce guichet ne prête pas pour cette bibliothèque")
        ),
        "blocked": TitleAndHint(say("Lecteur bloqué"), say("blocage ou carte échue dans Alma")),
        "not_on_loan": TitleAndHint(say("N’était pas prêté"), say("retour sans prêt")),
        "handed_on": TitleAndHint(say("Confié"), say("à faire à la main, dans aucun fichier")),
        "to_check": TitleAndHint(say("Scan à vérifier"), say("dans aucun fichier avant décision")),
        "void_in_alma": TitleAndHint(
            say("Annulé, mais prêté dans Alma"), say("rendez le document dans Alma")
        ),
        "missing": TitleAndHint(say("Absent d’Alma"), say("aucun prêt de ce document n’y figure")),
    }


def forecasts(language: Language) -> dict[str, TitleAndHint]:
    """Return the text for each kind of forecast; the hint says what to do."""
    say = language.say
    refused = reasons(language)
    return {
        "ok": TitleAndHint(say("Rien ne s’y oppose")),
        "renewal": TitleAndHint(say("Prolongation"), say("le même lecteur l’a déjà")),
        "due_at_risk": TitleAndHint(
            say("Échéance ramenée à l’envoi"), say("prêts courts, à prolonger après coup")
        ),
        "item_not_found": refused["item_not_found"],
        "item_elsewhere": TitleAndHint(
            say("Document d’une autre institution"), say("à prêter là-bas ou à la main")
        ),
        "user_not_found": refused["user_not_found"],
        "user_in_network": TitleAndHint(
            say("Lecteur du réseau, inconnu ici"), say("créer d’abord son compte lié dans Alma")
        ),
        "other_identifier": TitleAndHint(
            say("Autre numéro que celui de la carte"), say("le bon numéro est connu d’Alma")
        ),
        "later_action": refused["later_action"],
        "on_loan_other": refused["on_loan"],
        "on_hold_shelf": refused["on_hold_shelf"],
        "wrong_desk": refused["wrong_desk"],
        "user_blocked": TitleAndHint(
            say("Lecteur bloqué"), say("à lever dans Alma, si c’est permis")
        ),
        "card_expired": TitleAndHint(say("Carte échue"), say("à prolonger dans Alma")),
        "unwritable": TitleAndHint(
            say("Ne tient pas dans le fichier"), say("à saisir à la main dans Alma")
        ),
        **_listed(language),
        "not_checked": TitleAndHint(say("Non vérifié"), say("personne n’a demandé à Alma")),
    }


def _listed(language: Language) -> dict[str, TitleAndHint]:
    labels = list_texts(language)
    hint = language.say("selon la liste, au scan\u202f; personne n’a demandé à Alma")
    return {f"listed_{reason}": TitleAndHint(labels[reason], hint) for reason in LISTED}


def open_point_texts(language: Language) -> dict[str, str]:
    """Return a sentence for each open point.

    `{count}` is the number of loans, items or checklist points.
    """
    say = language.say
    return {
        "to_export": say("Prêts à écrire dans un fichier pour Alma\u202f: {count}."),
        "to_upload": say("Prêts dans un fichier, à envoyer à Alma\u202f: {count}."),
        "to_verify": say("Prêts envoyés, à vérifier dans Alma\u202f: {count}."),
        "to_check": say("Scans à vérifier avant tout envoi\u202f: {count}."),
        "to_settle": say("Prêts refusés par Alma, à régler\u202f: {count}."),
        "card_missing": say("Prêts sur carte oubliée, à compléter ou à annuler\u202f: {count}."),
        "not_in_alma": say("Réglés à la main, sans prêt dans Alma\u202f: {count}."),
        "to_undo": say("Prêts annulés après l’envoi, à défaire dans Alma\u202f: {count}."),
        "on_carts": say("Documents sur les chariots, à rendre dans Alma\u202f: {count}."),
        "unticked": say("Points de l’envoi non cochés\u202f: {count}."),
        "block_back": say("Le blocage n’est pas remis dans Alma."),
    }


def stops(language: Language) -> dict[str, str]:
    """Return the text for each reason why an Alma job ended early, by key."""
    say = language.say
    return {
        "person": say(
            "Arrêté par une personne. Ce qu’Alma a répondu est gardé : reprenez quand vous voulez."
        ),
        "silent": say("Alma ne répond plus. Reprenez plus tard : seul le reste sera demandé."),
        "spent": say("Le quota du jour est presque épuisé. Reprenez après minuit."),
        "shut": say("Alma refuse la clé, ou il n’y en a pas : voyez avec l’informatique."),
        "unwritable": say("Le serveur ne peut pas écrire. Reprenez quand c’est réparé."),
        "failed": say("Le serveur a échoué. Reprenez, et signalez-le à l’informatique."),
    }


def outcomes(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "corrected": say("Corrigé. Ce qui a été scanné reste au journal."),
        "corrected_doubtful": say("Corrigé, mais encore douteux : voyez la raison."),
        "confirmed": say("C’est noté : le prêt part avec le prochain fichier."),
        "voided": say("Prêt annulé."),
        "found": say("Alma a répondu : plus rien à régler."),
        "unwritable": say("Le serveur ne peut pas écrire. Reprenez quand c’est réparé."),
        "undone": say("Annulé : scannez de nouveau la carte et le document, à un guichet."),
        "asked_first": say(
            "Alma a d’abord été consulté : lisez ce qu’il dit de chaque ligne, puis confirmez."
        ),
        "asked_in_vain": say(
            "Alma n’a pas répondu pour chaque ligne : vérifiez vous-même, puis confirmez."
        ),
        "settled": say("Réglé à la main."),
        "looked": say("Alma a répondu."),
        "refused": say("C’est noté : à corriger, ou à régler à la main."),
        "handed_on": say("Confié avec votre note : à régler à la main."),
        "fate_made": say("Prêté dans Alma, daté d’aujourd’hui."),
        "fate_refused": say("Alma a refusé ce prêt : rien n’est fait."),
        "fate_never_arrived": say("La demande n’est pas arrivée : rien n’est fait dans Alma."),
        "fate_unknown": say(
            "La ligne s’est coupée. Ne recommencez pas : demandez d’abord à Alma ce qu’il en est."
        ),
        "too_early": say("Trop tôt pour le savoir : demandez de nouveau dans deux minutes."),
        "alma_silent": say("Alma ne répond pas : rien n’est fait."),
        "row_moved": say(
            "Quelqu’un d’autre règle des lignes : regardez de nouveau, puis confirmez."
        ),
        "not_refused": say("Cette ligne n’est plus refusée : rien à régler."),
    }


def refusals(language: Language) -> dict[str, str]:
    say = language.say
    name = say("Donnez d’abord votre nom ou vos initiales.")
    return {
        "name_missing": name,
        "operator_missing": name,
        "none_chosen": say("Cochez au moins une ligne."),
        "point_closed": say("Ce point ne peut pas encore être coché, ou la liste est signée."),
        "library_missing": say("La bibliothèque de ce guichet n’est pas configurée."),
        "reason_missing": say("Dites en quelques mots comment c’est réglé."),
        "unchanged": say("Rien n’a changé : écrivez le code juste, puis corrigez."),
        "not_settled": say("Des prêts restent à régler : réglez-les, puis signez."),
        "card_missing": say(
            "Des prêts attendent une carte oubliée : complétez-les ou annulez-les, puis signez."
        ),
        "nothing_to_sign": say("Aucun prêt au journal : rien à signer."),
        "row_moved": say("Quelque chose vient de changer : regardez de nouveau, puis confirmez."),
        "nothing_to_settle": say("Cette ligne est déjà réglée ou annulée."),
        "not_uploaded": say("Ce prêt n’est dans aucun fichier envoyé : rechargez la page."),
        "not_exported": say("Ce prêt n’est dans aucun fichier : écrivez-le, ou annulez le prêt."),
        "job_running": say("Alma est déjà interrogé : attendez la fin, puis recommencez."),
        "files_running": say("Des fichiers s’écrivent déjà : attendez la fin."),
        "other_file": say("Ce rapport est celui d’un autre fichier : choisissez-le."),
        "loan_unknown": say("Cette ligne n’est plus là : rechargez la page."),
    }
