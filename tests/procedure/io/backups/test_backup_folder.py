"""Backups of SQLite and PostgreSQL: how they are made, how many are kept, and when one is due."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import BackupRefused
from procedure.io.backups.backup_folder import NO_PG_DUMP, BackupFolder, is_backup_due
from procedure.io.database.backup import restore
from procedure.io.database.database import open_database
from procedure.io.last_times import last_times
from tests.procedure.io.conftest import START, Clock
from tests.support.postgres import PostgresServer

LOANS = [
    Loan(id=UUID(int=number), at=START, desk="CMU", patron="2070000001", item="1")
    for number in range(1, 4)
]


@pytest.fixture
def url(tmp_path: Path, clock: Clock) -> str:
    url = f"sqlite:///{tmp_path / 'data' / 'relais.sqlite3'}"
    with open_database(url, now=clock) as database:
        database.journal.append(*LOANS)
    return url


def names(folder: BackupFolder) -> list[str]:
    return [file.name for file in folder.files]


def test_make_keeps_the_newest_backups_complete_and_private(
    url: str, clock: Clock, tmp_path: Path
) -> None:
    folder = BackupFolder(url, kept=2)
    assert folder.path == tmp_path / "data" / "backups"
    (other := folder.path / "other.sqlite3").parent.mkdir()
    other.touch()
    for _ in range(3):
        clock.forward(timedelta(days=1))
        newest = folder.make(clock())
    assert names(folder) == ["relais-20261126T090000Z.sqlite3", "relais-20261127T090000Z.sqlite3"]
    assert other.exists()
    assert oct(newest.stat().st_mode & 0o777) == "0o600"
    assert last_times(url, folder.path).backup == clock()
    restored = tmp_path / "restored.sqlite3"
    restore(newest, restored, on_progress=lambda *_: None)
    with open_database(f"sqlite:///{restored}", now=clock) as database:
        assert [record.entry for record in database.journal.since()] == LOANS


def test_make_creates_a_private_folder(url: str, clock: Clock, tmp_path: Path) -> None:
    folder = BackupFolder(url, 1, tmp_path / "a" / "b")
    folder.make(clock())
    assert oct(folder.path.stat().st_mode & 0o777) == "0o700"


def test_make_with_a_clock_set_back_keeps_the_new_backup(url: str, clock: Clock) -> None:
    folder = BackupFolder(url, kept=1)
    folder.make(clock())
    clock.forward(timedelta(days=-2))
    made = folder.make(clock())
    assert folder.files == [made]


def test_make_leaves_the_earlier_backups_if_it_fails(
    url: str, clock: Clock, tmp_path: Path
) -> None:
    folder = BackupFolder(url, kept=1)
    made = folder.make(clock())
    database = tmp_path / "data" / "relais.sqlite3"
    with database.open("r+b") as file:
        file.seek(database.stat().st_size - 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(BackupRefused):
        folder.make(clock() + timedelta(days=1))
    assert folder.files == [made]
    assert last_times(url, folder.path).backup == START


def test_make_names_a_place_that_is_not_a_folder(url: str, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = BackupFolder(url, 1, tmp_path / "file" / "backups")
    for act in (lambda: folder.make(clock()), folder.check):
        with pytest.raises(
            BackupRefused, match=r"cannot be written to .* name another in RELAIS_BACK"
        ):
            act()


def test_make_dumps_postgresql_with_pg_dump(
    postgres_server: PostgresServer,
    postgres_url: str,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    binaries = str(postgres_server._binaries)
    monkeypatch.setenv("PATH", os.pathsep.join((binaries, os.environ["PATH"])))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    with open_database(postgres_url, now=clock) as database:
        database.journal.append(*LOANS)
    folder = BackupFolder(postgres_url, 1, tmp_path / "kept")
    folder.check()
    made = folder.make(clock())
    assert (names(folder), oct(made.stat().st_mode & 0o777)) == (
        ["relais-20261124T090000Z.dump"],
        "0o600",
    )
    assert last_times(postgres_url, tmp_path).backup == clock()
    data = ("pg_restore", "--data-only", "--table=entry", "--file=-", str(made))
    shown = subprocess.run(data, capture_output=True, text=True, check=True).stdout
    assert [str(loan.id) in shown for loan in LOANS] == [True] * 3


def test_make_failed_dump_names_its_reason_and_leaves_no_file(
    postgres_server: PostgresServer, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(postgres_server._binaries))
    url = f"postgresql+psycopg://postgres:s3cret@/absent?host={postgres_server.folder}"
    with pytest.raises(BackupRefused, match=r"^pg_dump failed: ") as refusal:
        BackupFolder(url, 1, tmp_path / "kept").make(clock())
    assert "s3cret" not in str(refusal.value)
    assert list((tmp_path / "kept").iterdir()) == []


def test_make_without_pg_dump_says_what_to_do(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pg_dump") is None
    folder = BackupFolder("postgresql://nowhere.test/relais", 1, tmp_path / "kept")
    with pytest.raises(BackupRefused, match=r"^pg_dump is not installed on this machine"):
        folder.make(clock())
    with pytest.raises(BackupRefused) as refusal:
        folder.check()
    assert str(refusal.value) == NO_PG_DUMP


DECLARED = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, 0, True),
        (-1, 0, True),
        (0, 0, False),
        (1, 24, False),
        (1, 25, True),
        (30, 2, True),  # the clock was set back
    ],
)
def test_is_backup_due_once_declared_then_daily(
    last: float | None, now: float, *, due: bool
) -> None:
    made = None if last is None else DECLARED + last * HOUR
    assert is_backup_due(DECLARED, made, DECLARED + now * HOUR) is due


def test_is_backup_due_is_false_without_an_outage() -> None:
    assert not is_backup_due(None, None, DECLARED)
