"""`relais backup` and `relais restore`: one file of the whole database, and a database from it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from dashboard.cli.instants import shown
from dashboard.settings import Settings
from procedure.errors import BackupRefused
from procedure.io.database.backup import Contents, Progress, back_up
from procedure.io.database.backup import restore as bring_back
from procedure.io.database.missing import missing_entries
from procedure.io.database.state_file import Backup, remember_backup

_DUMP = ("pg_dump", "--format=custom")
_LOAD = ("pg_restore", "--no-owner", "--exit-on-error")
_POSTGRES = (
    "PostgreSQL has its own tools for this, and Relais does nothing:\n  {}\n"
    "The password goes into ~/.pgpass or PGPASSWORD."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace FILE if it holds something.")
def backup(file: Path, *, replace: bool) -> None:
    """Copy the database into FILE while the server runs, and check the copy.

    Whatever was acknowledged before is in it. A mere copy of the database's file is no backup:
    while the server runs, loans are in the log beside it.
    """
    url = make_url(Settings.from_env().database_url)
    _refuse_postgres(url, (*_DUMP, f"--file={file}"))
    database, at = Path(str(url.database)), datetime.now(UTC)
    with _progress("Copying") as tell:
        found = back_up(database, file, over=replace, tell=tell)
    remember_backup(database, Backup(file.resolve(), at, found.entries))
    click.echo(_counted(file, found))
    click.echo("It holds patron identifiers: keep it where the database itself could be kept.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Make a database from the backup FILE, where RELAIS_DATABASE_URL says.

    FILE is checked first. A place that holds anything is left alone.
    """
    url = make_url(Settings.from_env().database_url)
    _refuse_postgres(url, _LOAD, last=str(file))
    with _progress("Restoring") as tell:
        place = Path(str(url.database))
        found = bring_back(file, place, tell=tell)
    click.echo(_counted(place, found))
    # The server would say so when it starts, and stop.
    if missing := missing_entries(place):
        click.echo(missing, err=True)


def _refuse_postgres(url: URL, words: tuple[str, ...], last: str = "") -> None:
    """Refuse another database than SQLite, with the line that does it there."""
    if url.get_backend_name() == "sqlite":
        return
    host = url.host or url.query.get("host")
    options = {"host": host, "port": url.port, "username": url.username, "dbname": url.database}
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    raise BackupRefused(_POSTGRES.format(shlex.join([*words, *given, *([last] if last else [])])))


@contextmanager
def _progress(label: str) -> Generator[Progress]:
    """Show how far it is on a terminal, and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=0, label=label, file=sys.stderr) as bar:

        def tell(done: int, every: int) -> None:
            bar.length = every
            bar.update(done - bar.pos)

        yield tell


def _counted(path: Path, found: Contents) -> str:
    counts = (
        f"{_plural(found.entries, 'entry', 'entries')} "
        f"({_plural(found.loans, 'loan', 'loans')}) and "
        f"{_plural(found.outcomes, 'outcome', 'outcomes')}, read back and counted"
    )
    newest = f"; the newest entry is of {shown(found.newest)}" if found.newest else ""
    return f"{path}: {counts}{newest}."


def _plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
