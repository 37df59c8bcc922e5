"""`relais purge`: deletes the identifiers of settled loans."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from dashboard.cli.instants import format_local
from dashboard.cli.open_database import command_settings, database_option, open_existing
from dashboard.cli.output import counted, json_line, with_system_name
from dashboard.settings import Settings
from procedure.io.backups.backup_folder import BackupFolder
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.database.database import Database
from procedure.io.database.server_lock import holder
from procedure.io.database.state_file import last_backup
from procedure.io.handbook_files import load_handbook
from procedure.io.offline_lists.list_record import ListRecord
from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.io.purging.purge import Purged, count_due, purge as purge_database
from procedure.io.spool.spool import spool_base, spool_files
from procedure.reconciliation.reconciliation_log import ReconciliationLog


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be deleted without deleting it.")
@click.option("--by", metavar="NAME", default=None, help="Who requested this; for the receipt.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@database_option
def purge(*, dry_run: bool, by: str | None, as_json: bool) -> None:
    """Delete the identifiers of loans settled longer ago than RELAIS_KEEP_IDENTIFIERS allows.

    The server does this once a day. Each identifier is replaced by a pseudonym, and the journal
    records the deletion. Loans that are not settled keep their identifiers. Lists of accounts and
    items older than the handbook allows are deleted too. The command lists where copies of
    identifiers may remain, so that you can delete them.

    Example: `relais purge --dry-run`.
    """
    settings = command_settings()
    when = {"keep": settings.keep_identifiers, "now": utc_now}
    with open_existing(settings) as database:
        if dry_run:
            done = count_due(database, **when)
        else:
            spool = spool_base(settings.database_url, settings.spool)
            done = purge_database(database, **when, new_id=new_uuid7, operator=by, spool=spool)
            _delete_old_lists(settings, ListRecord(database.journal, utc_now, new_uuid7, by))
        places = remaining_copies(settings, database)
    (_print_json if as_json else _print)(done, places, dry_run=dry_run)


def _delete_old_lists(settings: Settings, record: ListRecord) -> None:
    kept = timedelta(days=load_handbook(settings.handbook).lists.lists_kept)
    record.forget(ListStore(lists_folder(settings.database_url)), utc_now() - kept)


def _print_json(done: Purged, places: "list[RemainingCopy]", *, dry_run: bool) -> None:
    counts = {"loans": done.loans, "entries": done.entries, "until": done.until.isoformat()}
    remaining = [asdict(place) for place in places]
    click.echo(json_line({**counts, "dry_run": dry_run, "remaining": remaining}))


def _print(done: Purged, places: "list[RemainingCopy]", *, dry_run: bool) -> None:
    verb = "would be deleted" if dry_run else "deleted"
    loans, entries = counted(done.loans, "loan"), counted(done.entries, "entry", "entries")
    before = format_local(done.until)
    click.echo(f"Identifiers {verb}: {loans} settled before {before} ({entries} in the journal).")
    click.echo("Identifiers remain in:")
    for place in places:
        click.echo(f"  {place.kind}: {place.where}")


@dataclass(frozen=True, slots=True)
class RemainingCopy:
    """A kind of copy that may contain identifiers, and where it is: a path or a description."""

    kind: str
    where: str


def remaining_copies(settings: Settings, database: Database) -> list[RemainingCopy]:
    """Return the places where copies of identifiers may remain after a purge."""
    url = make_url(settings.database_url)
    own = _sqlite_places(Path(url.database)) if _is_file(url) and url.database else _POSTGRES
    exports = ReconciliationLog(database.journal.since(kinds=("export",))).log.exports
    kind = with_system_name("file for Alma")
    files = [
        RemainingCopy(kind, f"{export.name}, everywhere it was saved") for export in exports[-5:]
    ]
    if len(exports) > len(files):
        earlier = counted(len(exports) - len(files), "earlier file")
        files.insert(0, RemainingCopy(kind, earlier))
    return list(dict.fromkeys([*_own_files(settings), *own, *files, _BROWSERS]))


def _own_files(settings: Settings) -> Iterator[RemainingCopy]:
    """Yield the automatic backups, the files in the spool, and the lists."""
    folder = BackupFolder(settings.database_url, settings.backups_kept, settings.backups)
    yield from (RemainingCopy("backup", str(file)) for file in folder.files)
    spool = spool_files(spool_base(settings.database_url, settings.spool))
    yield from (RemainingCopy("spool", str(file)) for file in spool)
    lists = ListStore(lists_folder(settings.database_url))
    if lists.status():
        yield RemainingCopy("lists of accounts and items", f"{lists.folder}: relais lists forget")


def _sqlite_places(path: Path) -> Iterator[RemainingCopy]:
    known = last_backup(path)
    if known and known.file.exists():
        yield RemainingCopy("backup", str(known.file))
    if holder(path):
        yield RemainingCopy(
            "log of the running server", "overwritten within a day, or when it stops"
        )


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


_POSTGRES = (
    RemainingCopy(
        "dead rows of PostgreSQL", "until VACUUM; VACUUM FULL personal rewrites the table"
    ),
    RemainingCopy("backup", "dumps and archived write-ahead logs of the PostgreSQL server"),
)
_BROWSERS = RemainingCopy("browsers of workstations", "loans not sent to the server yet")
