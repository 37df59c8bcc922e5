"""The settings, read from environment variables.

The `relais` command reads `RELAIS_HANDBOOK` itself, for commands that need no other setting.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field as option, fields
from datetime import time, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import platformdirs

from dashboard.core import setting_parsers as parse
from dashboard.core.errors import SettingsError
from procedure.access.roles import Permission, Role
from procedure.circulation.offline_files.alma_layout import USUAL, Layout, parse_layout
from procedure.diagnosis.suspected_outage import SUSPECT_AFTER
from procedure.outages.alert_settings import AlertAddress, AlertRules
from procedure.status_pages.reading_validity import STAFF_READING_HOLDS

_log = logging.getLogger(__name__)

# Settings removed before 1.0.0, and what to use instead.
REMOVED_SETTINGS = {
    "RELAIS_LISTS": "have the export job run relais lists import FILE (docs/lists.md).",
}
PACKAGED_HANDBOOK = Path(__file__).resolve().parent.parent / "procedure" / "handbook"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings; a setting's variable is `RELAIS_` followed by the setting's name in capitals.

    Settings left out of the `repr` are never quoted in messages: an address may contain a password.

    - `probe_interval`: the time between probes of the targets that the diagnosis needs; None for
      the handbook's interval. Other targets keep the handbook's longer intervals.
    - `contact`: the contact given in the probes' User-Agent.
    - `offline_layout`: the layout of Alma's offline file.
    - `keep_outcomes`: how long individual outcomes are kept; hourly sums are kept forever.
    - `keep_identifiers`: how long a patron's identifier is kept after the loan is settled.
    - `reading_holds`: how long a status entered by staff stays valid.
    - `suspect_after`: how long trouble must last before an outage is suspected.
    - `recovered_after`: how long everything must work before the end of an outage is proposed.
    - `servicenow_user`, `servicenow_password`: the account that reads status feeds in ServiceNow's
      format; without an account, staff must read those status pages themselves.
    - `alma_url`: the gateway of Alma's API.
    - `alma_key`, `alma_write_key`, `alma_network_key`: the keys for reading, for writing (repairs
      only), and for reading in the network zone.
    - `alma_rate`: the maximum number of requests to Alma per second.
    - `alma_margin`: how much of Alma's daily quota to leave unused.
    - `short_loans`: loan periods by item policy.
    - `trusted_proxies`: the IP addresses of reverse proxies whose X-Forwarded-For is trusted.
    - `frame_ancestors`: the origins whose pages may frame ours.
    - `open`: whether visitors on other machines may use Relais without signing in.
    - `roles`: patterns for the names that a login gives, each with a role; the first pattern
      that matches determines the role.
    - `role_claim`: the OpenID Connect claim whose values are also matched against the patterns in
      `roles`.
    - `issuer`: the issuer of ID tokens, needed for OpenID Connect.
    - `public`: the pages that everybody may read without signing in.
    - `metrics_token`, `outage_token`: the tokens with which programs may read the metrics or act on
      an outage; if a token is empty, no program may do so.
    - `url`: the address at which staff open the page; links in alerts begin with it.
    - `alerts`: Apprise addresses.
    - `alert_quiet`: the local times between which no alert is sent; None for no quiet hours.
    - `alert_reminder`: the time between two alerts about the same trouble; None for no reminders.
    - `alert_ahead`: how long before planned work an alert is sent.
    - `status_page`: the address of the public status page; empty if there is none.
    - `log_json`: whether the log is written as JSON (`RELAIS_LOG`).
    - `spool`: the folder for loans that cannot be written to the database; None for the database's
      own folder.
    - `backups`: the folder for automatic backups; None for a folder next to the database.
    - `backups_kept`: the number of automatic backups to keep.
    """

    database_url: Annotated[str, parse.database_url] = option(repr=False)
    handbook: Annotated[Path, parse.handbook] = PACKAGED_HANDBOOK
    language: Annotated[str, parse.language] = ""
    address: Annotated[str, parse.address] = "localhost"
    port: Annotated[int, parse.port] = 5006
    probe_interval: Annotated[timedelta | None, parse.seconds(1, 3600)] = None
    probe_timeout: Annotated[timedelta, parse.seconds(0.1, 60)] = timedelta(seconds=10)
    contact: Annotated[str, parse.contact] = "library IT; set RELAIS_CONTACT"
    offline_layout: Annotated[Layout, parse_layout] = USUAL
    keep_outcomes: Annotated[timedelta, parse.days(8)] = timedelta(days=90)
    keep_identifiers: Annotated[timedelta, parse.days(1)] = timedelta(days=30)
    reading_holds: Annotated[timedelta, parse.minutes] = STAFF_READING_HOLDS
    suspect_after: Annotated[timedelta, parse.seconds(0, 86400)] = SUSPECT_AFTER
    recovered_after: Annotated[timedelta, parse.seconds(0, 86400)] = timedelta(minutes=10)
    servicenow_user: Annotated[str, str] = option(default="", repr=False)
    servicenow_password: Annotated[str, str] = option(default="", repr=False)
    alma_url: Annotated[str, parse.gateway] = option(
        default="https://api-eu.hosted.exlibrisgroup.com", repr=False
    )
    alma_key: Annotated[str, parse.api_key] = option(default="", repr=False)
    alma_write_key: Annotated[str, parse.api_key] = option(default="", repr=False)
    alma_network_key: Annotated[str, parse.api_key] = option(default="", repr=False)
    alma_rate: Annotated[float, parse.request_rate] = 8.0
    alma_margin: Annotated[int, parse.whole_number] = 1000
    short_loans: Annotated[Mapping[str, timedelta], parse.short_loans] = option(
        default_factory=dict[str, timedelta]
    )
    trusted_proxies: Annotated[frozenset[str], parse.proxies] = frozenset()
    frame_ancestors: Annotated[tuple[str, ...], parse.origins] = ()
    open: Annotated[bool, parse.flag] = False
    roles: Annotated[tuple[tuple[str, Role], ...], parse.roles] = ()
    role_claim: Annotated[str, str] = ""
    issuer: Annotated[str, str] = ""
    public: Annotated[frozenset[Permission], parse.public] = frozenset()
    metrics_token: Annotated[str, parse.token] = option(default="", repr=False)
    outage_token: Annotated[str, parse.token] = option(default="", repr=False)
    url: Annotated[str, parse.server_url] = ""
    alerts: Annotated[tuple[AlertAddress, ...], parse.alert_addresses] = option(
        default=(), repr=False
    )
    alert_quiet: Annotated[tuple[time, time] | None, parse.hours] = None
    alert_reminder: Annotated[timedelta | None, parse.seconds(60, 86400)] = None
    alert_ahead: Annotated[timedelta, parse.seconds(0, 604800)] = timedelta(days=1)
    status_page: Annotated[str, parse.public_address] = ""
    log_json: Annotated[bool, parse.log_format] = False
    spool: Annotated[Path | None, parse.folder] = None
    backups: Annotated[Path | None, parse.folder] = None
    backups_kept: Annotated[int, parse.whole_number] = 7

    @property
    def alert_rules(self) -> AlertRules:
        return AlertRules(self.alert_quiet, self.alert_reminder)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from `RELAIS_…` variables; an empty variable counts as not set.

        Removed and unknown variables are logged once and otherwise ignored, because container
        platforms set some of them.

        Raises:
            SettingsError: the message names every setting that cannot be used.
        """
        warn_of_other_variables(os.environ if environ is None else environ)
        return cls.read(environ)

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings as `from_env` does, but log nothing."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {"database_url": _default_database_url()}
        faults: list[str] = []
        for variable, (setting, read) in SETTINGS.items():
            text = environ.get(variable, "").strip()
            if not text:
                continue
            if variable == "RELAIS_PORT" and text.startswith("tcp://"):
                _log.warning(_SERVICE_LINK, text)
                continue
            try:
                values[setting.name] = read(text)
            except ValueError as fault:
                value = f"={text!r}" if setting.repr else ""
                faults.append(f"{variable}{value}: {fault}")
        if bool(values.get("servicenow_user")) != bool(values.get("servicenow_password")):
            faults.append(_ONE_OF_TWO)
        fast = parse.too_fast(values.get("alma_rate", 0.0), values.get("alma_url", ""))
        faults += [fast] if fast else []
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**values)


def logs_json() -> bool:
    """Return whether to write the log as JSON; this works even if other settings are invalid."""
    return os.environ.get("RELAIS_LOG", "").strip() == "json"


def panel_variable(name: str) -> str:
    """Return the value of one of Panel's login variables, or ""; `pn.config` lacks some of them."""
    return os.environ.get(f"PANEL_{name}", "").strip()


