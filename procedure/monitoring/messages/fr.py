"""The findings in French."""

from __future__ import annotations

from procedure.monitoring.messages.message import EXPIRING, RESERVED, Key, Words
from procedure.monitoring.model import Cause, Phase, Verdict

TABLE: dict[Key, Words] = {
    Cause.DNS: Words(
        "nom introuvable",
        "Le nom {host} est introuvable : le service de noms ne le connaît pas, ou ne répond pas.",
    ),
    Cause.REFUSED: Words(
        "connexion refusée",
        "{host} refuse la connexion : la machine est là, le service non.",
    ),
    Cause.UNREACHABLE: Words(
        "injoignable",
        "Aucun chemin ne mène à {host} depuis ici.",
    ),
    Cause.TIMEOUT: Words(
        "délai {seconds} s",
        "{host} n’a rien répondu en {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.DNS): Words(
        "délai {seconds} s",
        "Le service de noms n’a rien dit sur {host} en {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.CONNECT): Words(
        "délai {seconds} s",
        "{host} ne se laisse pas joindre : aucun signe en {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.TLS): Words(
        "délai {seconds} s",
        "{host} a accepté la connexion, mais ne l’a pas sécurisée en {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.FIRST_BYTE): Words(
        "délai {seconds} s",
        "{host} a accepté la demande, puis n’a rien répondu en {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.BODY): Words(
        "délai {seconds} s",
        "{host} a commencé sa réponse, sans la finir en {seconds} s.",
    ),
    Cause.RESET: Words(
        "coupé",
        "{host} a coupé la connexion sans répondre.",
    ),
    (Cause.RESET, Phase.BODY): Words(
        "coupé",
        "{host} a coupé la connexion au milieu de sa réponse.",
    ),
    Cause.PROTOCOL: Words(
        "réponse illisible",
        "{host} répond, mais pas comme un site web.",
    ),
    (Cause.PROTOCOL, Phase.BODY): Words(
        "réponse illisible",
        "{host} a commencé sa réponse, mais la suite manque ou ne se lit pas.",
    ),
    Cause.TLS: Words(
        "non sécurisé",
        "La connexion sécurisée avec {host} a échoué.",
    ),
    (Cause.TLS, "the certificate has expired"): Words(
        "certificat expiré",
        "{host} présente un certificat expiré.",
    ),
    (Cause.TLS, "the certificate is self-signed"): Words(
        "certificat douteux",
        "{host} présente un certificat que personne d’autre ne garantit.",
    ),
    (Cause.TLS, "the certificate is for another host"): Words(
        "certificat étranger",
        "{host} présente le certificat d’un autre : quelqu’un répond à sa place.",
    ),
    (Cause.TLS, "the certificate names no host"): Words(
        "certificat sans nom",
        "{host} présente un certificat qui ne nomme aucun hôte (pas de subjectAltName) : aucun "
        "navigateur ne l’accepte.",
    ),
    Cause.STATUS: Words(
        "HTTP {status}",
        "{host} répond par une erreur (HTTP {status}).",
    ),
    (Cause.STATUS, 401): Words(
        "HTTP 401",
        "{host} demande de s’identifier, ce qui n’est pas prévu (HTTP 401).",
    ),
    (Cause.STATUS, 403): Words(
        "HTTP 403",
        "{host} refuse l’accès (HTTP 403).",
    ),
    (Cause.STATUS, 404): Words(
        "HTTP 404",
        "{host} répond que cette page n’existe pas (HTTP 404).",
    ),
    (Cause.STATUS, 429): Words(
        "HTTP 429",
        "{host} reçoit trop de demandes (HTTP 429).",
    ),
    (Cause.STATUS, 503): Words(
        "HTTP 503",
        "{host} se dit indisponible pour le moment (HTTP 503).",
    ),
    Cause.REDIRECT: Words(
        "renvois sans issue",
        "{host} renvoie sans fin, ou vers une adresse où il ne faut pas aller.",
    ),
    (Cause.REDIRECT, "redirected from https to http"): Words(
        "renvoi non sécurisé",
        "{host} renvoie vers une adresse non sécurisée.",
    ),
    Cause.CONTENT: Words(
        "texte inattendu",
        "{host} répond, mais la page annonce une panne ou n’a pas le texte attendu.",
    ),
    Cause.PORTAL: Words(
        "page étrangère",
        "{host} répond à la place de l’adresse demandée : sans doute un portail d’accès au réseau.",
    ),
    Cause.OVERSIZE: Words(
        "trop lourd",
        "{host} envoie bien plus qu’une page : la lecture a été arrêtée.",
    ),
    Cause.NETWORK: Words(
        "réseau",
        "Le réseau a échoué d’une façon inattendue.",
    ),
    Verdict.UNKNOWN: Words(
        "inconnu",
        "On ne sait rien : cette machine n’a pas pu faire l’essai.",
    ),
    Verdict.DOWN: Words(
        "échoue",
        "{host} ne répond pas comme il faut.",
    ),
    Verdict.UP: Words(
        "répond",
        "{host} répond.",
    ),
    Verdict.SLOW: Words(
        "lent",
        "{host} répond, mais lentement.",
    ),
    RESERVED: Words(
        "répond",
        "{host} répond et demande de s’identifier, comme prévu.",
    ),
    EXPIRING: Words(
        "répond",
        "{host} répond, mais son certificat expire dans {days} jours.",
    ),
}

# Where no single attempt gives the figure.
NAMES: dict[Cause, str] = {
    Cause.TIMEOUT: "délai dépassé",
    Cause.STATUS: "erreur HTTP",
}
