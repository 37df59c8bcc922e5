"""The settings: the only place that reads environment variables, once, at the start."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as option
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dashboard.alma_settings import gateway, key, rate, short_loans, too_fast, whole
from dashboard.errors import SettingsError
from procedure.circulation.offline_layout import USUAL, Layout, parse_layout
from procedure.status_pages.readings import STAFF_READING_HOLDS

_log = logging.getLogger(__name__)

LANGUAGES = ("fr", "en")
LONGEST_CONTACT = 200
PACKAGED_HANDBOOK = Path(__file__).resolve().parent.parent / "procedure" / "handbook"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a coordinator may set, with the defaults of an installation that sets nothing.

    `probe_interval` is the time between two probes of what the diagnosis needs, None for the
    handbook's own; other people's pages keep the longer intervals of the handbook. `contact` goes
    into the probes' User-Agent. `offline_layout` is how Alma's offline file is written.

    `alma_url` is the gateway of Alma's API; the keys read, write (for repairs only) and read in
    the network zone, and are never shown. `alma_rate` is in requests a second, `alma_margin` what
    is left of the day's quota. `short_loans` are lengths of loan by item policy.
    `keep_outcomes` is for how long each probe is kept by itself; hourly sums stay for ever.
    `reading_holds` is for how long counts what a person read on a status page. The ServiceNow user
    reads status feeds of that format; without one they are to be read by eye. `suspect_after` is
    how long trouble lasts before an outage is suspected, `recovered_after` how long all must be
    well before its end is proposed. `trusted_proxies` are the IP addresses of reverse proxies:
    their X-Forwarded-For says who asks. `frame_ancestors` are the origins whose pages may show ours
    in a frame.
    """

    database_url: str
    handbook: Path = PACKAGED_HANDBOOK
    language: str = "fr"
    address: str = "localhost"
    port: int = 5006
    probe_interval: timedelta | None = None
    probe_timeout: timedelta = timedelta(seconds=10)
    contact: str = "library IT; set RELAIS_CONTACT"
    offline_layout: Layout = USUAL
    keep_outcomes: timedelta = timedelta(days=90)
    reading_holds: timedelta = STAFF_READING_HOLDS
    suspect_after: timedelta = timedelta(minutes=3)
    recovered_after: timedelta = timedelta(minutes=10)
    servicenow_user: str = option(default="", repr=False)
    servicenow_password: str = option(default="", repr=False)
    alma_url: str = "https://api-eu.hosted.exlibrisgroup.com"
    alma_key: str = option(default="", repr=False)
    alma_write_key: str = option(default="", repr=False)
    alma_network_key: str = option(default="", repr=False)
    alma_rate: float = 8.0
    alma_margin: int = 1000
    short_loans: Mapping[str, timedelta] = option(default_factory=dict[str, timedelta])
    trusted_proxies: frozenset[str] = frozenset()
    frame_ancestors: tuple[str, ...] = ()

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `RELAIS_…` variables; an empty one counts as not set.

        A variable that is no setting is named in a warning, once: container platforms set some.

        Raises:
            SettingsError: naming every setting that cannot be used.
        """
        environ = os.environ if environ is None else environ
        for name in sorted(environ):
            if name.startswith("RELAIS_") and name not in _VARIABLES:
                warn_of_unknown(name)
        values: dict[str, Any] = {"database_url": _default_database_url()}
        faults: list[str] = []
        for variable, (field, read) in _VARIABLES.items():
            text = environ.get(variable, "").strip()
            if not text:
                continue
            if variable == "RELAIS_PORT" and text.startswith("tcp://"):
                _log.warning(_SERVICE_LINK, text)
                continue
            try:
                values[field] = read(text)
            except ValueError as fault:
                shown = "" if variable in _SECRET else f"={text!r}"
                faults.append(f"{variable}{shown}: {fault}")
        if bool(values.get("servicenow_user")) != bool(values.get("servicenow_password")):
            faults.append(_ONE_OF_TWO)
        fast = too_fast(values.get("alma_rate", 0.0), values.get("alma_url", ""))
        faults += [fast] if fast else []
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**values)


@cache
def warn_of_unknown(name: str) -> None:
    """Log that a variable is no setting, and which setting has the nearest name."""
    nearest = get_close_matches(name, _VARIABLES, n=1, cutoff=0)[0]
    _log.warning("%s is no setting of Relais and has no effect; the nearest is %s.", name, nearest)


def _default_database_url() -> str:
    folder = Path(platformdirs.user_data_dir("relais", appauthor=False))
    return f"sqlite:///{folder / 'relais.sqlite3'}"


def database_url(text: str) -> str:
    """Return the URL of a database as given.

    Raises:
        ValueError: it is none of SQLite or PostgreSQL; the message quotes nothing of it.
    """
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


def _handbook(text: str) -> Path:
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise ValueError("no such folder; give the folder that holds steps.toml")
    return folder


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError("not one of: fr, en")
    return text


def _address(text: str) -> str:
    if not (text.isascii() and text.isprintable()) or set(text) & set(" /[]"):
        raise ValueError("not an address; give localhost, 0.0.0.0, or the name or IP of this host")
    return text


def _contact(text: str) -> str:
    # It goes into a header of every probe.
    if not (text.isascii() and text.isprintable()) or len(text) > LONGEST_CONTACT:
        raise ValueError(
            f"not at most {LONGEST_CONTACT} plain ASCII characters; write it without accents, "
            "for example it@library.example"
        )
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError("not a port; give a whole number from 1 to 65535")
    return int(text)


def _proxies(text: str) -> frozenset[str]:
    try:
        return frozenset(str(ip_address(part.strip())) for part in text.split(","))
    except ValueError:
        raise ValueError(
            "not IP addresses with commas between them; for example 127.0.0.1,::1"
        ) from None


def _origins(text: str) -> tuple[str, ...]:
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


def _days(text: str) -> timedelta:
    if not text.isdecimal() or not 8 <= int(text) <= 36500:
        raise ValueError("not a whole number of days from 8 to 36500")
    return timedelta(days=int(text))


def _minutes(text: str) -> timedelta:
    if not text.isdecimal() or not 1 <= int(text) <= 240:
        raise ValueError("not a whole number of minutes from 1 to 240")
    return timedelta(minutes=int(text))


def _seconds(least: float, most: float) -> Callable[[str], timedelta]:
    def read(text: str) -> timedelta:
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if not least <= seconds <= most:
            raise ValueError(f"not a number of seconds from {least:g} to {most:g}")
        return timedelta(seconds=seconds)

    return read


# Never quoted back: a database URL may hold a password.
_SECRET = {
    "RELAIS_ALMA_URL",
    "RELAIS_DATABASE_URL",
    "RELAIS_ALMA_KEY",
    "RELAIS_ALMA_WRITE_KEY",
    "RELAIS_ALMA_NETWORK_KEY",
    "RELAIS_SERVICENOW_USER",
    "RELAIS_SERVICENOW_PASSWORD",
}
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_SERVICE_LINK = (
    "RELAIS_PORT=%s is no port: Kubernetes sets it where a service is named relais. It is ignored; "
    "give the port with --port, or set enableServiceLinks: false."
)
_ONE_OF_TWO = (
    "RELAIS_SERVICENOW_USER, RELAIS_SERVICENOW_PASSWORD: only one of them is set; "
    "set both, or neither"
)
_VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "RELAIS_DATABASE_URL": ("database_url", database_url),
    "RELAIS_HANDBOOK": ("handbook", _handbook),
    "RELAIS_LANGUAGE": ("language", _language),
    "RELAIS_ADDRESS": ("address", _address),
    "RELAIS_PORT": ("port", _port),
    "RELAIS_TRUSTED_PROXIES": ("trusted_proxies", _proxies),
    "RELAIS_FRAME_ANCESTORS": ("frame_ancestors", _origins),
    "RELAIS_PROBE_INTERVAL": ("probe_interval", _seconds(1, 3600)),
    "RELAIS_PROBE_TIMEOUT": ("probe_timeout", _seconds(0.1, 60)),
    "RELAIS_CONTACT": ("contact", _contact),
    "RELAIS_OFFLINE_LAYOUT": ("offline_layout", parse_layout),
    "RELAIS_ALMA_URL": ("alma_url", gateway),
    "RELAIS_ALMA_KEY": ("alma_key", key),
    "RELAIS_ALMA_WRITE_KEY": ("alma_write_key", key),
    "RELAIS_ALMA_NETWORK_KEY": ("alma_network_key", key),
    "RELAIS_ALMA_RATE": ("alma_rate", rate),
    "RELAIS_ALMA_MARGIN": ("alma_margin", whole),
    "RELAIS_SHORT_LOANS": ("short_loans", short_loans),
    "RELAIS_KEEP_OUTCOMES": ("keep_outcomes", _days),
    "RELAIS_SUSPECT_AFTER": ("suspect_after", _seconds(0, 86400)),
    "RELAIS_RECOVERED_AFTER": ("recovered_after", _seconds(0, 86400)),
    "RELAIS_READING_HOLDS": ("reading_holds", _minutes),
    "RELAIS_SERVICENOW_USER": ("servicenow_user", str),
    "RELAIS_SERVICENOW_PASSWORD": ("servicenow_password", str),
}
