"""The settings: what stands in the environment, or the sentence that says why it will not do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.errors import SettingsError
from dashboard.settings import PACKAGED_HANDBOOK, Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_env({})
    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("relais.sqlite3")
    assert (settings.handbook, settings.language, settings.address, settings.port) == (
        PACKAGED_HANDBOOK,
        "fr",
        "localhost",
        5006,
    )


def test_every_setting_is_read(tmp_path: Path) -> None:
    assert Settings.from_env(
        {
            "RELAIS_DATABASE_URL": "sqlite:////srv/relais.sqlite3",
            "RELAIS_HANDBOOK": str(tmp_path),
            "RELAIS_LANGUAGE": "en",
            "RELAIS_ADDRESS": "0.0.0.0",
            "RELAIS_PORT": "8080",
            "RELAIS_PROBE_INTERVAL": "30",
            "RELAIS_PROBE_TIMEOUT": "2.5",
            "RELAIS_CONTACT": "it@example.org",
        }
    ) == Settings(
        database_url="sqlite:////srv/relais.sqlite3",
        handbook=tmp_path,
        language="en",
        address="0.0.0.0",
        port=8080,
        probe_interval=timedelta(seconds=30),
        probe_timeout=timedelta(seconds=2.5),
        contact="it@example.org",
    )


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env(
            {
                "RELAIS_DATABASE_URL": "mysql://x",
                "RELAIS_HANDBOOK": "/no/such/folder",
                "RELAIS_LANGUAGE": "de",
                "RELAIS_PORT": "70000",
                "RELAIS_PROBE_INTERVAL": "never",
            }
        )
    assert str(refusal.value).splitlines() == [
        "RELAIS_DATABASE_URL: only sqlite and postgresql are known; write sqlite:///… or postgresql://…",
        "RELAIS_HANDBOOK='/no/such/folder': no such folder; give the folder that holds steps.toml",
        "RELAIS_LANGUAGE='de': not one of: fr, en",
        "RELAIS_PORT='70000': not a port; give a whole number from 1 to 65535",
        "RELAIS_PROBE_INTERVAL='never': not a number of seconds from 1 to 3600",
    ]
