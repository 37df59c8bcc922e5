"""The servers that `rush` compares: Relais during an outage, and Panel's hello world."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

import psutil

from tests.ui.conftest import Relais, Standins, free_port, handbook_over

HELLO = """import pandas as pd
import panel as pn
pn.extension("tabulator")
frame = pd.DataFrame({"target": range(10), "seconds": range(10)})
pn.Column("# Hello", pn.widgets.Tabulator(frame)).servable()
"""
# Seconds between probes of a target, as for Alma's links in the packaged handbook.
INTERVAL = "60"
STARTS_WITHIN = 300  # seconds
SEES_WITHIN = 300  # seconds


@dataclass
class Server:
    """A server process."""

    name: str
    command: list[str]
    path: str
    port: int
    folder: Path
    environment: dict[str, str] | None = None
    standins: Standins | None = None
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> float:
        """Start the server, and return the seconds that it takes to serve its first page."""
        begun = time.perf_counter()
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log
            )
        while time.perf_counter() - begun < STARTS_WITHIN:
            with suppress(OSError), urlopen(self.url + self.path, timeout=STARTS_WITHIN) as page:
                page.read()
                return time.perf_counter() - begun
            time.sleep(0.01)
        raise TimeoutError((self.folder / f"{self.name}.log").read_text())

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def processor(self) -> float:
        """Return the processor time so far, in seconds."""
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    def memory(self) -> float:
        """Return the resident memory in MB."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6


@contextmanager
def both() -> Iterator[tuple[Server, Server]]:
    """Prepare both servers; all of Relais's targets answer except the two for Alma."""
    standins = Standins()
    standins.only("alma-saml", "alma-secours")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "hello.py").write_text(HELLO, "utf-8")
        relais = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
        environment = relais.environment | {"RELAIS_PROBE_INTERVAL": INTERVAL}
        serve = [sys.executable, "-m", "dashboard.cli", "serve", "--port", str(relais.port)]
        ours = Server("relais", serve, "/dashboard", relais.port, folder, environment, standins)
        port = free_port()
        panel = [sys.executable, "-m", "panel", "serve", str(folder / "hello.py")]
        hello = Server("hello", [*panel, "--port", str(port)], "/hello", port, folder)
        try:
            yield ours, hello
        finally:
            standins.stop()


@contextmanager
def started() -> Iterator[tuple[Server, Server]]:
    """Start both servers, and wait until Relais has noticed the outage."""
    with both() as servers:
        for server in servers:
            server.start()
        try:
            _await_outage(servers[0])
            yield servers
        finally:
            for server in servers:
                server.stop()


def _await_outage(relais: Server) -> None:
    until = time.monotonic() + SEES_WITHIN
    while time.monotonic() < until:
        with urlopen(f"{relais.url}/board.json") as board:
            data = json.load(board)
        if any(target["verdict"] == "down" for target in data["targets"]) and data["diagnosis"]:
            return
        time.sleep(0.5)
    raise TimeoutError("Relais never noticed that Alma was down")
