"""The times of the last backup and drill are saved next to the database."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from procedure.io.database.state_file import Backup, remember_backup
from procedure.io.last_times import last_times, remember_drill_of, without_password
from procedure.readiness.readiness import LastTimes

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def test_last_times_beside_a_sqlite_database(tmp_path: Path) -> None:
    file = tmp_path / "relais.sqlite3"
    url = f"sqlite:///{file}"
    assert last_times(url, tmp_path) == LastTimes()
    remember_backup(file, Backup(tmp_path / "kept.sqlite3", NOON, 3))
    remember_drill_of(url, NOON)
    assert last_times(url, tmp_path) == LastTimes(backup=NOON, drill=NOON)


def test_last_times_of_postgresql_include_dumps_of_any_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (tmp_path / "relais").mkdir()
    url = "postgresql+psycopg://relais@localhost/relais"
    remember_drill_of(url, NOON)
    folder = tmp_path / "backups"
    assert last_times(url, folder) == LastTimes(drill=NOON)
    folder.mkdir()
    for hours, name in ((3, "older.dump"), (1, "nightly.dump"), (0, "unfinished.dump.part")):
        (folder / name).touch()
        made = (NOON - timedelta(hours=hours)).timestamp()
        os.utime(folder / name, (made, made))
    assert last_times(url, folder) == LastTimes(NOON - timedelta(hours=1), NOON)
    own = Backup(folder / "older.dump", NOON, 0)
    remember_backup(tmp_path / "relais" / "relais", own)
    assert last_times(url, folder) == LastTimes(NOON, NOON)


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("postgresql+psycopg://relais:pass@db:5433/relais?x=1", "postgresql+psycopg:///relais"),
        ("sqlite:////var/relais.sqlite3", "sqlite:////var/relais.sqlite3"),
        ("sqlite:///relais.sqlite3", "sqlite:///relais.sqlite3"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_without_password(url: str, bare: str) -> None:
    assert without_password(url) == bare
