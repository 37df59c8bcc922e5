"""Marked secrets, sent by every route that takes them, appear in no log, address or metric."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

import pytest

from procedure import open_records
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.local_time import local
from procedure.outages.outage_entries import OutageDeclared
from procedure.reconciliation.corrections import mark_uploaded
from procedure.simulation.alma.server import FakeAlma
from tests.dashboard.cli.test_serve import Served, answer, serving
from tests.dashboard.loans.transactions.test_intake import scan
from tests.support import make
from tests.support.alma import serving as serving_alma
from tests.support.cli import run_relais
from tests.support.webhook import Webhook
from tests.ui.conftest import free_port

PATRON, PASSWORD = "MARKED207000", "marked-password-2026"
CARD = "SLSP207000207"  # of a known shape, so Relais hides it in text that people type
KEY, CHANNEL = "marked-key-of-alma", "marked-channel"
SECRETS = (PATRON, PASSWORD, CARD, KEY, CHANNEL)
# Sets every logger to level DEBUG, as an administrator might when looking for a fault.
VERBOSE = (
    "import logging; logging.basicConfig(level=logging.DEBUG); "
    "from dashboard.entry_point import main; main()"
)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Server:
    """A server process that logs everything, and a browser that is signed in to it."""

    def __init__(
        self,
        folder: Path,
        port: int,
        process: Served,
        settings: dict[str, str],
        *,
        writes_json: bool,
    ) -> None:
        self.folder, self.port, self.process = folder, port, process
        self.settings = settings
        self.writes_json = writes_json
        self.cookie = ""

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", errors="replace")

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, Any]:
        """Return status, body and headers of a response, whatever its status."""
        origin = f"http://localhost:{self.port}"
        sent = {"Cookie": self.cookie, "X-Relais": "desk", "Origin": origin, **headers}
        request = Request(f"http://localhost:{self.port}{path}", body, sent)
        try:
            with build_opener(_Stay).open(request, timeout=60) as response:
                return response.status, response.read().decode(), response.headers
        except HTTPError as other:
            with other:
                return other.code, other.read().decode(), other.headers

    def sign_in(self, password: str) -> int:
        form = urlencode({"name": "anne", "password": password, "next": "/dashboard"})
        status, _, headers = self.ask("/sign-in", form.encode())
        if "Set-Cookie" in headers:
            self.cookie = headers["Set-Cookie"].split(";")[0]
        return status

    def command(self, *words: str) -> str:
        """Return the output and log of a command with this server's settings."""
        plain = {name: text for name, text in os.environ.items() if not name.startswith("RELAIS_")}
        done = subprocess.run(
            [sys.executable, "-c", VERBOSE, *words],
            env=plain | self.settings,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    def send(self, *messages: object) -> list[dict[str, Any]]:
        body = json.dumps({"transactions": messages}).encode()
        status, text, _ = self.ask("/desk/transactions", body)
        assert status == 200, text
        return json.loads(text)["answers"]


@pytest.fixture
def alma() -> Iterator[tuple[FakeAlma, int]]:
    there = FakeAlma()
    with serving_alma(there) as port:
        yield there, port


@pytest.fixture
def outage(tmp_path: Path) -> OutageDeclared:
    """Record an outage, and planned work titled with a card number; the work's alert is due."""
    now = utc_now()
    declared = make.outage(uuid4(), at=now)
    hour = timedelta(hours=1)
    work = make.planned(uuid4(), now + hour, now + 2 * hour, at=now, title=f"Alma {CARD}")
    with open_database(f"sqlite:///{tmp_path / 'relais.sqlite3'}", now=utc_now) as database:
        database.journal.append(declared, work)
    return declared


@pytest.fixture
def server(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    webhook: Webhook,
    alma: tuple[FakeAlma, int],
    outage: OutageDeclared,
) -> Iterator[Server]:
    del outage
    written = getattr(request, "param", "text")
    port, database = free_port(), tmp_path / "relais.sqlite3"
    words = ("user", "add", "anne", "--role", "coordinator", "--password-stdin")
    added = run_relais(
        *words,
        database=database,
        text=f"{PASSWORD}\n",
    )
    assert added.exit_code == 0, added.output
    more = {
        "RELAIS_DATABASE_URL": f"sqlite:///{database}",
        "RELAIS_LOG": written,
        "RELAIS_ALERTS": webhook.address.replace("//", f"//relais:{CHANNEL}@"),
        "RELAIS_ALMA_URL": f"http://127.0.0.1:{alma[1]}",
        "RELAIS_ALMA_KEY": KEY,
        "BOKEH_LOG_LEVEL": "trace",
        "BOKEH_PY_LOG_LEVEL": "trace",
        "PYTHONASYNCIODEBUG": "1",
    }
    with serving(["-c", VERBOSE, "serve"], tmp_path, port, imports_anew=True, **more) as process:
        answer(port, "/healthz")
        yield Server(tmp_path, port, process, more, writes_json=written == "json")


@pytest.mark.parametrize("server", ["text", "json"], indirect=True)
def test_logs_addresses_and_metrics_have_no_identifier_password_or_token(
    server: Server,
    webhook: Webhook,
    alma: tuple[FakeAlma, int],
    outage: OutageDeclared,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    assert server.sign_in(f"{PASSWORD}-wrong") != 303
    assert server.sign_in(PASSWORD) == 303
    token = server.cookie.partition("=")[2]
    states = [
        reply["state"]
        for reply in server.send(
            scan(1, "2301", patron=PATRON),
            scan(2, "2301", patron=PATRON),  # a second reading
            scan(1, "2309", patron=f"{PATRON}9"),  # another loan with the same id
            scan(3, "2302", patron=PATRON, desk="NOWHERE"),
            scan(4, "2303", patron=f"{PATRON}\x07"),
            scan(5, "2304", patron=PATRON * 40),
            scan(6, "2305", patron=[PATRON]),
            scan(7, "2306", patron=PATRON, at=PATRON),
            {"kind": PATRON, "id": PATRON},
            PATRON,
        )
    ]
    assert states[:3] == ["kept", "repeated", "refused"]
    assert set(states[3:]) == {"refused"}
    for body in (f'{{"transactions": "{PATRON}"}}', f'{{"{PATRON}', f'["{PATRON}"]', PATRON):
        assert server.ask("/desk/transactions", body.encode())[0] == 400
    assert server.ask("/desk/transactions", PATRON.encode() * 50_000)[0] == 413
    assert server.ask("/desk/waiting", f'{{"waiting": ["{PATRON}"]}}'.encode())[0] == 200
    sheet = server.folder / "sheet.csv"
    day = local(utc_now()).strftime("%Y-%m-%d")
    sheet.write_text(
        f"date,time,patron,item\n{day},00:01,{PATRON},2310\n{day},never,{PATRON},2311\n", "utf-8"
    )
    words = ("loans", "import", sheet, "--desk", "MAIL", "--keep-good")
    imported = run_relais(*words, database=server.folder / "relais.sqlite3")
    assert isinstance(imported.exit_code, int)
    with open_database(server.settings["RELAIS_DATABASE_URL"], now=utc_now) as database:
        loans = [record.entry.id for record in database.journal.since(kinds=("loan",))]
        sent = make.export(uuid4(), *tuple(loans), at=utc_now(), name="mail.dat")
        by = {"at": utc_now(), "operator": "anne"}
        database.journal.append(sent, mark_uploaded(sent, entry_id=uuid4(), **by))
    said = server.command("reconcile", "verify")
    assert "DEBUG" in said
    assert sum(alma[0].gate.requests.values()) > 0
    # The command and the fake Alma have logged requests. As with the real Alma, the requests' URLs
    # contain identifiers, but the logs must not.
    for secret in (*SECRETS, token):
        assert secret not in said, [line for line in said.splitlines() if secret in line][:3]
        assert secret not in caplog.text
    read = {
        path: server.ask(path)
        for path in (
            "/metrics",
            "/board.json",
            "/status",
            "/status.rss",
            "/healthz",
            "/readyz",
            "/desk/time",
            "/reconciliation/summary.csv",
            f"/dossier/{outage.id}",
            "/reconciliation/files.zip",
            f"/reconciliation/file/{'0' * 8}-0000-0000-0000-{'0' * 12}",
        )
    }
    assert read["/metrics"][0] == 200
    assert read["/board.json"][0] == 200
    for path, (_, text, headers) in read.items():
        for secret in (*SECRETS, token):
            assert secret not in text, path
            assert secret not in str(headers), path
    until = utc_now() + timedelta(minutes=2)
    while not webhook.received and utc_now() < until:
        sleep(0.1)
    assert webhook.received
    assert CARD not in str(webhook.received)
    server.process.terminate()
    server.process.wait(60)
    log = server.log
    if server.writes_json:
        # Apprise logs while the settings are read, before they configure the log as JSON.
        plain = ("Received signal SIGTERM, shutting down", "DEBUG:apprise:")
        logged = [line for line in log.splitlines() if not line.startswith(plain)]
        assert all(json.loads(line)["event"] for line in logged)
    assert "debug" in log.lower()
    for secret in (*SECRETS, token):
        assert secret not in log, [line for line in log.splitlines() if secret in line][:3]


def test_frames_for_analysis_have_pseudonyms(server: Server) -> None:
    server.sign_in(PASSWORD)
    server.send(scan(1, "2301", patron=PATRON), scan(2, "2302", patron=PATRON))
    with open_records(f"sqlite:///{server.folder / 'relais.sqlite3'}") as records:
        frames = {
            name: getattr(records, name)
            for name in ("loans", "loan_summary", "exports", "refusals", "reconciliation")
        }
    assert len(frames["loans"]) == 2
    for name, frame in frames.items():
        assert PATRON not in frame.to_csv(), name
