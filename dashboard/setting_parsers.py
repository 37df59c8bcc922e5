"""Parsers of the settings: they return the value, or raise a ValueError that says what to give."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from procedure.access.roles import Permission, Role

# As in `dashboard.translations`, which takes long to import.
_CATALOGUES = Path(__file__).resolve().parent / "translations"
LANGUAGES = ("fr", *sorted(path.stem for path in _CATALOGUES.glob("*.po")))
LONGEST_CONTACT = 200


def database_url(text: str) -> str:
    """Return the URL of a database as given.

    Raises:
        ValueError: it is none of SQLite or PostgreSQL; the message quotes nothing of it.
    """
    # Imported here: every command reads the settings, and this takes most of its start.
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
            "only sqlite and postgresql are known; write sqlite:///… or postgresql://…"
        )
    return text


def handbook(text: str) -> Path:
    """Return the folder of a handbook."""
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise ValueError("no such folder; give the folder that holds steps.toml")
    return folder


def folder(text: str) -> Path:
    """Return a folder that is made when it is needed."""
    folder = Path(text).expanduser()
    if not folder.is_absolute():
        raise ValueError("not a whole path; begin it with / or ~")
    if folder.exists() and not folder.is_dir():
        raise ValueError("not a folder; name a folder that only the server writes to")
    return folder


def language(text: str) -> str:
    """Return the code of a language of the interface."""
    if text not in LANGUAGES:
        raise ValueError(f"not one of: {', '.join(LANGUAGES)}")
    return text


def address(text: str) -> str:
    """Return an address to listen on."""
    if not (text.isascii() and text.isprintable()) or set(text) & set(" /[]"):
        raise ValueError("not an address; give localhost, 0.0.0.0, or the name or IP of this host")
    return text


def contact(text: str) -> str:
    """Return the contact for the User-Agent of the probes."""
    # It goes into a header of every probe.
    if not (text.isascii() and text.isprintable()) or len(text) > LONGEST_CONTACT:
        raise ValueError(
            f"not at most {LONGEST_CONTACT} plain ASCII characters; write it without accents, "
            "for example it@library.example"
        )
    return text


def port(text: str) -> int:
    """Return a port."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError("not a port; give a whole number from 1 to 65535")
    return int(text)


def proxies(text: str) -> frozenset[str]:
    """Return IP addresses separated by commas."""
    try:
        return frozenset(str(ip_address(part.strip())) for part in text.split(","))
    except ValueError:
        raise ValueError(
            "not IP addresses with commas between them; for example 127.0.0.1,::1"
        ) from None


def flag(text: str) -> bool:
    """Return whether it is 1 and not 0."""
    if text not in {"0", "1"}:
        raise ValueError("neither 1 nor 0")
    return text == "1"


def log_format(text: str) -> bool:
    """Return whether the log is JSON and not text."""
    if text not in {"text", "json"}:
        raise ValueError("neither text nor json")
    return text == "json"


def roles(text: str) -> tuple[tuple[str, Role], ...]:
    """Return names or patterns with their roles, as `anne@example.org=coordinator, *=staff`."""
    try:
        pairs = [part.rpartition("=") for part in text.split(",")]
        return tuple((_pattern(name.strip()), Role(role.strip())) for name, _, role in pairs)
    except ValueError:
        roles = ", ".join(Role)
        raise ValueError(
            f"not NAME=ROLE with commas between them; the roles are {roles}, and * stands for any "
            "part of a name"
        ) from None


def _pattern(name: str) -> str:
    if not name:
        raise ValueError("no name")
    return name


def public(text: str) -> frozenset[Permission]:
    """Return what everybody may read without signing in: the board, the metrics, or both."""
    given = {part.strip() for part in text.split(",")}
    if not given <= {Permission.BOARD, Permission.METRICS}:
        raise ValueError("give board, metrics, or both with a comma between them")
    return frozenset(map(Permission, given))


def origins(text: str) -> tuple[str, ...]:
    """Return origins separated by spaces."""
    for part in text.split():
        parts = urlsplit(part)
        plain = part in {f"{parts.scheme}://{parts.netloc}", "'self'"}
        if (
            not plain
            or (parts.netloc and parts.scheme not in {"http", "https"})
            or set(part) & set(";,")
        ):
            raise ValueError(
                "not origins with spaces between them; for example https://intranet.example.ch"
            )
    return tuple(text.split())


