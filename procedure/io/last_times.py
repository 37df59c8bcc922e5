"""The times of the last backup and drill, from files next to the database and from dumps."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from sqlalchemy.engine import URL, make_url

from procedure.io.database.state_file import last_backup, last_drill, remember_drill
from procedure.readiness.readiness import LastTimes


def last_times(url: str, backups: Path) -> LastTimes:
    """Return the times of the last backup and drill for a database.

    Other programs may back up PostgreSQL, so the newest `.dump` file in `backups` also
    counts as a backup.
    """
    base = side_files_base(url)
    backup = last_backup(base)
    made = [backup.at] if backup else []
    if not url.startswith("sqlite"):
        made += _times_of_dumps(backups)
    return LastTimes(max(made, default=None), last_drill(base))


def _times_of_dumps(folder: Path) -> Iterator[datetime]:
    for dump in folder.glob("*.dump"):
        with suppress(FileNotFoundError):  # old dumps may be deleted at any time
            yield datetime.fromtimestamp(dump.stat().st_mtime, UTC)


def remember_drill_of(url: str, at: datetime) -> None:
    """Save the time (aware UTC) at which a drill ended."""
    remember_drill(side_files_base(url), at)


def without_password(url: str) -> str:
    """Return the URL with only the driver and the database, which is all `last_times` needs."""
    made = make_url(url)
    return URL.create(made.drivername, database=made.database).render_as_string()


def side_files_base(url: str) -> Path:
    """Return the base path of a database's side files; each file adds its own ending.

    For SQLite, it is the database file's path; for PostgreSQL, it is in the user's data folder.
    """
    file = make_url(url).database
    if url.startswith("sqlite") and file:
        return Path(file)
    return platformdirs.user_data_path("relais", appauthor=False) / "relais"
