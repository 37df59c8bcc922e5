"""The server under test, with a few days of data."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

import psutil

from tests.campaigns.benchmarks.servers import Server
from tests.campaigns.soak.fast_clock import FastClock
from tests.ui.conftest import Relais, Standins, handbook_over

TOKEN = "a-token-of-more-than-20-signs"
PAST = 10  # days of sample data in the database
SETTINGS = {
    "RELAIS_PROBE_INTERVAL": "60",  # instead of the tests' interval
    "RELAIS_KEEP_OUTCOMES": "8",
    "RELAIS_OUTAGE_TOKEN": TOKEN,
}


@dataclass
class Installation:
    """Relais with a fast clock; `standins` are the targets that it probes."""

    relais: Relais
    clock: FastClock
    server: Server
    standins: Standins

    @property
    def folder(self) -> Path:
        return self.relais.folder

    @property
    def log(self) -> list[str]:
        return (self.folder / "relais.log").read_text("utf-8").splitlines()

    @property
    def backups(self) -> list[Path]:
        return sorted(self.folder.glob("backups/*.sqlite3"))

    def command(self, *words: str) -> str:
        """Run `relais …` with the same clock, and return its output.

        Raises:
            subprocess.CalledProcessError: the command failed.
        """
        return subprocess.run(
            _program(self.clock, words),
            env=self.server.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def restart(self) -> float:
        """Restart the server, and return how many seconds pass until it serves a page."""
        self.server.process.terminate()
        self.server.process.wait()
        return self.server.start()

    def usage(self) -> dict[str, float]:
        """Return the server's current usage.

        Memory and the sizes of files are in MB. `threads`, `descriptors`, `files` and `spooled`
        (spool files that are not empty) are counts. `processor` is the server's processor time in
        seconds. `load` is the load average of the whole machine over the last minute.
        """
        process = psutil.Process(self.server.process.pid)
        with process.oneshot():
            memory = process.memory_full_info()
            threads, descriptors = process.num_threads(), process.num_fds()
        return {
            "rss": memory.rss / 1e6,
            "pss": memory.pss / 1e6,
            "threads": threads,
            "descriptors": descriptors,
            "files": sum(file.is_file() for file in self.folder.iterdir()),
            "spooled": sum(file.stat().st_size > 0 for file in self.folder.glob("*.spool")),
            "database": self._megabytes("relais.sqlite3"),
            "wal": self._megabytes("relais.sqlite3-wal"),
            "log": self._megabytes("relais.log"),
            "processor": self.server.processor(),
            "load": os.getloadavg()[0],
        }

    def _megabytes(self, name: str) -> float:
        file = self.folder / name
        return file.stat().st_size / 1e6 if file.exists() else 0


@contextmanager
def installation(folder: Path, start: datetime, speed: float) -> Iterator[Installation]:
    """Create a database with data up to `start`; start the server with a clock set to `start`."""
    standins = Standins()
    handbook = handbook_over(standins, folder / "handbook")
    targets = handbook / "targets.toml"
    targets.write_text(targets.read_text("utf-8").replace('"10 s"', '"60 s"'), "utf-8")
    relais = Relais(folder, handbook, standins)
    made = relais.command("sample-data", "--days", str(PAST), "--until", start.isoformat())
    assert made.returncode == 0, made.stderr
    environment = relais.environment | SETTINGS
    clock = FastClock(start, monotonic(), speed)
    command = _program(clock, relais.words)
    server = Server("relais", command, "/dashboard", relais.port, folder, environment, standins)
    running = Installation(relais, clock, server, standins)
    try:
        server.start()
        yield running
    finally:
        if hasattr(server, "process"):
            server.stop()
        standins.stop()


def _program(clock: FastClock, words: list[str] | tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "tests.campaigns.soak.fast_clock", *clock.words, *words]