def environment_without_settings() -> dict[str, str]:
    """Return the environment without the settings of Relais, Panel, Bokeh and PostgreSQL."""
    names = ("RELAIS_", "BOKEH_", "PANEL_", "PG")
    return {name: text for name, text in os.environ.items() if not name.startswith(names)}


def warn_of_other_variables(environ: Mapping[str, str]) -> None:
    """Log each `RELAIS_…` variable that is not a setting, once per process."""
    for sentence in other_variables(environ):
        warn_once(sentence)


def other_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence about each `RELAIS_…` variable that is not a setting."""
    for name in sorted(environ):
        if name in REMOVED_SETTINGS:
            yield f"{name} is no longer a setting: {REMOVED_SETTINGS[name]}"
        elif name.startswith("RELAIS_") and name not in SETTINGS:
            nearest = get_close_matches(name, SETTINGS, n=1, cutoff=0)[0]
            yield f"{name} is not a setting of Relais and is ignored; did you mean {nearest}?"


@cache
def warn_once(sentence: str) -> None:
    _log.warning("%s", sentence)


def _default_database_url() -> str:
    folder = Path(platformdirs.user_data_dir("relais", appauthor=False))
    return f"sqlite:///{folder / 'relais.sqlite3'}"


# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_SERVICE_LINK = (
    "RELAIS_PORT=%s is not a port: Kubernetes sets it if a service is named relais. It is "
    "ignored; give the port with --port, or set enableServiceLinks: false."
)
_ONE_OF_TWO = (
    "RELAIS_SERVICENOW_USER, RELAIS_SERVICENOW_PASSWORD: only one of them is set; "
    "set both, or neither"
)
_TYPES = get_type_hints(Settings, include_extras=True)
SETTINGS: dict[str, tuple[Field[Any], Callable[[str], Any]]] = {
    f"RELAIS_{setting.name.removesuffix('_json').upper()}": (
        setting,
        _TYPES[setting.name].__metadata__[0],
    )
    for setting in fields(Settings)
}
