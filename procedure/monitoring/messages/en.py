"""The findings in English."""

from __future__ import annotations

from procedure.monitoring.messages.message import EXPIRING, RESERVED, Key, Words
from procedure.monitoring.model import Cause, Phase, Verdict

TABLE: dict[Key, Words] = {
    Cause.DNS: Words(
        "name not found",
        "The name {host} cannot be found: the name service does not know it, or does not answer.",
    ),
    Cause.REFUSED: Words(
        "connection refused",
        "{host} refuses the connection: the machine is there, the service is not.",
    ),
    Cause.UNREACHABLE: Words(
        "unreachable",
        "No route leads to {host} from here.",
    ),
    Cause.TIMEOUT: Words(
        "{seconds} s timeout",
        "{host} did not answer within {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.DNS): Words(
        "{seconds} s timeout",
        "The name service said nothing of {host} within {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.CONNECT): Words(
        "{seconds} s timeout",
        "{host} cannot be reached: no sign within {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.TLS): Words(
        "{seconds} s timeout",
        "{host} took the connection, but did not secure it within {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.FIRST_BYTE): Words(
        "{seconds} s timeout",
        "{host} took the request, then said nothing within {seconds} s.",
    ),
    (Cause.TIMEOUT, Phase.BODY): Words(
        "{seconds} s timeout",
        "{host} began its answer, and did not end it within {seconds} s.",
    ),
    Cause.RESET: Words(
        "cut off",
        "{host} cut the connection without an answer.",
    ),
    (Cause.RESET, Phase.BODY): Words(
        "cut off",
        "{host} cut the connection in the middle of its answer.",
    ),
    Cause.PROTOCOL: Words(
        "unreadable",
        "{host} answers, but not as a web site does.",
    ),
    (Cause.PROTOCOL, Phase.BODY): Words(
        "unreadable",
        "{host} began its answer, but the rest is missing or cannot be read.",
    ),
    Cause.TLS: Words(
        "not secure",
        "The secure connection with {host} failed.",
    ),
    (Cause.TLS, "the certificate has expired"): Words(
        "certificate expired",
        "The certificate of {host} has expired.",
    ),
    (Cause.TLS, "the certificate is self-signed"): Words(
        "doubtful certificate",
        "{host} shows a certificate that nobody else vouches for.",
    ),
    (Cause.TLS, "the certificate is for another host"): Words(
        "foreign certificate",
        "{host} shows the certificate of another: somebody answers in its place.",
    ),
    (Cause.TLS, "the certificate names no host"): Words(
        "nameless certificate",
        "The certificate of {host} names no host (no subjectAltName): no browser accepts it.",
    ),
    Cause.STATUS: Words(
        "HTTP {status}",
        "{host} answers with an error (HTTP {status}).",
    ),
    (Cause.STATUS, 401): Words(
        "HTTP 401",
        "{host} asks for a login, which is not expected (HTTP 401).",
    ),
    (Cause.STATUS, 403): Words(
        "HTTP 403",
        "{host} refuses access (HTTP 403).",
    ),
    (Cause.STATUS, 404): Words(
        "HTTP 404",
        "{host} answers that there is no such page (HTTP 404).",
    ),
    (Cause.STATUS, 429): Words(
        "HTTP 429",
        "{host} gets too many requests (HTTP 429).",
    ),
    (Cause.STATUS, 503): Words(
        "HTTP 503",
        "{host} says it is not available for now (HTTP 503).",
    ),
    Cause.REDIRECT: Words(
        "redirects astray",
        "{host} redirects without end, or to an address that must not be followed.",
    ),
    (Cause.REDIRECT, "redirected from https to http"): Words(
        "insecure redirect",
        "{host} redirects to an address that is not secure.",
    ),
    Cause.CONTENT: Words(
        "unexpected text",
        "{host} answers, but the page tells of a fault or lacks the expected text.",
    ),
    Cause.PORTAL: Words(
        "foreign page",
        "{host} answers in place of the address asked for: perhaps a network’s own login page.",
    ),
    Cause.OVERSIZE: Words(
        "too large",
        "{host} sends far more than a page: reading was stopped.",
    ),
    Cause.NETWORK: Words(
        "network",
        "The network failed in an unexpected way.",
    ),
    Verdict.UNKNOWN: Words(
        "unknown",
        "Nothing is known: this machine could not make the attempt.",
    ),
    Verdict.DOWN: Words(
        "fails",
        "{host} does not answer as it should.",
    ),
    Verdict.UP: Words(
        "answers",
        "{host} answers.",
    ),
    Verdict.SLOW: Words(
        "slow",
        "{host} answers, but slowly.",
    ),
    RESERVED: Words(
        "answers",
        "{host} answers and asks for a login, as expected.",
    ),
    EXPIRING: Words(
        "answers",
        "{host} answers, but its certificate ends in {days} days.",
    ),
}

# Where no single attempt gives the figure.
NAMES: dict[Cause, str] = {
    Cause.TIMEOUT: "timeout",
    Cause.STATUS: "HTTP error",
}
