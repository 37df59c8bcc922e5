"""`relais backup` and `relais restore`: copy the database to a file and back."""

import shlex
from pathlib import Path

import click
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from dashboard.cli.instants import format_local
from dashboard.cli.open_database import command_settings, database_option, open_existing
from dashboard.cli.output import counted, counted_progress
from procedure.errors import BackupRefused
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.database.backup import Contents, back_up, restore as restore_database
from procedure.io.database.missing_entries import missing_entries
from procedure.io.database.state_file import Backup, remember_backup
from procedure.io.purging.purge import purge

_DUMP = ("pg_dump", "--format=custom")
_LOAD = ("pg_restore", "--no-owner", "--exit-on-error")
_POSTGRES = (
    "PostgreSQL has its own tools for this, so Relais did nothing. Run:\n  {}\n"
    "Put the password in ~/.pgpass or PGPASSWORD. To monitor the age of backups, see "
    "docs/backup.md."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace FILE if it is not empty.")
@database_option
def backup(file: Path, *, replace: bool) -> None:
    """Copy the database into FILE while the server runs, and check the copy.

    The backup contains everything acknowledged before it was started. Do not copy the database file
    itself: while the server runs, recent loans are in the write-ahead log beside it.

    Example: `relais backup /srv/backup/relais.sqlite3 --replace`.
    """
    url = make_url(command_settings().database_url)
    _refuse_postgres(url, (*_DUMP, f"--file={file}"))
    database, at = Path(str(url.database)), utc_now()
    with counted_progress("Copying") as on_progress:
        contents = back_up(database, file, overwrite=replace, on_progress=on_progress)
    remember_backup(database, Backup(file.resolve(), at, contents.entries))
    click.echo(_summary(file, contents))
    click.echo("It contains patron identifiers: store it as safely as the database.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@database_option
def restore(file: Path) -> None:
    """Restore the backup FILE to the path in RELAIS_DATABASE_URL.

    FILE is checked first. An existing database is never replaced.

    Example: `relais restore /srv/backup/relais.sqlite3`.
    """
    settings = command_settings()
    url = make_url(settings.database_url)
    _refuse_postgres(url, _LOAD, last=str(file))
    database = Path(str(url.database))
    with counted_progress("Restoring") as on_progress:
        contents = restore_database(file, database, on_progress=on_progress)
    click.echo(_summary(database, contents))
    # The server would show this message and refuse to start.
    if missing := missing_entries(database):
        click.echo(missing, err=True)
        return
    # Identifiers may have become due for deletion since the backup was made.
    with open_existing(settings) as restored:
        purge(restored, keep=settings.keep_identifiers, now=utc_now, new_id=new_uuid7)


def _refuse_postgres(url: URL, words: tuple[str, ...], last: str = "") -> None:
    """Refuse a PostgreSQL database, naming the command to use instead."""
    if url.get_backend_name() == "sqlite":
        return
    host = url.host or url.query.get("host")
    options = {"host": host, "port": url.port, "username": url.username, "dbname": url.database}
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    command = [*words, *given]
    if last:
        command.append(last)
    raise BackupRefused(_POSTGRES.format(shlex.join(command)))


def _summary(path: Path, contents: Contents) -> str:
    counts = (
        f"{counted(contents.entries, 'entry', 'entries')} "
        f"({counted(contents.loans, 'loan')}) and "
        f"{counted(contents.outcomes, 'outcome')}, read back and checked"
    )
    newest = contents.newest
    last = f"; the newest entry is from {format_local(newest)}" if newest else ""
    return f"{path}: {counts}{last}."
