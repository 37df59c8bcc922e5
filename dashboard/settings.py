"""The settings: the only place that reads environment variables, once, at the start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import platformdirs
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dashboard.errors import SettingsError
from procedure.offline_layout import USUAL, Layout, parse_layout

LANGUAGES = ("fr", "en")
PACKAGED_HANDBOOK = Path(__file__).resolve().parent.parent / "procedure" / "handbook"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a coordinator may set, with the defaults of an installation that sets nothing.

    `probe_interval` is the time between two probes of what the diagnosis needs, None for the
    handbook's own; other people's pages keep the longer intervals of the handbook. `contact` goes
    into the probes' User-Agent. `offline_layout` is how Alma's offline file is written.
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

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `RELAIS_…` variables; an empty one counts as not set.

        Raises:
            SettingsError: naming every setting that cannot be used.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {"database_url": _default_database_url()}
        faults: list[str] = []
        for variable, (field, read) in _VARIABLES.items():
            text = environ.get(variable, "").strip()
            if not text:
                continue
            try:
                values[field] = read(text)
            except ValueError as fault:
                # A database URL may hold a password: it is never quoted back.
                shown = "" if variable == "RELAIS_DATABASE_URL" else f"={text!r}"
                faults.append(f"{variable}{shown}: {fault}")
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**values)


def _default_database_url() -> str:
    folder = Path(platformdirs.user_data_dir("relais", appauthor=False))
    return f"sqlite:///{folder / 'relais.sqlite3'}"


def _database_url(text: str) -> str:
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


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError("not a port; give a whole number from 1 to 65535")
    return int(text)


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


_VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "RELAIS_DATABASE_URL": ("database_url", _database_url),
    "RELAIS_HANDBOOK": ("handbook", _handbook),
    "RELAIS_LANGUAGE": ("language", _language),
    "RELAIS_ADDRESS": ("address", str),
    "RELAIS_PORT": ("port", _port),
    "RELAIS_PROBE_INTERVAL": ("probe_interval", _seconds(1, 3600)),
    "RELAIS_PROBE_TIMEOUT": ("probe_timeout", _seconds(0.1, 60)),
    "RELAIS_CONTACT": ("contact", str),
    "RELAIS_OFFLINE_LAYOUT": ("offline_layout", parse_layout),
}
