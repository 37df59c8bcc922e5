"""The button for a drill: who may press it, what it starts and ends, and the drill's URL."""

import asyncio
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import UNRESTRICTED, SignedInBy, Visitor, visitor_of
from dashboard.readiness.drill_control import DrillControl, DrillPlace, drill_place
from dashboard.settings import Settings
from procedure.access.roles import Role
from procedure.io.child_server import ChildPhase
from tests.ui.conftest import PATIENCE, free_port


def control_of(context: AppContext, origin: str, visitor: Visitor) -> DrillControl:
    session = Session(visitor=visitor, origin=origin)
    return DrillControl(context=context, session=session, updates=ChangeCounters(context=context))


async def reach(control: DrillControl, phase: ChildPhase) -> None:
    until = time.monotonic() + PATIENCE
    while control.server.phase is not phase:
        assert time.monotonic() < until, control.server.phase
        await asyncio.sleep(0.05)
    control.read_phase()


@pytest.mark.parametrize("demo", ["demo", "drill"])
def test_drill_control_is_off_in_a_demonstration(context: AppContext, demo: str) -> None:
    shown = replace(context, demo=demo)
    assert control_of(shown, "http://localhost:5006", Visitor()).place is None


def test_drill_control_starts_one_drill_and_leaves_nothing_behind(
    context: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    database_url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    settings = replace(context.settings, port=port, database_url=database_url)
    context = replace(context, settings=settings)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(sys, "orig_argv", [])
    origin = f"http://localhost:{port}"
    first, second = (control_of(context, origin, Visitor()) for _ in range(2))

    async def play() -> int:
        first.start()
        second.start()
        assert (first.phase, second.phase) == (ChildPhase.STARTING, ChildPhase.STARTING)
        await reach(first, ChildPhase.RUNNING)
        assert len(list(temporary.iterdir())) == 1
        assert first.place is not None
        pid = first.server.pid
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(first.place.url)).status_code == 200
        second.end()
        assert second.phase is ChildPhase.ENDING
        await first.server.ended()
        first.read_phase()
        assert pid is not None
        return pid

    pid = asyncio.run(play())
    assert first.phase is ChildPhase.OFF
    assert list(temporary.iterdir()) == []
    with pytest.raises(ChildProcessError):  # the process has been reaped
        os.waitpid(pid, os.WNOHANG)


SETTINGS = Settings("postgresql+psycopg://relais:secret@db/relais", alma_key="secret")
OPEN = Visitor(by=SignedInBy.OPEN)
SERVED = ["relais", "serve", "--address", "0.0.0.0", "--port=5007"]


@pytest.mark.parametrize(
    ("visitor", "origin", "arguments", "place"),
    [
        (UNRESTRICTED, "http://localhost:5006", [], DrillPlace("localhost", 5006, "localhost")),
        (UNRESTRICTED, "http://[::1]:5006", [], DrillPlace("localhost", 5006, "[::1]")),
        (OPEN, "http://relais.lan:5007", SERVED, DrillPlace("0.0.0.0", 5007, "relais.lan")),
    ],
)
def test_drill_place_for_a_browser_that_reaches_the_server(
    visitor: Visitor, origin: str, arguments: list[str], place: DrillPlace
) -> None:
    assert drill_place(visitor, origin, SETTINGS, arguments) == place


@pytest.mark.parametrize(
    ("visitor", "origin", "arguments"),
    [
        (UNRESTRICTED, "", []),
        (UNRESTRICTED, "https://localhost:5006", []),
        (UNRESTRICTED, "http://localhost", []),
        (UNRESTRICTED, "http://localhost:8080", []),
        (UNRESTRICTED, "http://localhost:65530", ["--port", "65530"]),
        (OPEN, "http://localhost:5007", SERVED),
        (OPEN, "http://relais.lan:5006", []),
        (
            visitor_of(Role.COORDINATOR, "anne", SignedInBy.ACCOUNT),
            "http://relais.lan:5007",
            SERVED,
        ),
    ],
)
def test_drill_place_is_none_behind_a_proxy_or_sign_in(
    visitor: Visitor, origin: str, arguments: list[str]
) -> None:
    assert drill_place(visitor, origin, SETTINGS, arguments) is None


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
