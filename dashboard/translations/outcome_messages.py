"""The name and the sentence for a probe's outcome, and the name of its cause."""

from collections.abc import Iterator, Mapping
from functools import cache

from dashboard.translations import Language
from procedure.monitoring.model import FailureCause, Outcome, Phase, Status
from procedure.monitoring.probe_findings import host_of

# A key is, from general to specific: a status; `RESERVED` or `EXPIRING`, or a cause; a cause with a
# phase, an HTTP status, or a detail such as a TLS error (`Outcome.detail`). The most specific row
# of a table applies.
Key = Status | FailureCause | str | tuple[FailureCause, Phase | int | str]

RESERVED = "reserved"
EXPIRING = "expiring"


def outcome_name(outcome: Outcome, language: Language) -> str:
    """Return a few words for an outcome with a cause, to be shown in a cell."""
    return _filled(_names(language), outcome)


def outcome_sentence(outcome: Outcome, language: Language) -> str:
    return _filled(_sentences(language), outcome)


def cause_name(cause: FailureCause, language: Language) -> str:
    """Return a short name for a cause, without the figures of a particular probe."""
    names = {
        FailureCause.TIMEOUT: language.say("délai dépassé"),
        FailureCause.STATUS: language.say("erreur HTTP"),
    }
    return names.get(cause) or _names(language)[cause]


def _filled(texts: Mapping[Key, str], outcome: Outcome) -> str:
    text = next(texts[key] for key in _keys(outcome) if key in texts)
    left = outcome.expires - outcome.at if outcome.expires else None
    return text.format(
        host=host_of(outcome.final_url or outcome.url),
        seconds=max(1, round((outcome.latency_ms or 0) / 1000)),
        status=outcome.http_status or 0,
        days=left.days if left else 0,
    )


def _keys(outcome: Outcome) -> Iterator[Key]:
    """Yield the keys that may apply, the most specific first."""
    if outcome.cause is not None and outcome.status is not Status.UNKNOWN:
        yield outcome.cause, outcome.detail.partition(";")[0]
        yield outcome.cause, outcome.http_status or 0
        if outcome.phase is not None:
            yield outcome.cause, outcome.phase
        yield outcome.cause
    elif outcome.status is Status.UP:
        if outcome.expires_soon:
            yield EXPIRING
        if outcome.reserved:
            yield RESERVED
    yield outcome.status


@cache
def _names(language: Language) -> Mapping[Key, str]:
    say = language.say
    return {
        FailureCause.DNS: say("nom introuvable"),
        FailureCause.REFUSED: say("connexion refusée"),
        FailureCause.UNREACHABLE: say("injoignable"),
        FailureCause.TIMEOUT: say("délai {seconds}\u202fs"),
        FailureCause.RESET: say("coupé"),
        FailureCause.PROTOCOL: say("réponse illisible"),
        FailureCause.TLS: say("non sécurisé"),
        (FailureCause.TLS, "the certificate has expired"): say("certificat expiré"),
        (FailureCause.TLS, "the certificate is self-signed"): say("certificat douteux"),
        (FailureCause.TLS, "the certificate is for another host"): say("certificat étranger"),
        (FailureCause.TLS, "the certificate names no host"): say("certificat sans nom"),
        FailureCause.STATUS: "HTTP {status}",
        FailureCause.REDIRECT: say("renvois sans issue"),
        (FailureCause.REDIRECT, "redirected from https to http"): say("renvoi non sécurisé"),
        FailureCause.CONTENT: say("texte inattendu"),
        FailureCause.PORTAL: say("page étrangère"),
        FailureCause.OVERSIZE: say("trop lourd"),
        FailureCause.NETWORK: say("réseau"),
        Status.UNKNOWN: say("inconnu"),
    }


@cache
def _sentences(language: Language) -> Mapping[Key, str]:
    tables = (_of_connections, _of_certificates, _of_answers, _of_statuses)
    return {key: text for table in tables for key, text in table(language).items()}


