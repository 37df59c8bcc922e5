"""Browser tests: a real server process, stand-in targets it can watch, and a strict page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    WebError,
    expect,
    sync_playwright,
)

from dashboard.settings import PACKAGED_HANDBOOK

# A cold server on a busy machine takes more than the five seconds that Playwright allows.
expect.set_options(timeout=15_000)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TARGETS = (
    "etats-unige", "slsp-psi", "exlibris-status", "switch",
    "alma-saml", "alma-secours", "tickets", "offline-utility",
)  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Standins:
    """Local stand-ins for the paper's addresses; each answers with the status it is told to.

    With status 0 it hangs up without an answer.
    """

    def __init__(self) -> None:
        self.status = dict.fromkeys(TARGETS, 200)
        told = self.status

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status = told.get(self.path.strip("/"), 404)
                if not status:
                    self.close_connection = True
                    return
                body = b"<html><body>a page</body></html>"
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def all_up(self) -> None:
        self.status.update(dict.fromkeys(TARGETS, 200))

    def fail(self, *targets: str, status: int = 503) -> None:
        self.status.update(dict.fromkeys(targets, status))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def handbook_over(standins: Standins, folder: Path) -> Path:
    """Copy the packaged papers, their addresses turned to the stand-ins, asked every second."""
    shutil.copytree(PACKAGED_HANDBOOK, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    paper = folder / "targets.toml"
    text = paper.read_text("utf-8")
    for key in TARGETS:
        text = re.sub(
            rf'(\[{key}\][^\[]*?url = )"[^"]*"', rf'\1"{standins.url}/{key}"', text, flags=re.DOTALL
        )
    text = re.sub(r'interval = "[^"]*"', 'interval = "10 s"', text)
    # A feed that is not there: the page is to be read by eye.
    text = re.sub(r'(\.feed\][^\[]*?url = )"[^"]*"', rf'\1"{standins.url}/no-feed"', text)
    paper.write_text(text, "utf-8")
    return folder


@dataclass
class Relais:
    """A running `relais serve`, its memory in a folder of its own."""

    folder: Path
    handbook: Path
    standins: Standins
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/dashboard"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("RELAIS_")}
        return kept | {
            "RELAIS_DATABASE_URL": f"sqlite:///{self.folder / 'relais.sqlite3'}",
            "RELAIS_HANDBOOK": str(self.handbook),
            "RELAIS_PROBE_INTERVAL": "1",
            "RELAIS_PROBE_TIMEOUT": "2",
            "PYTHONUNBUFFERED": "1",
        }

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dashboard.cli", "serve", "--port", str(self.port)],
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + 40
        while time.monotonic() < until:
            try:
                urlopen(f"http://localhost:{self.port}/liveness", timeout=1).close()
            except OSError:
                assert self.process.poll() is None, (self.folder / "server.log").read_text()
                time.sleep(0.1)
            else:
                return
        raise AssertionError(
            "the server did not come up: " + (self.folder / "server.log").read_text()
        )

    def signal(self, which: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(which)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dashboard.cli", *words],
            env=self.environment, capture_output=True, text=True, check=False, cwd=self.folder,
        )  # fmt: skip


@pytest.fixture(scope="module")
def standins() -> Iterator[Standins]:
    made = Standins()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    """A server of the module's own, with an empty memory and all targets up."""
    folder = tmp_path_factory.mktemp("relais")
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


class Strict:
    """What a page must never do, gathered while it is open: leave the server, or raise.

    The looks of its browser probe go to the stand-ins, and fail when these are told to.
    """

    def __init__(self, context: BrowserContext, host: str, standins: str) -> None:
        self.faults: list[str] = []
        self.server_may_die = False
        self._host = host
        self._standins = f"{standins}/"
        context.on("request", lambda one: self._request(one.url))
        context.on("weberror", self._raised)
        context.on("console", self._console)

    def _request(self, url: str) -> None:
        if url.startswith(self._standins):
            return
        if not url.startswith((f"http://{self._host}", f"ws://{self._host}", "data:", "blob:")):
            self.faults.append(f"foreign request: {url}")

    def _raised(self, error: WebError) -> None:
        # A fault of a library is told in its own words; only where it stood tells whose it is.
        self.faults.append(f"page error: {error.error}\n{getattr(error.error, 'stack', '')}")

    def _console(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") != "error":
            return
        # A server killed on purpose leaves failed connections in the console.
        if self.server_may_die and re.search(r"ERR_|WebSocket|not connected|\bws\b", text):
            return
        # A look that fails is told in the console by the browser itself, at the address it tried.
        where = getattr(message, "location", {}).get("url", "")
        if where.startswith(self._standins) and "Failed to load resource" in text:
            return
        self.faults.append(f"console error: {text}")


@pytest.fixture
def context(chromium: Browser, relais: Relais) -> Iterator[BrowserContext]:
    relais.standins.all_up()
    made = chromium.new_context(
        viewport={"width": 1366, "height": 768}, locale="en-US", timezone_id="Europe/Zurich"
    )
    made.strict = Strict(made, f"localhost:{relais.port}", relais.standins.url)  # type: ignore[attr-defined]
    made.set_default_timeout(15_000)
    yield made
    faults = made.strict.faults  # type: ignore[attr-defined]
    made.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext, relais: Relais) -> Page:
    """A page of the running server, on the guide, in French."""
    opened = context.new_page()
    opened.goto(relais.url)
    return opened
