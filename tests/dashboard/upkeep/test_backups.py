"""The server makes backups during an outage, and before it migrates an older database."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dashboard.cli.open_database import open_existing
from dashboard.core.context import AppContext
from dashboard.core.database_store import backups_of
from dashboard.settings import Settings
from dashboard.upkeep.backups import OutageBackups, backup_before_migration
from procedure.errors import BackupRefused
from procedure.io.database.database import open_database
from procedure.outages.outage_entries import OutageDeclared, OutageEnded
from procedure.readiness.readiness import LastTimes
from tests.stored.opened import unpack
from tests.support.clock import NOON, Clock
from tests.support.memory_store import MemoryStore

DAY = timedelta(days=1)


class CountedBackups(MemoryStore):
    """A store that counts its backups, or refuses them if `refusal` is set."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(**vars(store))
        self.counted: list[datetime] = []
        self.refusal: BackupRefused | None = None

    def back_up(self, at: datetime) -> None:
        if self.refusal:
            raise self.refusal
        self.counted.append(at)
        super().back_up(at)


@pytest.fixture
def store(context: AppContext) -> CountedBackups:
    return CountedBackups(context.store)  # type: ignore[arg-type]


@pytest.fixture
def backups(context: AppContext, store: CountedBackups) -> OutageBackups:
    return OutageBackups(replace(context, store=store))


async def test_make_due_backup_at_the_declaration_and_daily(
    backups: OutageBackups, store: CountedBackups, clock: Clock
) -> None:
    await backups.make_due()
    assert store.counted == []
    store.journal.append(OutageDeclared(id=UUID(int=1), at=NOON, title="Alma", begun=NOON))
    for hours in (0, 1, 22, 1, 1, 23, 24):
        clock.pass_by(hours=hours)
        await backups.make_due()
    assert store.counted == [NOON, NOON + DAY, NOON + 2 * DAY, NOON + 3 * DAY]
    store.journal.append(OutageEnded(id=UUID(int=2), at=clock(), outage=UUID(int=1), ended=clock()))
    clock.pass_by(days=2)
    await backups.make_due()
    assert len(store.counted) == 4


async def test_make_due_backup_is_not_repeated_at_once_if_unrecorded(
    backups: OutageBackups,
    store: CountedBackups,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "last_times", LastTimes)
    store.journal.append(OutageDeclared(id=UUID(int=1), at=NOON, title="Alma", begun=NOON))
    for _ in range(3):
        clock.pass_by(minutes=1)
        await backups.make_due()
    assert len(store.counted) == 1


async def test_make_due_backup_logs_a_failure_and_tries_again(
    context: AppContext,
    backups: OutageBackups,
    store: CountedBackups,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.journal.append(OutageDeclared(id=UUID(int=1), at=NOON, title="Alma", begun=NOON))
    store.refusal = BackupRefused("The disk is full: free some space, or name another file.")
    assert not await context.upkeep.attempt("backup", backups.make_due)
    assert caplog.record_tuples == [
        ("procedure.io.task_runner", logging.ERROR, f"task 'backup' failed: {store.refusal}")
    ]
    store.refusal = None
    assert await context.upkeep.attempt("backup", backups.make_due)
    assert store.counted == [NOON]


def versions(path: Path) -> int:
    with open_database(f"sqlite:///{path}", now=lambda: NOON) as database:
        found = database.writer.submit(
            lambda c: c.execute("SELECT max(version) FROM schema_version").fetchone()[0]
        )
        return found.result()


def test_backup_before_a_migration(tmp_path: Path) -> None:
    path = unpack(tmp_path)
    settings = Settings(f"sqlite:///{path}")
    folder = backups_of(settings)
    open_existing(settings).close()
    (made,) = folder.files
    assert versions(made) == versions(path)  # opening the backup brought it up to date
    open_existing(settings).close()
    assert folder.files == [made]


def test_migration_is_refused_if_its_backup_fails(tmp_path: Path) -> None:
    path = unpack(tmp_path)
    before = path.read_bytes()
    (tmp_path / "file").touch()
    settings = Settings(f"sqlite:///{path}", backups=tmp_path / "file" / "backups")
    with pytest.raises(BackupRefused, match="The backup folder"):
        open_existing(settings)
    assert path.read_bytes()[100:] == before[100:]
    open_existing(replace(settings, backups_kept=0)).close()
    assert path.read_bytes()[100:] != before[100:]


def test_postgresql_has_no_backup_before_a_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings("postgresql://nowhere.test/relais", backups=tmp_path / "kept")
    save = backup_before_migration(settings, lambda: NOON)
    assert save is not None
    save()
    assert (
        "an earlier version of Relais, and was not backed up: pg_dump is not installed"
        in caplog.text
    )
