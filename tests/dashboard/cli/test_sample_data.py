"""`relais sample-data` from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from procedure.errors import JournalMissing
from procedure.io.database.database import open_database
from tests.support.cli import Run, json_lines, run_relais


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "relais.sqlite3"


@pytest.fixture
def url(database_path: Path) -> str:
    return f"sqlite:///{database_path}"


@pytest.fixture
def run(database_path: Path) -> Run:
    return lambda *words, database=database_path: run_relais(*words, database=database)


def test_sample_data_fills_only_an_empty_database(run: Run, url: str) -> None:
    words = ("sample-data", "--until", "2026-11-24T17:00", "--seed", "7", "--days", "2")
    first = run(*words)
    assert first.exit_code == 0
    assert first.output.endswith(" entries were generated.\n")
    lines = json_lines(run("report", "--json", "--since", "2026-11-22"))
    causes = {outage["cause"] for line in lines for outage in line["outages"]}
    assert causes == {"status", "reset", "dns"}
    again = run(*words)
    assert again.exit_code == 1
    assert again.output == (
        "Error: This database is not empty, and made-up loans must not be mixed with real ones: "
        "nothing was written. Give a new one, for example --database sqlite:///sample.sqlite3\n"
    )
    with open_database(url, now=lambda: datetime.now(UTC)) as database:
        assert first.output.split()[3] == str(database.journal.position())


def test_sample_data_into_a_named_database(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "sample.sqlite3"
    words = ("--database", f"sqlite:///{other}", "--days", "1", "--until", "2026-11-24T17:00")
    assert run("sample-data", *words).exit_code == 0
    assert isinstance(run("report").exception, JournalMissing)
    assert run("report", "--since", "2026-11-22", database=other).output != ""
