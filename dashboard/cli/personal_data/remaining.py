"""Where identifiers stay after a purge: copies that Relais knows of, and cannot delete from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from procedure.io.database.database import Database
from procedure.io.database.server_lock import holder
from procedure.io.database.state_file import last_backup
from procedure.reconciliation.reconciliation_log import ReconciliationLog


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of copy, and where it is: a path, or words where Relais does not know the path."""

    kind: str
    where: str


def remaining_places(url: URL, database: Database) -> list[Place]:
    """Return the copies of identifiers that a purge of this database leaves."""
    own = _sqlite_places(Path(url.database)) if _is_file(url) and url.database else _POSTGRES
    exports = ReconciliationLog(database.journal.since(kinds=("export",))).log.exports
    files = [Place("file for Alma", f"{one.name}, wherever it was saved") for one in exports[-5:]]
    if len(exports) > len(files):
        files.insert(0, Place("file for Alma", f"{len(exports) - len(files)} earlier ones"))
    return [*own, *files, _BROWSERS]


def _sqlite_places(path: Path) -> Iterator[Place]:
    known = last_backup(path)
    backups = {*path.parent.glob("backups/*"), *([known.file] if known else [])}
    yield from (Place("backup", str(file)) for file in sorted(backups) if file.exists())
    if holder(path):
        yield Place("log of the running server", "overwritten within a day, or when it stops")


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


_POSTGRES = (
    Place("dead rows of PostgreSQL", "until VACUUM; VACUUM FULL personal rewrites the table"),
    Place("backup", "dumps and archived write-ahead logs of the PostgreSQL server"),
)
_BROWSERS = Place("browsers of workstations", "loans that were not sent to the server yet")
