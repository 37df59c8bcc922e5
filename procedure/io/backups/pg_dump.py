"""A backup of a PostgreSQL database by its own program, read back by `pg_restore --list`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from procedure.errors import BackupRefused
from procedure.io.atomic_files import replacing


def find_pg_dump() -> str | None:
    """Return the path of the program, None where it is not installed."""
    return shutil.which("pg_dump")


def pg_dump(url: str, file: Path) -> None:
    """Dump the database at the URL into the file, in PostgreSQL's custom format.

    Raises:
        BackupRefused: the program is missing, of an older version, or failed; the file is as it
            was.
    """
    database = make_url(url)
    password = {"PGPASSWORD": str(database.password)} if database.password else {}
    # psycopg's name in the URL means nothing to libpq; the password must not be in the arguments.
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
        # Later lines are hints; none names more than hosts, users and tables.
        reason = next(iter(done.stderr.splitlines()), f"exit code {done.returncode}")
        raise BackupRefused(f"{command[0]} failed: {reason}")