def public_address(text: str) -> str:
    """Return the address of a page, without its query."""
    parts = urlsplit(text)
    plain = parts.scheme in {"http", "https"} and parts.hostname and parts.path.endswith("/status")
    if not plain or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            "not the address of the status page; for example https://relais.example.ch/status"
        )
    return text


def days(lowest: int) -> Callable[[str], timedelta]:
    """Return a parser of a duration in whole days, from `lowest` to 36500."""

    def parse(text: str) -> timedelta:
        if not text.isdecimal() or not lowest <= int(text) <= 36500:
            raise ValueError(f"not a whole number of days from {lowest} to 36500")
        return timedelta(days=int(text))

    return parse


def minutes(text: str) -> timedelta:
    """Return a duration in whole minutes."""
    if not text.isdecimal() or not 1 <= int(text) <= 240:
        raise ValueError("not a whole number of minutes from 1 to 240")
    return timedelta(minutes=int(text))


def hours(text: str) -> tuple[time, time]:
    """Return two local times of the day, as in 22:00-07:00."""
    try:
        start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ValueError("not two times of the day; for example 22:00-07:00") from None
    if start == end or start.tzinfo is not None or end.tzinfo is not None:
        raise ValueError("not two different local times; for example 22:00-07:00")
    return start, end


def alert_addresses(text: str) -> tuple[str, ...]:
    """Return addresses of Apprise, separated by spaces; the error quotes none.

    Raises:
        ValueError: one of them cannot be used, or Apprise is not installed.
    """
    from procedure.io.alert_channels import AlertChannels  # noqa: PLC0415 - imports Apprise

    addresses = tuple(text.split())
    AlertChannels(addresses)
    return addresses


def seconds(least: float, most: float) -> Callable[[str], timedelta]:
    """Return a parser of a number of seconds within these limits."""

    def read(text: str) -> timedelta:
        value = _number(text)
        if not least <= value <= most:
            raise ValueError(f"not a number of seconds from {least:g} to {most:g}")
        return timedelta(seconds=value)

    return read


def _number(text: str) -> float:
    """Return a number, -1 where the text is none."""
    try:
        return float(text)
    except ValueError:
        return -1.0


def gateway(text: str) -> str:
    """Return the address of Alma's API."""
    parts = urlsplit(text)
    plain = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")
    if not plain or "@" in parts.netloc or parts.query:
        raise ValueError("not a gateway; write https:// and a host, for example Alma's for Europe")
    return text.rstrip("/")


def api_key(text: str) -> str:
    """Return a key of the API; the error never quotes it."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("not a key of Alma's API; copy it again from the developer network")
    return text


def token(text: str) -> str:
    """Return a token that a program sends; the error never quotes it."""
    if not re.fullmatch(r"[\w.~+/=-]{20,}", text, re.ASCII):
        raise ValueError(
            "not 20 or more letters, digits and - . _ ~ + / =; "
            "python3 -c 'import secrets; print(secrets.token_urlsafe())' makes one"
        )
    return text


def request_rate(text: str) -> float:
    """Return a number of requests a second."""
    value = _number(text)
    if not 0.1 <= value <= STAND_IN_RATE:
        raise ValueError(_NO_RATE)
    return value


# Alma's own limit, and one for a stand-in on this machine.
ALMA_RATE, STAND_IN_RATE = 25, 1000
_NO_RATE = "not a number of requests a second from 0.1 to 25"


def too_fast(rate: float, gateway: str) -> str:
    """Return why the rate is too high for this gateway, empty when it is not."""
    here = urlsplit(gateway).hostname in {"localhost", "127.0.0.1", "::1"}
    return "" if rate <= ALMA_RATE or here else f"RELAIS_ALMA_RATE='{rate:g}': {_NO_RATE}"


def whole_number(text: str) -> int:
    """Return a whole number."""
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("not a whole number")
    return int(text)


def short_loans(text: str) -> dict[str, timedelta]:
    """Return lengths of loan, given in days, by item policy."""
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
