"""`relais purge`, and `relais restore` of a backup that is older than a purge."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from procedure.circulation.settlements import SettledByHand
from procedure.circulation.transactions import Loan
from procedure.io.backups.backup_folder import BackupFolder
from procedure.io.database.database import open_database
from procedure.io.spool.spool import spool_base
from procedure.personal_data.access_entries import IdentifiersPurged
from tests.support.cli import json_lines, run_relais

LONG_AGO = datetime.now(UTC) - timedelta(days=40)
LOANS = [
    Loan(id=UUID(int=n), at=LONG_AGO, desk="CMU", patron=f"MARKED-{n}", item=f"23{n}")
    for n in (1, 2)
]
BY_HAND = SettledByHand(id=UUID(int=3), at=LONG_AGO, loan=LOANS[0].id, how="at the desk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with an open loan and a loan that was settled forty days ago."""
    database = tmp_path / "data" / "relais.sqlite3"
    with open_database(f"sqlite:///{database}", now=lambda: LONG_AGO) as opened:
        opened.journal.append(*LOANS, BY_HAND)
    return database


def listed(path: Path) -> list[str]:
    return [
        row["patron"] for row in json_lines(run_relais("loans", "list", "--json", database=path))
    ]


def test_purge_dry_run_deletes_nothing(path: Path) -> None:
    result = json.loads(run_relais("purge", "--dry-run", "--json", database=path).stdout)
    until = datetime.fromisoformat(result.pop("until"))
    assert timedelta(days=30) <= datetime.now(UTC) - until
    browsers = {
        "kind": "browsers of workstations",
        "where": "loans not sent to the server yet",
    }
    assert result == {"loans": 1, "entries": 1, "dry_run": True, "remaining": [browsers]}
    assert listed(path) == ["MARKED-1", "MARKED-2"]


def test_purge_deletes_settled_loans_and_lists_other_copies(path: Path) -> None:
    backup = path.parent / "copy.backup"
    assert run_relais("backup", backup, database=path).exit_code == 0
    result = run_relais("purge", "--by", "Anna", database=path)
    assert result.stdout.startswith("Identifiers deleted: 1 loan settled before ")
    assert f"  backup: {backup}\n" in result.stdout
    gone, kept = listed(path)
    assert (gone[0], kept) == ("~", "MARKED-2")
    assert b"MARKED-1" not in path.read_bytes()
    with open_database(f"sqlite:///{path}", now=lambda: LONG_AGO) as database:
        (receipt,) = database.journal.since(kinds=(IdentifiersPurged.KIND,))
    assert isinstance(receipt.entry, IdentifiersPurged)
    assert (receipt.entry.loans, receipt.entry.entries, receipt.entry.operator) == (1, 1, "Anna")


def test_purge_lists_automatic_backups_and_the_spool(path: Path, tmp_path: Path) -> None:
    url, spool, backups = f"sqlite:///{path}", tmp_path / "spool", tmp_path / "backups"
    waiting = spool_base(url, spool)
    spool.mkdir()
    waiting.with_name(f"{waiting.name}-00000001.spool").touch()
    made = BackupFolder(url, 7, backups).make(LONG_AGO)
    folders = {"RELAIS_SPOOL": str(spool), "RELAIS_BACKUPS": str(backups)}
    result = json.loads(run_relais("purge", "--json", database=path, **folders).stdout)
    assert [(place["kind"], place["where"]) for place in result["remaining"]][:-1] == [
        ("backup", str(made)),
        ("spool", str(spool / f"{waiting.name}-00000001.spool")),
    ]


def test_purge_uses_the_retention_of_the_settings(path: Path) -> None:
    kept = run_relais("purge", database=path, RELAIS_KEEP_IDENTIFIERS="45")
    assert "Identifiers deleted: 0 loans" in kept.stdout
    wrong = run_relais("purge", database=path, RELAIS_KEEP_IDENTIFIERS="0")
    assert "RELAIS_KEEP_IDENTIFIERS" in str(wrong.exception)
    assert listed(path) == ["MARKED-1", "MARKED-2"]


def test_purge_of_a_restored_backup(path: Path, tmp_path: Path) -> None:
    assert run_relais("backup", tmp_path / "copy.backup", database=path).exit_code == 0
    restored = tmp_path / "restored" / "relais.sqlite3"
    assert run_relais("restore", tmp_path / "copy.backup", database=restored).exit_code == 0
    gone, kept = listed(restored)
    assert (gone[0], kept) == ("~", "MARKED-2")
    assert b"MARKED-1" not in restored.read_bytes()


def test_purge_of_a_backup_made_before_the_settlement(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.backup"
    assert run_relais("backup", copy, database=path).exit_code == 0
    with open_database(f"sqlite:///{path}", now=lambda: LONG_AGO) as database:
        database.journal.append(
            SettledByHand(id=uuid4(), at=LONG_AGO, loan=LOANS[1].id, how="later")
        )
    run_relais("purge", database=path)
    for file in (path, *path.parent.glob("*.state.json")):
        file.unlink()
    assert run_relais("restore", copy, database=path).exit_code == 0
    assert [patron[0] for patron in listed(path)] == ["~", "~"]
