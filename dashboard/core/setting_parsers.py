"""Parsers for settings, which return the value or raise a ValueError that says what is valid."""

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from ipaddress import ip_address
from math import inf
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from procedure.access.roles import Permission, Role
from procedure.outages.alert_settings import AlertAddress

T = TypeVar("T")


def database_url(text: str) -> str:
    """Check the URL of a database, and return it unchanged.

    Raises:
        ValueError: the URL is not for SQLite or PostgreSQL; the message does not contain it.
    """
    # This import would take most of the startup time of every command.
    from sqlalchemy.engine import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError(
            "not a database URL; for example sqlite:////srv/relais/relais.sqlite3"
        ) from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError(
            "only sqlite and postgresql are supported; write sqlite:///… or postgresql://…"
        )
    return text


def handbook(text: str) -> Path:
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise ValueError("no such folder; give the folder that contains steps.toml")
    return folder


def folder(text: str) -> Path:
    """Parse the absolute path of a folder, which need not exist."""
    folder = Path(text).expanduser()
    if not folder.is_absolute():
        raise ValueError("not an absolute path; begin it with / or ~")
    if folder.exists() and not folder.is_dir():
        raise ValueError("not a folder; give a folder that only the server writes to")
    return folder


def choice(known: Mapping[str, T], message: str) -> Callable[[str], T]:
    """Return a parser for one of several words."""

    def read(text: str) -> T:
        if text not in known:
            raise ValueError(message)
        return known[text]

    return read


def like(pattern: str, message: str) -> Callable[[str], str]:
    """Return a parser for ASCII strings that match a pattern."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(message)
        return text

    return read


def whole(
    message: str, least: int = 0, most: float = inf, make: Callable[[int], T] = int
) -> Callable[[str], T]:
    """Return a parser for whole numbers within limits; `make` converts a number to a value."""

    def read(text: str) -> T:
        if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
            raise ValueError(message)
        return make(int(text))

    return read


def days(least: int) -> Callable[[str], timedelta]:
    """Return a parser for durations in whole days, from `least` to 36500."""
    message = f"not a whole number of days from {least} to 36500"
    return whole(message, least, 36500, lambda days: timedelta(days=days))


def proxies(text: str) -> frozenset[str]:
    """Parse IP addresses separated by commas."""
    try:
        return frozenset(str(ip_address(part.strip())) for part in text.split(","))
    except ValueError:
        raise ValueError(
            "not IP addresses separated by commas; for example 127.0.0.1,::1"
        ) from None


def roles(text: str) -> tuple[tuple[str, Role], ...]:
    """Parse names or patterns with roles, such as `anne@example.org=coordinator, *=staff`."""
    pairs = [[word.strip() for word in part.rpartition("=")] for part in text.split(",")]
    if not all(name and role in list(Role) for name, _, role in pairs):
        raise ValueError(
            f"not NAME=ROLE separated by commas; the roles are {', '.join(Role)}, and * "
            "stands for any part of a name"
        )
    return tuple((name, Role(role)) for name, _, role in pairs)


def public(text: str) -> frozenset[Permission]:
    """Parse the pages that are readable without signing in: the board, the metrics, or both."""
    given = {part.strip() for part in text.split(",")}
    if not given <= {Permission.BOARD, Permission.METRICS}:
        raise ValueError("give board, metrics, or both separated by a comma")
    return frozenset(map(Permission, given))


def origins(text: str) -> tuple[str, ...]:
    """Parse origins separated by spaces."""
    given = tuple(text.split())
    if not all(re.fullmatch(r"'self'|https?://[^/?#;,]+", origin) for origin in given):
        raise ValueError("not origins separated by spaces; for example https://intranet.example.ch")
    return given


def hours(text: str) -> tuple[time, time]:
    """Parse two local times of day, such as 22:00-07:00."""
    try:
        start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ValueError("not two times of the day; for example 22:00-07:00") from None
    if start == end or start.tzinfo is not None or end.tzinfo is not None:
        raise ValueError("not two different local times; for example 22:00-07:00")
    return start, end


def alert_addresses(text: str) -> tuple[AlertAddress, ...]:
    """Parse Apprise addresses, separated by spaces, with the kinds of alerts for each.

    Raises:
        ValueError: an address is invalid, or Apprise is not installed.
    """
    from procedure.io.alert_channels import parse_addresses  # noqa: PLC0415 - imports Apprise

    return parse_addresses(text)


def seconds(least: float, most: float) -> Callable[[str], timedelta]:
    """Return a parser for numbers of seconds within limits."""

    def read(text: str) -> timedelta:
        value = _number(text)
        if not least <= value <= most:
            raise ValueError(f"not a number of seconds from {least:g} to {most:g}")
        return timedelta(seconds=value)

    return read


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def gateway(text: str) -> str:
    """Parse the URL of Alma's API."""
    parts = urlsplit(text)
    plain = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")
    if not plain or "@" in parts.netloc or parts.query:
        raise ValueError("not a gateway; for example https://api-eu.hosted.exlibrisgroup.com")
    return text.rstrip("/")


