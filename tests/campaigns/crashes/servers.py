"""Starts and kills the processes of an installation: Relais and, if it is used, PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.forked_server import ForkedServer
from tests.support.postgres import PostgresServer, postgres_cluster
from tests.ui.conftest import Standins, free_port, handbook_over


@dataclass
class RelaisServer:
    """`relais serve`, which connects only to stand-ins on this machine."""

    folder: Path
    database_url: str
    handbook: Path
    port: int = field(default_factory=free_port)
    process: ForkedServer | None = None

    @property
    def spool(self) -> Path:
        """The folder for loans that arrive while the database does not respond."""
        return self.folder / "spool"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process, without waiting until it responds."""
        words = ["serve", "--open", "--address", "127.0.0.1", "--port", str(self.port)]
        own = {
            "RELAIS_DATABASE_URL": self.database_url,
            "RELAIS_HANDBOOK": str(self.handbook),
            "RELAIS_PROBE_INTERVAL": "60",
            "RELAIS_SPOOL": str(self.spool),
        }
        others = {name: v for name, v in os.environ.items() if not name.startswith("RELAIS_")}
        self.process = ForkedServer(words, others | own, self.folder / "server.log")

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = None

    @property
    def has_ended(self) -> bool:
        """Whether the process has exited, as it may if its database is down."""
        return self.process is not None and self.process.poll() is not None

    @property
    def log(self) -> str:
        """The end of the log."""
        return (self.folder / "server.log").read_text()[-3000:]


@dataclass(frozen=True)
class Victim:
    """A process to kill and restart."""

    name: str
    kill: Callable[[], None]
    start: Callable[[], None]


@dataclass(frozen=True)
class Installation:
    """Relais with its database, and the processes to kill in turn."""

    server: RelaisServer
    victims: tuple[Victim, ...]


@contextmanager
def installation(kind: str, folder: Path, **options: str) -> Iterator[Installation]:
    """Start Relais with an empty database; `options` are settings for PostgreSQL."""
    standins = Standins()
    try:
        handbook = handbook_over(standins, folder / "handbook")
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'relais.sqlite3'}"
            yield from _running(RelaisServer(folder, url, handbook), None)
            return
        with postgres_cluster(durable=True, **options) as database:
            url = database.create_database()
            yield from _running(RelaisServer(folder, url, handbook), database)
    finally:
        standins.stop()


def _running(server: RelaisServer, database: PostgresServer | None) -> Iterator[Installation]:
    relais = Victim("relais", server.kill, server.start)
    victims = (relais, Victim("database", database.kill, database.start)) if database else (relais,)
    server.start()
    try:
        yield Installation(server, victims)
    finally:
        server.kill()
