"""The memories that the contract tests run against: in memory, SQLite, and PostgreSQL when named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from procedure.io.database.database import open_database
from procedure.journal import Journal
from procedure.monitoring.history import History
from tests.support.memory import MemoryHistory, MemoryJournal

POSTGRES = os.environ.get("RELAIS_TEST_POSTGRES_URL", "")
SERVERS = ("postgresql",) if POSTGRES else ()
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, span: timedelta) -> None:
        self.at += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fresh_postgres_url() -> Iterator[str]:
    """A PostgreSQL schema of the test's own, dropped afterwards."""
    url = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    name = f"relais_{uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    own = url.update_query_dict({"options": f"-csearch_path={name}"})
    yield own.set(drivername="postgresql").render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", *SERVERS])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("fresh_postgres_url")
    return f"sqlite:///{tmp_path / 'relais.sqlite3'}"


Memory = tuple[Journal, History]


@pytest.fixture(params=["memory", "sqlite", *SERVERS])
def memory(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Callable[[], datetime]
) -> Iterator[Memory]:
    """An empty journal and history of every kind."""
    if request.param == "memory":
        yield MemoryJournal(clock), MemoryHistory()
        return
    sqlite = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    where = sqlite if request.param == "sqlite" else request.getfixturevalue("fresh_postgres_url")
    with open_database(where, role="server", now=clock) as database:
        yield database.journal, database.history


@pytest.fixture
def journal(memory: Memory) -> Journal:
    return memory[0]


@pytest.fixture
def history(memory: Memory) -> History:
    return memory[1]
