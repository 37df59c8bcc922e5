"""What a dossier calls its open points."""

from __future__ import annotations

from dashboard.translations import Language


def open_points(language: Language) -> dict[str, str]:
    """Return the sentence of each open point by its key; `{count}` is its number."""
    say = language.say
    return {
        "not_over": say("La fin n’est pas encore confirmée."),
        "still_down": say("Encore en échec, vu du serveur : {count}."),
        "nobody_told": say("Aucun contact n’est noté."),
        "no_message": say("Aucun message n’a été envoyé aux postes."),
        "not_announced": say("Aucune page d’état lue n’a annoncé d’incident."),
        "not_read": say("Échecs avec plus de 5 min sans relevé : {count}."),
        "to_export": say("Prêts à écrire dans un fichier pour Alma : {count}."),
        "to_upload": say("Prêts dans un fichier, à envoyer à Alma : {count}."),
        "to_verify": say("Prêts envoyés, à vérifier dans Alma : {count}."),
        "to_check": say("Scans à vérifier avant tout envoi : {count}."),
        "to_settle": say("Prêts refusés par Alma, à régler : {count}."),
        "to_undo": say("Prêts annulés après l’envoi, à défaire dans Alma : {count}."),
    }
