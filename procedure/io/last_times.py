"""When the last backup and the last drill were made, from the files beside the database."""

from datetime import datetime
from pathlib import Path

import platformdirs
from sqlalchemy.engine import URL, make_url

from procedure.io.database.state_file import last_backup, last_drill, remember_drill
from procedure.readiness.readiness import LastTimes


def last_times(url: str) -> LastTimes:
    """Return when the last backup and drill of a database's installation were made."""
    base = side_files_base(url)
    backup = last_backup(base)
    return LastTimes(backup and backup.at, last_drill(base), backs_up=url.startswith("sqlite"))


def remember_drill_of(url: str, at: datetime) -> None:
    """Save when the last drill of a database's installation ended (aware UTC)."""
    remember_drill(side_files_base(url), at)


def without_password(url: str) -> str:
    """Return a database's kind and name alone: `last_times` reads the same files by these."""
    made = make_url(url)
    return URL.create(made.drivername, database=made.database).render_as_string()


def side_files_base(url: str) -> Path:
    """Return what the names of the files begin with: for PostgreSQL, in this user's data folder."""
    file = make_url(url).database
    if url.startswith("sqlite") and file:
        return Path(file)
    return platformdirs.user_data_path("relais", appauthor=False) / "relais"
