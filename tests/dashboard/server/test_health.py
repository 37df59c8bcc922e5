"""`/healthz` and `/readyz` while the database is locked or moved away, or the watch is stopped."""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from dashboard.core.context import AppContext
from dashboard.server.health import not_ready
from procedure.monitoring.model import Status
from tests.dashboard.cli.test_serve import COMMANDS, answer, serving
from tests.support.still_watch import StillWatch
from tests.ui.conftest import free_port


def asked(port: int, path: str, host: str = "10.9.8.7") -> tuple[int, dict[str, object]]:
    request = Request(f"http://localhost:{port}{path}", headers={"Host": host})
    try:
        with urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def until(port: int, wanted: tuple[int, dict[str, object]]) -> tuple[int, dict[str, object]]:
    """Poll for up to a minute until the response is as expected; return the last response."""
    give_up = time.monotonic() + 60
    while (found := asked(port, "/readyz")) != wanted and time.monotonic() < give_up:
        time.sleep(0.2)
    return found


READY = (200, {"ready": True, "reasons": [], "handbook": "current"})


def unready(reason: str) -> tuple[int, dict[str, object]]:
    return 503, {"ready": False, "reasons": [reason], "handbook": "current"}


def test_readyz_while_the_database_can_be_written(tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "relais.sqlite3"
    with serving(COMMANDS["relais"], tmp_path, port):
        assert answer(port, "/healthz", host="10.9.8.7") == (200, b'{"status": "ok"}')
        assert until(port, READY) == READY
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert until(port, unready("database_unwritable")) == unready("database_unwritable")
            other.execute("ROLLBACK")
            assert until(port, READY) == READY
            assert other.execute("SELECT count(*) FROM note").fetchone() == (0,)
        if sys.platform != "win32":  # Windows cannot move an open file
            file.rename(tmp_path / "away.sqlite3")
            assert until(port, unready("database_gone")) == unready("database_gone")
            assert asked(port, "/healthz") == (200, {"status": "ok"})


async def test_readyz_reports_a_stopped_watch(
    context: AppContext, watch: StillWatch, clock
) -> None:
    assert await not_ready(context) == ("watch_stopped",)
    watch.see("switch", Status.DOWN)
    assert await not_ready(context) == ()
    clock.pass_by(minutes=10)
    assert await not_ready(context) == ("watch_stopped",)
