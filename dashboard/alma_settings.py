"""What may be set about Alma's API: a reader for each, whose ValueError says what would do."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit


def gateway(text: str) -> str:
    """Read the address of Alma's API."""
    parts = urlsplit(text)
    plain = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")
    if not plain or "@" in parts.netloc or parts.query:
        raise ValueError("not a gateway; write https:// and a host, for example Alma's for Europe")
    return text.rstrip("/")


def key(text: str) -> str:
    """Read a key of the API; the fault never quotes it."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("not a key of Alma's API; copy it again from the developer network")
    return text


def rate(text: str) -> float:
    """Read a number of requests a second."""
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0.1 <= rate <= STAND_IN_RATE:
        raise ValueError(_NO_RATE)
    return rate


# Alma's own limit, and one for a stand-in on this machine, whose key nobody shares.
ALMA_RATE, STAND_IN_RATE = 25, 1000
_NO_RATE = "not a number of requests a second from 0.1 to 25"


def too_fast(rate: float, gateway: str) -> str:
    """Say why Alma may not be asked so often; empty when it may."""
    here = urlsplit(gateway).hostname in {"localhost", "127.0.0.1", "::1"}
    return "" if rate <= ALMA_RATE or here else f"RELAIS_ALMA_RATE='{rate:g}': {_NO_RATE}"


def whole(text: str) -> int:
    """Read a whole number."""
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("not a whole number")
    return int(text)


def short_loans(text: str) -> dict[str, timedelta]:
    """Read lengths of loan, in days, by item policy."""
    found: dict[str, timedelta] = {}
    for part in text.split():
        policy, _, days = part.rpartition("=")
        try:
            length = timedelta(days=float(days))
        except (ValueError, OverflowError):
            length = timedelta()
        if not policy or length <= timedelta():
            raise ValueError("write item policies and their days, for example: 1DAY=1 7DAYS=7")
        found[policy] = length
    return found
