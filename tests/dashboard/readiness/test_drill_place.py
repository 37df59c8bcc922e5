"""Where a drill can be served so that a browser reaches it."""

import sys
from dataclasses import replace

import pytest

from dashboard.core.users import UNRESTRICTED, SignedInBy, User, user_of
from dashboard.readiness.drill_place import DrillPlace, drill_place
from dashboard.settings import Settings
from procedure.access.roles import Role

SETTINGS = Settings("postgresql+psycopg://relais:secret@db/relais", alma_key="secret")
OPEN = User(by=SignedInBy.OPEN)
SERVED = ["relais", "serve", "--address", "0.0.0.0", "--port=5007"]


@pytest.mark.parametrize(
    ("user", "origin", "arguments", "place"),
    [
        (UNRESTRICTED, "http://localhost:5006", [], DrillPlace("localhost", 5006, "localhost")),
        (UNRESTRICTED, "http://[::1]:5006", [], DrillPlace("localhost", 5006, "[::1]")),
        (OPEN, "http://relais.lan:5007", SERVED, DrillPlace("0.0.0.0", 5007, "relais.lan")),
    ],
)
def test_drill_place_for_a_browser_that_reaches_the_server(
    user: User, origin: str, arguments: list[str], place: DrillPlace
) -> None:
    assert drill_place(user, origin, SETTINGS, arguments) == place


@pytest.mark.parametrize(
    ("user", "origin", "arguments"),
    [
        (UNRESTRICTED, "", []),
        (UNRESTRICTED, "https://localhost:5006", []),
        (UNRESTRICTED, "http://localhost", []),
        (UNRESTRICTED, "http://localhost:8080", []),
        (UNRESTRICTED, "http://localhost:65530", ["--port", "65530"]),
        (OPEN, "http://localhost:5007", SERVED),
        (OPEN, "http://relais.lan:5006", []),
        (user_of(Role.COORDINATOR, "anne", SignedInBy.ACCOUNT), "http://relais.lan:5007", SERVED),
    ],
)
def test_drill_place_is_none_behind_a_proxy_or_sign_in(
    user: User, origin: str, arguments: list[str]
) -> None:
    assert drill_place(user, origin, SETTINGS, arguments) is None


def test_drill_place_command_names_the_host_for_remote_browsers_only() -> None:
    here = DrillPlace("localhost", 5006, "localhost")
    drill = [sys.executable, "-m", "dashboard.cli", "drill", "--until-eof"]
    assert here.command == [*drill, "--address", "localhost", "--port", "5026"]
    there = replace(here, address="10.0.0.5", host="relais.lan")
    own = ["--address", "10.0.0.5", "--port", "5026", "--origin", "relais.lan:5026"]
    assert there.command == [*drill, *own]
    assert there.url == "http://relais.lan:5026/drill"
    everywhere = replace(there, address="0.0.0.0")
    assert [place.own_url for place in (here, there, everywhere)] == [
        f"http://{host}:5026/liveness" for host in ("localhost", "10.0.0.5", "localhost")
    ]


def test_drill_place_environment_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RELAIS_ALMA_KEY", "BOKEH_SECRET_KEY", "PANEL_OAUTH_SECRET", "PGPASSWORD"):
        monkeypatch.setenv(name, "secret")
    environ = DrillPlace("localhost", 5006, "localhost").environment(SETTINGS)
    assert "secret" not in environ.values()
    assert {name: text for name, text in environ.items() if name.startswith("RELAIS_")} == {
        "RELAIS_DATABASE_URL": "postgresql+psycopg:///relais",
        "RELAIS_HANDBOOK": str(SETTINGS.handbook),
        "RELAIS_LANGUAGE": "fr",
        "RELAIS_PORT": "5006",
    }
