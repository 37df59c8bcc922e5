"""Makes automatic backups in a folder, keeping only the newest.

A PostgreSQL database is backed up with `pg_dump`, and the dump is checked with `pg_restore --list`.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from procedure.errors import BackupRefused
from procedure.io.atomic_files import replacing
from procedure.io.database.backup import back_up
from procedure.io.database.state_file import Backup, remember_backup
from procedure.io.last_times import side_files_base

BACKUP_EVERY = timedelta(days=1)

NO_PG_DUMP = (
    "pg_dump is not installed on this machine: no backup is made. Install PostgreSQL's client "
    "programs, or back the database up on its server and set RELAIS_BACKUPS_KEPT=0."
)


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """The folder for the backups of the database at `url`, and the number of backups to keep.

    The default folder is `backups`, next to a SQLite database or, for PostgreSQL, in the user's
    data folder.
    """

    url: str
    kept: int
    folder: Path | None = None

    @property
    def path(self) -> Path:
        return self.folder or side_files_base(self.url).absolute().parent / "backups"

    @property
    def files(self) -> list[Path]:
        """The backups in the folder, oldest first."""
        return sorted(self.path.glob(f"{self._stem}-*Z{self._suffix}"))

    def make(self, now: datetime) -> Path:
        """Make and check a backup that only its owner can read, then remove the oldest backups.

        Raises:
            BackupRefused: the backup cannot be made; earlier backups are unchanged.
            JournalGone, JournalMissing: the database is not at its path.
        """
        file = self.path / f"{self._stem}-{now:%Y%m%dT%H%M%SZ}{self._suffix}"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as refusal:
            raise BackupRefused(self._refusal(refusal.strerror)) from refusal
        base, entries = side_files_base(self.url), 0
        base.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.is_sqlite:
            entries = back_up(base, file, overwrite=True, on_progress=_show_nothing).entries
        else:
            pg_dump(self.url, file)
        remember_backup(base, Backup(file.absolute(), now, entries))
        for old in [other for other in self.files if other != file][: -self.kept + 1 or None]:
            old.unlink(missing_ok=True)
        return file

    def check(self) -> None:
        """Check that a backup could be made.

        Raises:
            BackupRefused: `pg_dump` is needed but missing, or the folder cannot be written to.
        """
        if not self.is_sqlite and shutil.which("pg_dump") is None:
            raise BackupRefused(NO_PG_DUMP)
        existing = next(path for path in (self.path, *self.path.parents) if path.exists())
        if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
            raise BackupRefused(self._refusal("permission denied"))

    def _refusal(self, why: str | None) -> str:
        return (
            f"The backup folder {self.path} cannot be written to ({why}): "
            "check its permissions, or name another in RELAIS_BACKUPS."
        )

    @property
    def is_sqlite(self) -> bool:
        return make_url(self.url).get_backend_name() == "sqlite"

    @property
    def _stem(self) -> str:
        return side_files_base(self.url).stem

    @property
    def _suffix(self) -> str:
        return ".sqlite3" if self.is_sqlite else ".dump"


def _show_nothing(copied: int, total: int) -> None:
    del copied, total


def pg_dump(url: str, file: Path) -> None:
    """Dump the database at the URL to a file, in PostgreSQL's custom format.

    Raises:
        BackupRefused: the file cannot be written, or `pg_dump` or `pg_restore` is missing or fails,
            for example because it is too old; an existing file is unchanged.
    """
    database = make_url(url)
    password = {"PGPASSWORD": str(database.password)} if database.password else {}
    # libpq does not understand psycopg's URL scheme, and the password must not be in the arguments.
    plain = URL.create(
        "postgresql",
        username=database.username,
        host=database.host,
        port=database.port,
        database=database.database,
        query=database.query,
    ).render_as_string()
    try:
        with replacing(file, mode=0o600) as part:
            _run(["pg_dump", "--format=custom", f"--file={part}", f"--dbname={plain}"], password)
            _run(["pg_restore", "--list", str(part)], {})
    except OSError as refusal:
        raise BackupRefused(f"{file} cannot be written ({refusal.strerror}).") from refusal


def _run(command: list[str], environ: dict[str, str]) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise BackupRefused(f"{command[0]} is not installed on this machine: no backup is made.")
    done = subprocess.run(  # noqa: S603 - our own command
        [program, *command[1:]],
        env=os.environ | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        # The first line gives the reason, and later lines are hints. No line contains a password.
        reason = next(iter(done.stderr.splitlines()), f"exit code {done.returncode}")
        raise BackupRefused(f"{command[0]} failed: {reason}")


def is_backup_due(declared: datetime | None, last: datetime | None, now: datetime) -> bool:
    """Return whether a backup is due.

    A backup is due when an outage is declared and, during the outage, `BACKUP_EVERY` after the last
    backup. All times are aware UTC. `declared` is when the current outage was declared, or None if
    there is no outage; `last` is when the last backup was made. A backup dated in the future is
    ignored, because the clock must have been set back since.
    """
    if declared is None:
        return False
    if last is None or last > now:
        return True
    return last < declared or now - last >= BACKUP_EVERY
