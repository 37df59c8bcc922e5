"""The findings in English."""

from __future__ import annotations

from procedure.monitoring.messages.message import EXPIRING, RESERVED, Key, Message
from procedure.monitoring.model import FailureCause, Phase, Status

TABLE: dict[Key, Message] = {
    FailureCause.DNS: Message(
        "name not found",
        "The name {host} cannot be found: the name service does not know it, or does not answer.",
    ),
    FailureCause.REFUSED: Message(
        "connection refused",
        "{host} refuses the connection: the machine is there, the service is not.",
    ),
    FailureCause.UNREACHABLE: Message(
        "unreachable",
        "No route leads to {host} from here.",
    ),
    FailureCause.TIMEOUT: Message(
        "{seconds} s timeout",
        "{host} did not answer within {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.DNS): Message(
        "{seconds} s timeout",
        "The name service said nothing of {host} within {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.CONNECT): Message(
        "{seconds} s timeout",
        "{host} cannot be reached: no sign within {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.TLS): Message(
        "{seconds} s timeout",
        "{host} took the connection, but did not secure it within {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.FIRST_BYTE): Message(
        "{seconds} s timeout",
        "{host} took the request, then said nothing within {seconds} s.",
    ),
    (FailureCause.TIMEOUT, Phase.BODY): Message(
        "{seconds} s timeout",
        "{host} began its answer, and did not end it within {seconds} s.",
    ),
    FailureCause.RESET: Message(
        "cut off",
        "{host} cut the connection without an answer.",
    ),
    (FailureCause.RESET, Phase.BODY): Message(
        "cut off",
        "{host} cut the connection in the middle of its answer.",
    ),
    FailureCause.PROTOCOL: Message(
        "unreadable",
        "{host} answers, but not as a web site does.",
    ),
    (FailureCause.PROTOCOL, Phase.BODY): Message(
        "unreadable",
        "{host} began its answer, but the rest is missing or cannot be read.",
    ),
    FailureCause.TLS: Message(
        "not secure",
        "The secure connection with {host} failed.",
    ),
    (FailureCause.TLS, "the certificate has expired"): Message(
        "certificate expired",
        "The certificate of {host} has expired.",
    ),
    (FailureCause.TLS, "the certificate is self-signed"): Message(
        "doubtful certificate",
        "{host} shows a certificate that nobody else vouches for.",
    ),
    (FailureCause.TLS, "the certificate is for another host"): Message(
        "foreign certificate",
        "{host} shows the certificate of another: somebody answers in its place.",
    ),
    (FailureCause.TLS, "the certificate names no host"): Message(
        "nameless certificate",
        "The certificate of {host} names no host (no subjectAltName): no browser accepts it.",
    ),
    FailureCause.STATUS: Message(
        "HTTP {status}",
        "{host} answers with an error (HTTP {status}).",
    ),
    (FailureCause.STATUS, 401): Message(
        "HTTP 401",
        "{host} asks for a login, which is not expected (HTTP 401).",
    ),
    (FailureCause.STATUS, 403): Message(
        "HTTP 403",
        "{host} refuses access (HTTP 403).",
    ),
    (FailureCause.STATUS, 404): Message(
        "HTTP 404",
        "{host} answers that there is no such page (HTTP 404).",
    ),
    (FailureCause.STATUS, 429): Message(
        "HTTP 429",
        "{host} gets too many requests (HTTP 429).",
    ),
    (FailureCause.STATUS, 503): Message(
        "HTTP 503",
        "{host} says it is not available for now (HTTP 503).",
    ),
    FailureCause.REDIRECT: Message(
        "redirects astray",
        "{host} redirects without end, or to an address that must not be followed.",
    ),
    (FailureCause.REDIRECT, "redirected from https to http"): Message(
        "insecure redirect",
        "{host} redirects to an address that is not secure.",
    ),
    FailureCause.CONTENT: Message(
        "unexpected text",
        "{host} answers, but the page tells of a fault or lacks the expected text.",
    ),
    FailureCause.PORTAL: Message(
        "foreign page",
        "{host} answers in place of the address asked for: perhaps a network’s own login page.",
    ),
    FailureCause.OVERSIZE: Message(
        "too large",
        "{host} sends far more than a page: reading was stopped.",
    ),
    FailureCause.NETWORK: Message(
        "network",
        "The network failed in an unexpected way.",
    ),
    Status.UNKNOWN: Message(
        "unknown",
        "Nothing is known: this machine could not make the attempt.",
    ),
    Status.DOWN: Message(
        "fails",
        "{host} does not answer as it should.",
    ),
    Status.UP: Message(
        "answers",
        "{host} answers.",
    ),
    Status.SLOW: Message(
        "slow",
        "{host} answers, but slowly.",
    ),
    RESERVED: Message(
        "answers",
        "{host} answers and asks for a login, as expected.",
    ),
    EXPIRING: Message(
        "answers",
        "{host} answers, but its certificate ends in {days} days.",
    ),
}

# Where no single attempt gives the figure.
NAMES: dict[FailureCause, str] = {
    FailureCause.TIMEOUT: "timeout",
    FailureCause.STATUS: "HTTP error",
}
