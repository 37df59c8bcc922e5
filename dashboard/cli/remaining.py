"""Where identifiers stay after a purge: copies that Relais knows of, and cannot delete from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.engine import make_url

from dashboard.cli.output import named
from dashboard.settings import Settings
from procedure.io.backups.backup_folder import BackupFolder
from procedure.io.database.database import Database
from procedure.io.database.server_lock import holder
from procedure.io.database.state_file import last_backup
from procedure.io.spool.spool import spool_base, spool_files
from procedure.reconciliation.reconciliation_log import ReconciliationLog


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of copy, and where it is: a path, or words where Relais does not know the path."""

    kind: str
    where: str


def remaining_places(settings: Settings, database: Database) -> list[Place]:
    """Return the copies of identifiers that a purge of the settings' database leaves."""
    url = make_url(settings.database_url)
    own = _sqlite_places(Path(url.database)) if _is_file(url) and url.database else _POSTGRES
    exports = ReconciliationLog(database.journal.since(kinds=("export",))).log.exports
    kind = named("file for Alma")
    files = [Place(kind, f"{one.name}, wherever it was saved") for one in exports[-5:]]
    if len(exports) > len(files):
        files.insert(0, Place(kind, f"{len(exports) - len(files)} earlier ones"))
    return list(dict.fromkeys([*_own_files(settings), *own, *files, _BROWSERS]))


def _own_files(settings: Settings) -> Iterator[Place]:
    """Yield the backups that were made without asking, and the files of the spool."""
    folder = BackupFolder(settings.database_url, settings.backups_kept, settings.backups)
    yield from (Place("backup", str(file)) for file in folder.files)
    spool = spool_files(spool_base(settings.database_url, settings.spool))
    yield from (Place("spool", str(file)) for file in spool)


def _sqlite_places(path: Path) -> Iterator[Place]:
    known = last_backup(path)
    if known and known.file.exists():
        yield Place("backup", str(known.file))
    if holder(path):
        yield Place("log of the running server", "overwritten within a day, or when it stops")


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


_POSTGRES = (
    Place("dead rows of PostgreSQL", "until VACUUM; VACUUM FULL personal rewrites the table"),
    Place("backup", "dumps and archived write-ahead logs of the PostgreSQL server"),
)
_BROWSERS = Place("browsers of workstations", "loans that were not sent to the server yet")
