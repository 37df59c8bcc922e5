"""The settings, read once from environment variables; nothing else reads these."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field as option
from datetime import time, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from dashboard import setting_parsers as parse
from dashboard.errors import SettingsError
from procedure.access.roles import Permission, Role
from procedure.circulation.offline_files.alma_layout import USUAL, Layout, parse_layout
from procedure.diagnosis.lasting_trouble import SUSPECT_AFTER
from procedure.outages.alerts import AlertRules
from procedure.status_pages.readings import STAFF_READING_HOLDS

_log = logging.getLogger(__name__)

LANGUAGES = parse.LANGUAGES
PACKAGED_HANDBOOK = Path(__file__).resolve().parent.parent / "procedure" / "handbook"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a coordinator may set, with the defaults.

    `probe_interval` is the time between two probes of the targets that the diagnosis needs, None
    for the handbook's; pages of others keep the longer intervals of the handbook. `contact` is part
    of the probes' User-Agent. `offline_layout` is the layout of Alma's offline file.

    `alma_url` is the gateway of Alma's API; the keys are for reading, for writing (repairs only)
    and for reading in the network zone, and are never shown. `alma_rate` is in requests a second,
    `alma_margin` is the part of the daily quota to leave. `short_loans` are lengths of loan by item
    policy. `keep_outcomes` is how long single outcomes are kept; hourly sums stay for ever.
    `keep_identifiers` is how long a patron's identifier is kept after the loan was settled.
    `reading_holds` is how long a status read by a person counts. The ServiceNow user reads status
    feeds of that format; without it a person has to read them. `suspect_after` is how long trouble
    lasts before an outage is suspected, `recovered_after` how long everything must work before its
    end is proposed. `trusted_proxies` are the IP addresses of reverse proxies: their
    X-Forwarded-For names the client. `frame_ancestors` are the origins whose pages may frame ours.
    `open` lets other machines in without a sign-in. `roles` are patterns for the names of a login,
    each with its role; the first that matches counts. `role_claim` is the claim of such a login
    whose values are matched, too, `issuer` is whose ID tokens count, empty for any. `public` is
    what everybody may read.
    `alerts` are addresses of Apprise, never shown. `alert_quiet` are the local times between which
    none is sent, `alert_reminder` is the time between two alerts about what lasts, `alert_ahead`
    how long before planned work one is sent. `status_page` is the address at which readers find the
    public status page; empty means that there is none. `log_json` writes the log as JSON. `spool`
    is the folder in which loans are kept while the database cannot be written, None for that of the
    database. `backups` is the folder of the backups that the server makes by itself, None for one
    beside the database; the newest `backups_kept` stay.
    """

    database_url: str
    handbook: Path = PACKAGED_HANDBOOK
    language: str = ""
    address: str = "localhost"
    port: int = 5006
    probe_interval: timedelta | None = None
    probe_timeout: timedelta = timedelta(seconds=10)
    contact: str = "library IT; set RELAIS_CONTACT"
    offline_layout: Layout = USUAL
    keep_outcomes: timedelta = timedelta(days=90)
    keep_identifiers: timedelta = timedelta(days=30)
    reading_holds: timedelta = STAFF_READING_HOLDS
    suspect_after: timedelta = SUSPECT_AFTER
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
    open: bool = False
    roles: tuple[tuple[str, Role], ...] = ()
    role_claim: str = ""
    issuer: str = ""
    public: frozenset[Permission] = frozenset()
    metrics_token: str = option(default="", repr=False)
    alerts: tuple[str, ...] = option(default=(), repr=False)
    alert_quiet: tuple[time, time] | None = None
    alert_reminder: timedelta | None = None
    alert_ahead: timedelta = timedelta(days=1)
    status_page: str = ""
    log_json: bool = False
    spool: Path | None = None
    backups: Path | None = None
    backups_kept: int = 7

    @property
    def alert_rules(self) -> AlertRules:
        return AlertRules(self.alert_quiet, self.alert_reminder)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `RELAIS_…` variables; an empty one counts as not set.

        An unknown variable is logged once: container platforms set some.

        Raises:
            SettingsError: naming every setting that cannot be used.
        """
        environ = os.environ if environ is None else environ
        for name in sorted(environ):
            if name.startswith("RELAIS_") and name not in SETTINGS:
                warn_of_unknown(name)
        values: dict[str, Any] = {"database_url": _default_database_url()}
        faults: list[str] = []
        for variable, (field, read) in SETTINGS.items():
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
        fast = parse.too_fast(values.get("alma_rate", 0.0), values.get("alma_url", ""))
        faults += [fast] if fast else []
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**values)


def logs_json() -> bool:
    """Return whether the log is JSON, also where another setting is refused."""
    return os.environ.get("RELAIS_LOG", "").strip() == "json"


def panel_variable(name: str) -> str:
    """Return a `PANEL_…` variable of Panel's login, empty without: its `config` has not all."""
    return os.environ.get(f"PANEL_{name}", "").strip()


