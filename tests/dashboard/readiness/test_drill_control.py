"""The button for a drill: who may press it, and the process that it starts and ends."""

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
from dashboard.core.users import User
from dashboard.readiness.drill_control import DrillControl
from procedure.io.child_server import ChildPhase
from tests.ui.conftest import PATIENCE, free_port


def control_of(context: AppContext, origin: str, user: User) -> DrillControl:
    session = Session(user=user, origin=origin)
    return DrillControl(context=context, session=session, updates=ChangeCounters(context=context))


async def reach(control: DrillControl, phase: ChildPhase) -> None:
    until = time.monotonic() + PATIENCE
    while control.server.phase is not phase:
        assert time.monotonic() < until, control.server.phase
        await asyncio.sleep(0.05)
    control.follow()


@pytest.mark.parametrize("demo", ["demo", "drill"])
def test_drill_control_is_off_in_a_demonstration(context: AppContext, demo: str) -> None:
    context.demo = demo
    assert control_of(context, "http://localhost:5006", User()).place is None


def test_drill_control_starts_one_drill_and_leaves_nothing(
    context: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    database_url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    context.settings = replace(context.settings, port=port, database_url=database_url)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(sys, "orig_argv", [])
    origin = f"http://localhost:{port}"
    first, second = (control_of(context, origin, User()) for _ in range(2))

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
        first.follow()
        assert pid is not None
        return pid

    pid = asyncio.run(play())
    assert first.phase is ChildPhase.OFF
    assert list(temporary.iterdir()) == []
    with pytest.raises(ChildProcessError):  # it is no zombie
        os.waitpid(pid, os.WNOHANG)