def request_rate(text: str) -> float:
    """Parse a number of requests per second."""
    value = _number(text)
    if not 0.1 <= value <= STAND_IN_RATE:
        raise ValueError(_NO_RATE)
    return value


# The limits, in requests per second, for Alma and for a stand-in on this machine.
ALMA_RATE, STAND_IN_RATE = 25, 1000
_NO_RATE = "not a number of requests per second from 0.1 to 25"


def too_fast(rate: float, gateway: str) -> str:
    """Return an error message if the rate is too high for this gateway, or else ""."""
    is_local = urlsplit(gateway).hostname in {"localhost", "127.0.0.1", "::1"}
    return "" if rate <= ALMA_RATE or is_local else f"RELAIS_ALMA_RATE='{rate:g}': {_NO_RATE}"


def short_loans(text: str) -> dict[str, timedelta]:
    """Parse loan periods in days, keyed by item policy."""
    lengths: dict[str, timedelta] = {}
    for part in text.split():
        policy, _, days = part.rpartition("=")
        try:
            length = timedelta(days=_number(days))
        except (ValueError, OverflowError):
            length = timedelta()
        if not policy or length <= timedelta():
            raise ValueError("write item policies and their days, for example: 1DAY=1 7DAYS=7")
        lengths[policy] = length
    return lengths


language = like("[a-z]{2,3}", "not a language code; for example fr")
flag = choice({"0": False, "1": True}, "neither 1 nor 0")
log_format = choice({"text": False, "json": True}, "neither text nor json")
address = like(
    r"[!-.0-Z\\^-~]+",
    "not an address; give localhost, 0.0.0.0, or the name or IP of this host",
)
# The contact is sent in a header of every probe.
contact = like(
    "[ -~]{1,200}",
    "not 1 to 200 plain ASCII characters; write it without accents, for example it@library.example",
)
api_key = like("[!-~]+", "not a key for Alma's API; copy it again from the developer network")
token = like(
    r"[\w.~+/=-]{20,}",
    "not 20 or more letters, digits and - . _ ~ + / =; "
    "python3 -c 'import secrets; print(secrets.token_urlsafe())' makes one",
)
# The URL at which browsers reach this server.
server_url = like(
    r"https?://[^/@?#:][^/@?#]*(/[^?#]*)?",
    "not the address of the first page; for example https://relais.example.ch",
)
# The URL of the public page, without a query.
public_address = like(
    r"https?://[^/@?#:][^/@?#]*(/[^?#]*)?/status",
    "not the address of the status page; for example https://relais.example.ch/status",
)
port = whole("not a port; give a whole number from 1 to 65535", 1, 65535)
whole_number = whole("not a whole number")
minutes = whole(
    "not a whole number of minutes from 1 to 240", 1, 240, lambda read: timedelta(minutes=read)
)