def environment_without_settings() -> dict[str, str]:
    """Return this process's environment without any setting, ours or of what we are built on."""
    names = ("RELAIS_", "BOKEH_", "PANEL_", "PG")
    return {name: text for name, text in os.environ.items() if not name.startswith(names)}


@cache
def warn_of_unknown(name: str) -> None:
    """Log that a variable is no setting, with the setting of the nearest name."""
    nearest = get_close_matches(name, SETTINGS, n=1, cutoff=0)[0]
    _log.warning("%s is no setting of Relais and has no effect; the nearest is %s.", name, nearest)


def _default_database_url() -> str:
    folder = Path(platformdirs.user_data_dir("relais", appauthor=False))
    return f"sqlite:///{folder / 'relais.sqlite3'}"


# Never quoted back: a database URL may hold a password.
_SECRET = {
    "RELAIS_ALMA_URL",
    "RELAIS_DATABASE_URL",
    "RELAIS_ALERTS",
    "RELAIS_ALMA_KEY",
    "RELAIS_ALMA_WRITE_KEY",
    "RELAIS_ALMA_NETWORK_KEY",
    "RELAIS_METRICS_TOKEN",
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
SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "RELAIS_DATABASE_URL": ("database_url", parse.database_url),
    "RELAIS_HANDBOOK": ("handbook", parse.handbook),
    "RELAIS_LANGUAGE": ("language", parse.language),
    "RELAIS_ADDRESS": ("address", parse.address),
    "RELAIS_PORT": ("port", parse.port),
    "RELAIS_TRUSTED_PROXIES": ("trusted_proxies", parse.proxies),
    "RELAIS_FRAME_ANCESTORS": ("frame_ancestors", parse.origins),
    "RELAIS_OPEN": ("open", parse.flag),
    "RELAIS_ROLES": ("roles", parse.roles),
    "RELAIS_ROLE_CLAIM": ("role_claim", str),
    "RELAIS_ISSUER": ("issuer", str),
    "RELAIS_PUBLIC": ("public", parse.public),
    "RELAIS_METRICS_TOKEN": ("metrics_token", parse.token),
    "RELAIS_PROBE_INTERVAL": ("probe_interval", parse.seconds(1, 3600)),
    "RELAIS_PROBE_TIMEOUT": ("probe_timeout", parse.seconds(0.1, 60)),
    "RELAIS_CONTACT": ("contact", parse.contact),
    "RELAIS_ALERTS": ("alerts", parse.alert_addresses),
    "RELAIS_ALERT_QUIET": ("alert_quiet", parse.hours),
    "RELAIS_ALERT_REMINDER": ("alert_reminder", parse.seconds(60, 86400)),
    "RELAIS_ALERT_AHEAD": ("alert_ahead", parse.seconds(0, 604800)),
    "RELAIS_SPOOL": ("spool", parse.folder),
    "RELAIS_BACKUPS": ("backups", parse.folder),
    "RELAIS_BACKUPS_KEPT": ("backups_kept", parse.whole_number),
    "RELAIS_STATUS_PAGE": ("status_page", parse.public_address),
    "RELAIS_LOG": ("log_json", parse.log_format),
    "RELAIS_OFFLINE_LAYOUT": ("offline_layout", parse_layout),
    "RELAIS_ALMA_URL": ("alma_url", parse.gateway),
    "RELAIS_ALMA_KEY": ("alma_key", parse.api_key),
    "RELAIS_ALMA_WRITE_KEY": ("alma_write_key", parse.api_key),
    "RELAIS_ALMA_NETWORK_KEY": ("alma_network_key", parse.api_key),
    "RELAIS_ALMA_RATE": ("alma_rate", parse.request_rate),
    "RELAIS_ALMA_MARGIN": ("alma_margin", parse.whole_number),
    "RELAIS_SHORT_LOANS": ("short_loans", parse.short_loans),
    "RELAIS_KEEP_OUTCOMES": ("keep_outcomes", parse.days(8)),
    "RELAIS_KEEP_IDENTIFIERS": ("keep_identifiers", parse.days(1)),
    "RELAIS_SUSPECT_AFTER": ("suspect_after", parse.seconds(0, 86400)),
    "RELAIS_RECOVERED_AFTER": ("recovered_after", parse.seconds(0, 86400)),
    "RELAIS_READING_HOLDS": ("reading_holds", parse.minutes),
    "RELAIS_SERVICENOW_USER": ("servicenow_user", str),
    "RELAIS_SERVICENOW_PASSWORD": ("servicenow_password", str),
}
