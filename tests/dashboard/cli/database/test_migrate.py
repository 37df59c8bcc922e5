"""`relais migrate`: its output and its refusals."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import JournalMissing, TransferRefused
from procedure.io.database.database import open_database
from tests.support.cli import json_lines, run_relais

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", now=lambda: NOON) as database:
        database.journal.append(
            Loan(id=UUID(int=1), at=NOON, desk="CMU", patron="2060000017", item="1060000042")
        )
    return path


def test_migrate_lists_tables_without_password(source: Path, postgres_url: str) -> None:
    target = postgres_url.replace("postgres@", "postgres:s3cret@")
    done = run_relais("migrate", "--to", target, database=source)
    assert done.exit_code == 0
    rows = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()[:-1]}
    assert (rows["entry"], rows["outcome"]) == ("1", "0")
    assert "Every table is the same in both databases." in done.stdout
    assert "s3cret" not in done.output
    again = run_relais("migrate", "--to", target, database=source)
    assert isinstance(again.exception, TransferRefused)


def test_migrate_json_has_one_object_per_table(source: Path, postgres_url: str) -> None:
    words = ("--from", f"sqlite:///{source}", "--to", postgres_url, "--json")
    (entry,) = (row for row in json_lines(run_relais("migrate", *words)) if row["name"] == "entry")
    assert (entry["rows"], len(entry["checksum"])) == (1, 32)


def test_migrate_refuses_databases_of_another_kind(source: Path, postgres_url: str) -> None:
    for words in (
        ("--from", postgres_url, "--to", postgres_url),
        ("--from", f"sqlite:///{source}", "--to", f"sqlite:///{source}"),
        ("--to", "mysql://x"),
    ):
        assert run_relais("migrate", *words, database=source).exit_code == 2


def test_migrate_refuses_a_spool_with_loans(source: Path, postgres_url: str) -> None:
    waiting = source.with_name(f"{source.name}-00000001.spool")
    waiting.write_bytes(b"")
    done = run_relais("migrate", "--to", postgres_url, database=source)
    assert isinstance(done.exception, TransferRefused)
    assert str(waiting) in str(done.exception)
    waiting.unlink()
    assert run_relais("migrate", "--to", postgres_url, database=source).exit_code == 0


def test_migrate_does_not_create_a_missing_source(tmp_path: Path, postgres_url: str) -> None:
    path = tmp_path / "none.sqlite3"
    done = run_relais("migrate", "--from", f"sqlite:///{path}", "--to", postgres_url)
    assert isinstance(done.exception, JournalMissing)
    assert list(tmp_path.iterdir()) == []
