"""The findings in French."""

from __future__ import annotations

from procedure.monitoring.messages.message import EXPIRING, RESERVED, Key, Message
from procedure.monitoring.model import FailureCause, Phase, Status

TABLE: dict[Key, Message] = {
    FailureCause.DNS: Message(
        "nom introuvable",
        "Le nom {host} est introuvable : le service de noms ne le connaît pas, ou ne répond pas.",
    ),
    FailureCause.REFUSED: Message(
        "connexion refusée",
        "{host} refuse la connexion : la machine est là, le service non.",
    ),
    FailureCause.UNREACHABLE: Message(
        "injoignable",
        "Aucun chemin ne mène à {host} depuis ici.",
    ),
    FailureCause.TIMEOUT: Message(
        "délai {seconds} s",
        "{host} n’a rien répondu en {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.DNS): Message(
        "délai {seconds} s",
        "Le service de noms n’a rien dit sur {host} en {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.CONNECT): Message(
        "délai {seconds} s",
        "{host} ne se laisse pas joindre : aucun signe en {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.TLS): Message(
        "délai {seconds} s",
        "{host} a accepté la connexion, mais ne l’a pas sécurisée en {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.FIRST_BYTE): Message(
        "délai {seconds} s",
        "{host} a accepté la demande, puis n’a rien répondu en {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.BODY): Message(
        "délai {seconds} s",
        "{host} a commencé sa réponse, sans la finir en {seconds} s.",
    ),
    FailureCause.RESET: Message(
        "coupé",
        "{host} a coupé la connexion sans répondre.",
    ),
    (FailureCause.RESET, Phase.BODY): Message(
        "coupé",
        "{host} a coupé la connexion au milieu de sa réponse.",
    ),
    FailureCause.PROTOCOL: Message(
        "réponse illisible",
        "{host} répond, mais pas comme un site web.",
    ),
    (FailureCause.PROTOCOL, Phase.BODY): Message(
        "réponse illisible",
        "{host} a commencé sa réponse, mais la suite manque ou ne se lit pas.",
    ),
    FailureCause.TLS: Message(
        "non sécurisé",
        "La connexion sécurisée avec {host} a échoué.",
    ),
    (FailureCause.TLS, "the certificate has expired"): Message(
        "certificat expiré",
        "{host} présente un certificat expiré.",
    ),
    (FailureCause.TLS, "the certificate is self-signed"): Message(
        "certificat douteux",
        "{host} présente un certificat que personne d’autre ne garantit.",
    ),
    (FailureCause.TLS, "the certificate is for another host"): Message(
        "certificat étranger",
        "{host} présente le certificat d’un autre : quelqu’un répond à sa place.",
    ),
    (FailureCause.TLS, "the certificate names no host"): Message(
        "certificat sans nom",
        "{host} présente un certificat qui ne nomme aucun hôte (pas de subjectAltName) : aucun "
        "navigateur ne l’accepte.",
    ),
    FailureCause.STATUS: Message(
        "HTTP {status}",
        "{host} répond par une erreur (HTTP {status}).",
    ),
    (FailureCause.STATUS, 401): Message(
        "HTTP 401",
        "{host} demande de s’identifier, ce qui n’est pas prévu (HTTP 401).",
    ),
    (FailureCause.STATUS, 403): Message(
        "HTTP 403",
        "{host} refuse l’accès (HTTP 403).",
    ),
    (FailureCause.STATUS, 404): Message(
        "HTTP 404",
        "{host} répond que cette page n’existe pas (HTTP 404).",
    ),
    (FailureCause.STATUS, 429): Message(
        "HTTP 429",
        "{host} reçoit trop de demandes (HTTP 429).",
    ),
    (FailureCause.STATUS, 503): Message(
        "HTTP 503",
        "{host} se dit indisponible pour le moment (HTTP 503).",
    ),
    FailureCause.REDIRECT: Message(
        "renvois sans issue",
        "{host} renvoie sans fin, ou vers une adresse où il ne faut pas aller.",
    ),
    (FailureCause.REDIRECT, "redirected from https to http"): Message(
        "renvoi non sécurisé",
        "{host} renvoie vers une adresse non sécurisée.",
    ),
    FailureCause.CONTENT: Message(
        "texte inattendu",
        "{host} répond, mais la page annonce une panne ou n’a pas le texte attendu.",
    ),
    FailureCause.PORTAL: Message(
        "page étrangère",
        "{host} répond à la place de l’adresse demandée : sans doute un portail d’accès au réseau.",
    ),
    FailureCause.OVERSIZE: Message(
        "trop lourd",
        "{host} envoie bien plus qu’une page : la lecture a été arrêtée.",
    ),
    FailureCause.NETWORK: Message(
        "réseau",
        "Le réseau a échoué d’une façon inattendue.",
    ),
    Status.UNKNOWN: Message(
        "inconnu",
        "On ne sait rien : cette machine n’a pas pu faire l’essai.",
    ),
    Status.DOWN: Message(
        "échoue",
        "{host} ne répond pas comme il faut.",
    ),
    Status.UP: Message(
        "répond",
        "{host} répond.",
    ),
    Status.SLOW: Message(
        "lent",
        "{host} répond, mais lentement.",
    ),
    RESERVED: Message(
        "répond",
        "{host} répond et demande de s’identifier, comme prévu.",
    ),
    EXPIRING: Message(
        "répond",
        "{host} répond, mais son certificat expire dans {days} jours.",
    ),
}

# Where no single attempt gives the figure.
NAMES: dict[FailureCause, str] = {
    FailureCause.TIMEOUT: "délai dépassé",
    FailureCause.STATUS: "erreur HTTP",
}