def _of_connections(language: Language) -> dict[Key, str]:
    say = language.say
    return {
        FailureCause.DNS: say(
            "Le nom {host} est introuvable\u202f: le service de noms ne le connaît pas, ou "
            "ne répond pas."
        ),
        FailureCause.REFUSED: say(
            "{host} refuse la connexion\u202f: la machine est là, le service non."
        ),
        FailureCause.UNREACHABLE: say("Aucun chemin ne mène à {host} depuis ici."),
        FailureCause.TIMEOUT: say("{host} n’a rien répondu en {seconds}\u202fs."),
        (FailureCause.TIMEOUT, Phase.DNS): say(
            "Le service de noms n’a rien dit sur {host} en {seconds}\u202fs."
        ),
        (FailureCause.TIMEOUT, Phase.CONNECT): say(
            "{host} ne se laisse pas joindre\u202f: aucun signe en {seconds}\u202fs."
        ),
        (FailureCause.TIMEOUT, Phase.TLS): say(
            "{host} a accepté la connexion, mais ne l’a pas sécurisée en {seconds}\u202fs."
        ),
        (FailureCause.TIMEOUT, Phase.FIRST_BYTE): say(
            "{host} a accepté la demande, puis n’a rien répondu en {seconds}\u202fs."
        ),
        (FailureCause.TIMEOUT, Phase.BODY): say(
            "{host} a commencé sa réponse, sans la finir en {seconds}\u202fs."
        ),
        FailureCause.RESET: say("{host} a coupé la connexion sans répondre."),
        (FailureCause.RESET, Phase.BODY): say(
            "{host} a coupé la connexion au milieu de sa réponse."
        ),
        FailureCause.PROTOCOL: say("{host} répond, mais pas comme un site web."),
        (FailureCause.PROTOCOL, Phase.BODY): say(
            "{host} a commencé sa réponse, mais la suite manque ou ne se lit pas."
        ),
        FailureCause.NETWORK: say("Le réseau a échoué d’une façon inattendue."),
    }


def _of_certificates(language: Language) -> dict[Key, str]:
    say = language.say
    return {
        FailureCause.TLS: say("La connexion sécurisée avec {host} a échoué."),
        (FailureCause.TLS, "the certificate has expired"): say(
            "{host} présente un certificat expiré."
        ),
        (FailureCause.TLS, "the certificate is self-signed"): say(
            "{host} présente un certificat que personne d’autre ne garantit."
        ),
        (FailureCause.TLS, "the certificate is for another host"): say(
            "{host} présente le certificat d’un autre\u202f: quelqu’un répond à sa place."
        ),
        (FailureCause.TLS, "the certificate names no host"): say(
            "{host} présente un certificat qui ne nomme aucun hôte (pas de "
            "subjectAltName)\u202f: aucun navigateur ne l’accepte."
        ),
    }


def _of_answers(language: Language) -> dict[Key, str]:
    say = language.say
    return {
        FailureCause.STATUS: say("{host} répond par une erreur (HTTP {status})."),
        (FailureCause.STATUS, 401): say(
            "{host} demande de s’identifier, ce qui n’est pas prévu (HTTP 401)."
        ),
        (FailureCause.STATUS, 403): say("{host} refuse l’accès (HTTP 403)."),
        (FailureCause.STATUS, 404): say("{host} répond que cette page n’existe pas (HTTP 404)."),
        (FailureCause.STATUS, 429): say("{host} reçoit trop de demandes (HTTP 429)."),
        (FailureCause.STATUS, 503): say("{host} se dit indisponible pour le moment (HTTP 503)."),
        FailureCause.REDIRECT: say(
            "{host} renvoie sans fin, ou vers une adresse où il ne faut pas aller."
        ),
        (FailureCause.REDIRECT, "redirected from https to http"): say(
            "{host} renvoie vers une adresse non sécurisée."
        ),
        FailureCause.CONTENT: say(
            "{host} répond, mais la page annonce une panne ou n’a pas le texte attendu."
        ),
        FailureCause.PORTAL: say(
            "{host} répond à la place de l’adresse demandée\u202f: sans doute un portail "
            "d’accès au réseau."
        ),
        FailureCause.OVERSIZE: say(
            "{host} envoie bien plus qu’une page\u202f: la lecture a été arrêtée."
        ),
    }


def _of_statuses(language: Language) -> dict[Key, str]:
    say = language.say
    return {
        Status.UNKNOWN: say("On ne sait rien\u202f: cette machine n’a pas pu faire l’essai."),
        Status.DOWN: say("{host} ne répond pas comme il faut."),
        Status.UP: say("{host} répond."),
        Status.SLOW: say("{host} répond, mais lentement."),
        RESERVED: say("{host} répond et demande de s’identifier, comme prévu."),
        EXPIRING: say("{host} répond, mais son certificat expire dans {days}\u202fjours."),
    }
