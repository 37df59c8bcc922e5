"""Backups without anybody's asking: in an outage, and before an older database is changed."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from dashboard.cli.open_database import open_existing
from dashboard.core.context import AppContext
from dashboard.settings import Settings
from dashboard.upkeep.backups import backup_before_migration, backup_folder, make_due_backup
from procedure.errors import BackupRefused
from procedure.io.database.database import open_database
from procedure.outages.declared_outage import OutageDeclared, OutageEnded
from procedure.readiness.readiness import LastTimes
from tests.stored.opened import unpack
from tests.support.clock import NOON, Clock

DAY = timedelta(days=1)


class Backups:
    """Backups that are only counted, or refused."""

    def __init__(self) -> None:
        self.made: list[datetime] = []
        self.refusal: BackupRefused | None = None

    def make(self, now: datetime) -> None:
        if self.refusal:
            raise self.refusal
        self.made.append(now)

    def last_times(self) -> LastTimes:
        return LastTimes(self.made[-1] if self.made else None)


@pytest.fixture
def backups() -> Backups:
    return Backups()


@pytest.fixture
def watched(context: AppContext, backups: Backups) -> AppContext:
    return replace(context, make_backup=backups.make, last_times=backups.last_times)


async def test_make_due_backup_at_the_declaration_and_daily(
    watched: AppContext, backups: Backups, clock: Clock
) -> None:
    await make_due_backup(watched)
    assert backups.made == []
    watched.journal.append(OutageDeclared(id=UUID(int=1), at=NOON, title="Alma", begun=NOON))
    for hours in (0, 1, 22, 1, 1, 23, 24):
        clock.pass_by(hours=hours)
        await make_due_backup(watched)
    assert backups.made == [NOON, NOON + DAY, NOON + 2 * DAY, NOON + 3 * DAY]
    watched.journal.append(
        OutageEnded(id=UUID(int=2), at=clock(), outage=UUID(int=1), ended=clock())
    )
    clock.pass_by(days=2)
    await make_due_backup(watched)
    assert len(backups.made) == 4


async def test_make_due_backup_not_again_at_once_if_not_remembered(
    watched: AppContext, backups: Backups, clock: Clock
) -> None:
    watched.last_times = LastTimes
    watched.journal.append(OutageDeclared(id=UUID(int=1), at=NOON, title="Alma", begun=NOON))
    for _ in range(3):
        clock.pass_by(minutes=1)
        await make_due_backup(watched)
    assert len(backups.made) == 1


async def test_make_due_backup_logs_a_failure_and_tries_again(
    watched: AppContext, backups: Backups, caplog: pytest.LogCaptureFixture
) -> None:
    watched.journal.append(OutageDeclared(id=UUID(int=1), at=NOON, title="Alma", begun=NOON))
    backups.refusal = BackupRefused("The disk is full: make room, or name another file.")
    turn = partial(make_due_backup, watched)
    assert not await watched.upkeep.attempt("backup", turn)
    assert caplog.record_tuples == [
        ("procedure.io.upkeep", logging.ERROR, f"the task backup failed: {backups.refusal}")
    ]
    backups.refusal = None
    assert await watched.upkeep.attempt("backup", turn)
    assert backups.made == [NOON]


def versions(path: Path) -> int:
    with open_database(f"sqlite:///{path}", now=lambda: NOON) as database:
        found = database.writer.submit(
            lambda c: c.execute("SELECT max(version) FROM schema_version").fetchone()[0]
        )
        return found.result()


def test_backup_before_a_migration(tmp_path: Path) -> None:
    path = unpack(tmp_path)
    settings = Settings(f"sqlite:///{path}")
    folder = backup_folder(settings)
    assert folder is not None
    open_existing(settings).close()
    (made,) = folder.files
    assert versions(made) == versions(path)  # opening it has brought it up to date
    open_existing(settings).close()
    assert folder.files == [made]


def test_migration_needs_its_backup(tmp_path: Path) -> None:
    path = unpack(tmp_path)
    before = path.read_bytes()
    (tmp_path / "file").touch()
    settings = Settings(f"sqlite:///{path}", backups=tmp_path / "file" / "backups")
    with pytest.raises(BackupRefused, match="The folder of the backups"):
        open_existing(settings)
    assert path.read_bytes()[100:] == before[100:]
    open_existing(replace(settings, backups_kept=0)).close()
    assert path.read_bytes()[100:] != before[100:]


def test_backup_before_migration_not_for_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings("postgresql://nowhere.test/relais", backups=tmp_path / "kept")
    save = backup_before_migration(settings, lambda: NOON)
    assert save is not None
    save()
    assert "an earlier Relais, and was not saved: pg_dump is not installed" in caplog.text
