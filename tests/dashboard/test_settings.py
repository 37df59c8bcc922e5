"""The settings are read from the environment; a sentence explains why a value cannot be used."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from dashboard.core.errors import SettingsError
from dashboard.settings import PACKAGED_HANDBOOK, REMOVED_SETTINGS, Settings, warn_once
from procedure.access.roles import Permission, Role
from procedure.outages.alert_settings import AlertAddress, AlertKind


def refusal(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(environ)
    return str(refused.value).splitlines()


def test_from_env_defaults() -> None:
    settings = Settings.from_env({})
    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("relais.sqlite3")
    assert (settings.handbook, settings.language, settings.address, settings.port) == (
        PACKAGED_HANDBOOK,
        "",
        "localhost",
        5006,
    )


def test_from_env_names_an_unknown_variable_and_the_nearest_setting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    warn_once.cache_clear()
    unknown = {"RELAIS_DATABSE_URL": "secret", "RELAIS_PORT_5006_TCP": "tcp://10.0.0.1:5006"}
    for _ in range(2):
        assert Settings.from_env(unknown | {"HOME": "/", "RELAIS_PORT": "8080"}).port == 8080
    assert caplog.messages == [
        "RELAIS_DATABSE_URL is not a setting of Relais and is ignored; "
        "did you mean RELAIS_DATABASE_URL?",
        "RELAIS_PORT_5006_TCP is not a setting of Relais and is ignored; did you mean RELAIS_PORT?",
    ]


def test_from_env_names_the_replacement_of_a_removed_setting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    warn_once.cache_clear()
    for _ in range(2):
        Settings.from_env(dict.fromkeys(REMOVED_SETTINGS, "/srv/x"))
    assert caplog.messages == [
        f"{name} is no longer a setting: {REMOVED_SETTINGS[name]}" for name in REMOVED_SETTINGS
    ]


def test_from_env_ignores_a_port_set_by_kubernetes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert Settings.from_env({"RELAIS_PORT": "tcp://10.96.12.3:80"}).port == 5006
    assert "enableServiceLinks" in caplog.text


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_from_env_reads_every_setting(tmp_path: Path) -> None:
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
            "RELAIS_KEEP_OUTCOMES": "400",
            "RELAIS_ALMA_URL": "http://127.0.0.1:5190/",
            "RELAIS_ALMA_KEY": "l7-read",
            "RELAIS_ALMA_WRITE_KEY": "l7-write",
            "RELAIS_ALMA_NETWORK_KEY": "l7-network",
            "RELAIS_ALMA_RATE": "12.5",
            "RELAIS_ALMA_MARGIN": "0",
            "RELAIS_SHORT_LOANS": "1DAY=1 1HOUR=0.25",
            "RELAIS_READING_HOLDS": "20",
            "RELAIS_SERVICENOW_USER": "relais",
            "RELAIS_SERVICENOW_PASSWORD": "s3cret",
            "RELAIS_OPEN": "1",
            "RELAIS_ROLES": "anne@example.org=coordinator, *@example.org=staff",
            "RELAIS_ROLE_CLAIM": "eduPersonEntitlement",
            "RELAIS_PUBLIC": "board, metrics",
            "RELAIS_URL": "https://relais.example.ch/",
            "RELAIS_ALERTS": "json://hooks.example/a ended=json://hooks.example/b",
            "RELAIS_ALERT_QUIET": "22:00-07:00",
            "RELAIS_ALERT_REMINDER": "3600",
            "RELAIS_ALERT_AHEAD": "7200",
            "RELAIS_STATUS_PAGE": "https://relais.example.ch/status",
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
        keep_outcomes=timedelta(days=400),
        alma_url="http://127.0.0.1:5190",
        alma_key="l7-read",
        alma_write_key="l7-write",
        alma_network_key="l7-network",
        alma_rate=12.5,
        alma_margin=0,
        short_loans={"1DAY": timedelta(days=1), "1HOUR": timedelta(hours=6)},
        reading_holds=timedelta(minutes=20),
        servicenow_user="relais",
        servicenow_password="s3cret",
        open=True,
        roles=(("anne@example.org", Role.COORDINATOR), ("*@example.org", Role.STAFF)),
        role_claim="eduPersonEntitlement",
        public=frozenset({Permission.BOARD, Permission.METRICS}),
        url="https://relais.example.ch/",
        alerts=(
            AlertAddress("json://hooks.example/a"),
            AlertAddress("json://hooks.example/b", frozenset({AlertKind.ENDED})),
        ),
        alert_quiet=(time(22), time(7)),
        alert_reminder=timedelta(hours=1),
        alert_ahead=timedelta(hours=2),
        status_page="https://relais.example.ch/status",
    )


def test_from_env_names_every_invalid_setting_at_once() -> None:
    assert refusal(
        {
            "RELAIS_DATABASE_URL": "mysql://x",
            "RELAIS_HANDBOOK": "/no/such/folder",
            "RELAIS_LANGUAGE": "x",
            "RELAIS_PORT": "70000",
            "RELAIS_PROBE_INTERVAL": "never",
            "RELAIS_KEEP_OUTCOMES": "7",
            "RELAIS_READING_HOLDS": "0",
        }
    ) == [
        "RELAIS_DATABASE_URL: only sqlite and postgresql are supported; write sqlite:///… or postgresql://…",
        "RELAIS_HANDBOOK='/no/such/folder': no such folder; give the folder that contains steps.toml",
        "RELAIS_LANGUAGE='x': not a language code; for example fr",
        "RELAIS_PORT='70000': not a port; give a whole number from 1 to 65535",
        "RELAIS_PROBE_INTERVAL='never': not a number of seconds from 1 to 3600",
        "RELAIS_KEEP_OUTCOMES='7': not a whole number of days from 8 to 36500",
        "RELAIS_READING_HOLDS='0': not a whole number of minutes from 1 to 240",
    ]


def test_from_env_names_invalid_alma_settings_without_the_key() -> None:
    assert refusal(
        {
            "RELAIS_ALMA_URL": "https://me:secret@alma.example.org",
            "RELAIS_ALMA_KEY": "half secret",
            "RELAIS_ALMA_RATE": "100",
            "RELAIS_ALMA_MARGIN": "-1",
            "RELAIS_SHORT_LOANS": "1DAY",
        }
    ) == [
        "RELAIS_ALMA_URL: not a gateway; for example https://api-eu.hosted.exlibrisgroup.com",
        "RELAIS_ALMA_KEY: not a key for Alma's API; copy it again from the developer network",
        "RELAIS_ALMA_MARGIN='-1': not a whole number",
        "RELAIS_SHORT_LOANS='1DAY': write item policies and their days, for example: 1DAY=1 7DAYS=7",
        "RELAIS_ALMA_RATE='100': not a number of requests per second from 0.1 to 25",
    ]


def test_from_env_allows_a_faster_rate_for_a_local_stand_in() -> None:
    environ = {"RELAIS_ALMA_URL": "http://127.0.0.1:5190", "RELAIS_ALMA_RATE": "400"}
    assert Settings.from_env(environ).alma_rate == 400


def test_settings_repr_has_no_key() -> None:
    settings = Settings(
        "sqlite://",
        alma_key="k-1",
        alma_write_key="k-2",
        alma_network_key="k-3",
        servicenow_user="k-4",
        servicenow_password="k-5",
    )
    assert "k-" not in repr(settings)


def test_from_env_refuses_a_user_without_a_password_quoting_neither() -> None:
    assert refusal({"RELAIS_SERVICENOW_PASSWORD": "s3cret"}) == [
        "RELAIS_SERVICENOW_USER, RELAIS_SERVICENOW_PASSWORD: only one of them is set; "
        "set both, or neither"
    ]


def test_from_env_reads_trusted_proxies_as_addresses() -> None:
    given = {"RELAIS_TRUSTED_PROXIES": "127.0.0.1, ::1,2001:DB8::0:1"}
    assert Settings.from_env(given).trusted_proxies == {"127.0.0.1", "::1", "2001:db8::1"}


_NO_ADDRESS = "not an address; give localhost, 0.0.0.0, or the name or IP of this host"
_NO_CONTACT = (
    "not 1 to 200 plain ASCII characters; write it without accents, for example it@library.example"
)
_NO_ROLES = (
    "not NAME=ROLE separated by commas; the roles are staff, coordinator, analyst, and * stands "
    "for any part of a name"
)
_NO_ORIGINS = "not origins separated by spaces; for example https://intranet.example.ch"
_NO_TIMES = "not two times of the day; for example 22:00-07:00"
_NO_PROXIES = "not IP addresses separated by commas; for example 127.0.0.1,::1"


@pytest.mark.parametrize(
    ("name", "why", "values"),
    [
        ("ALERT_QUIET", _NO_TIMES, ["22:00", "25:00-07:00"]),
        ("ALERT_QUIET", "not two different local times; for example 22:00-07:00", ["07:00-07:00"]),
        ("ALERT_REMINDER", "not a number of seconds from 60 to 86400", ["10", "soon", "nan"]),
        (
            "URL",
            "not the address of the first page; for example https://relais.example.ch",
            ["relais.example.ch", "https://a:b@x.ch", "https://x.ch/?page=guide"],
        ),
        (
            "STATUS_PAGE",
            "not the address of the status page; for example https://relais.example.ch/status",
            ["yes", "https://x.ch/", "https://a:b@x.ch/status", "ftp://x.ch/status"],
        ),
        (
            "FRAME_ANCESTORS",
            _NO_ORIGINS,
            [
                "intranet.example",
                "https://a.example/page",
                "https://a.example; x",
                "ftp://a.example",
            ],
        ),
        ("TRUSTED_PROXIES", _NO_PROXIES, ["nginx"]),
        ("OPEN", "neither 1 nor 0", ["yes"]),
        ("LOG", "neither text nor json", ["xml"]),
        ("ROLES", _NO_ROLES, ["anne", "=staff", "anne=boss"]),
        ("PUBLIC", "give board, metrics, or both separated by a comma", ["board, loans"]),
        ("ADDRESS", _NO_ADDRESS, ["bad host", "hôte", "http://localhost", "[::1]"]),
        ("CONTACT", _NO_CONTACT, ["bibliothèque", "it@library.example\x7fX: 1", "x" * 201]),
        ("SPOOL", "not an absolute path; begin it with / or ~", ["spool"]),
        ("BACKUPS_KEPT", "not a whole number", ["-1", "²", "1.5"]),
    ],
)
def test_from_env_refuses(name: str, why: str, values: list[str]) -> None:
    for value in values:
        assert refusal({f"RELAIS_{name}": value}) == [f"RELAIS_{name}={value!r}: {why}"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        (
            "ALERTS",
            "json://x.ch nothing://x",
            "address 2 is not an Apprise address; see Apprise's list of services",
        ),
        (
            "OUTAGE_TOKEN",
            "too-short",
            "not 20 or more letters, digits and - . _ ~ + / =; "
            "python3 -c 'import secrets; print(secrets.token_urlsafe())' makes one",
        ),
        (
            "METRICS_TOKEN",
            "too-short",
            "not 20 or more letters, digits and - . _ ~ + / =; "
            "python3 -c 'import secrets; print(secrets.token_urlsafe())' makes one",
        ),
        (
            "DATABASE_URL",
            "secret",
            "not a database URL; for example sqlite:////srv/relais/relais.sqlite3",
        ),
    ],
)
def test_from_env_refuses_a_secret_without_quoting_it(name: str, value: str, why: str) -> None:
    assert refusal({f"RELAIS_{name}": value}) == [f"RELAIS_{name}: {why}"]
