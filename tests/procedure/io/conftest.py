"""Fixtures for the contract tests: journals and histories in memory, SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from procedure.io.database.database import open_database
from procedure.journal import Journal
from procedure.monitoring.history import History
from tests.support.memory import MemoryHistory, MemoryJournal

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that moves only when a test moves it."""

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
def url(database_url: str) -> str:
    """The URL of an empty SQLite or PostgreSQL database."""
    return database_url


Memory = tuple[Journal, History]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def memory(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Callable[[], datetime]
) -> Iterator[Memory]:
    """An empty journal and history: in memory, then in SQLite, then in PostgreSQL."""
    if request.param == "memory":
        yield MemoryJournal(clock), MemoryHistory()
        return
    sqlite = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    where = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_database(where, role="server", now=clock) as database:
        yield database.journal, database.history


@pytest.fixture
def journal(memory: Memory) -> Journal:
    return memory[0]


@pytest.fixture
def history(memory: Memory) -> History:
    return memory[1]
