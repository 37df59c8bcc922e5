"""`relais lists import`: imports lists from files."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from dashboard.cli.instants import Instant, format_local, format_utc
from dashboard.cli.lists.source_text import describe_source, source_values
from dashboard.cli.open_database import command_settings, database_option, open_existing
from dashboard.cli.output import counted, json_line
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook
from procedure.io.offline_lists.list_import import ImportedList, ListImport, import_files
from procedure.io.offline_lists.list_record import ListRecord
from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.offline_lists.list_layout import Header


@click.command(name="import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE…",
)
@click.option(
    "--accept", is_flag=True, help="Accept a list that differs suspiciously from the current one."
)
@click.option(
    "--as-of",
    type=Instant(),
    help="When the files were exported; by default, when they were last written.",
)
@click.option("--by", metavar="NAME", default=None, help="Who requested this; for the journal.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per list.")
@database_option
def import_(
    *, files: tuple[Path, ...], accept: bool, as_of: datetime | None, by: str | None, as_json: bool
) -> None:
    """Import lists of accounts and items from files exported by the library system.

    Alma's exports of users and of user blocks (XML, zipped or not), Koha's borrowers.db and CSV
    files with named columns are recognised by their content. Import all account files together, and
    all item files together: they are combined into one list of each kind. A list is refused if it
    may be truncated or may belong to another library: the current one is kept, and the exit code is
    1. If a file cannot be opened, no list is replaced. A running server uses the new lists at once.

    For each table, the command prints which columns it read as what, which it did not read, and the
    first row as understood, with the last three characters of each identifier.

    Example: `relais lists import users.zip blocks.xml items.csv --by Anna`.
    """
    settings = command_settings()
    rules = load_handbook(settings.handbook).scans
    plan = ListImport(rules, settings.short_loans, accept, as_of)
    store = ListStore(lists_folder(settings.database_url))
    # The database is opened first, so that no list is replaced if the journal is unwritable.
    with open_existing(settings, create=True) as database:
        outcomes = import_files(store, files, utc_now(), plan)
        record = ListRecord(database.journal, utc_now, new_uuid7, by)
        record.taken(_headers(outcomes), accepted=accept)
    store.keep_faults(outcome.fault for outcome in outcomes if outcome.header is None)
    _print(outcomes, as_json=as_json)
    if not as_json:
        click.echo("The files contain identifiers and often names: delete the files.")


def _headers(outcomes: Sequence[ImportedList]) -> list[Header]:
    return [outcome.header for outcome in outcomes if outcome.header]


def _print(outcomes: Sequence[ImportedList], *, as_json: bool) -> None:
    """Print the results; exit with code 1 if a file or list was refused."""
    for outcome in outcomes:
        if as_json:
            click.echo(json_line(_object(outcome)))
            continue
        for source in outcome.sources:
            for line in describe_source(source):
                click.echo(line)
        if outcome.header is None:
            click.echo(outcome.fault, err=True)
        else:
            count = counted(outcome.header.count, "identifier")
            as_of = format_local(outcome.header.as_of)
            names = ", ".join(outcome.names)
            click.echo(f"{outcome.header.kind}: {count}, exported {as_of} ({names})")
    if len(_headers(outcomes)) < len(outcomes):
        sys.exit(1)


def _object(outcome: ImportedList) -> dict[str, object]:
    header = outcome.header
    return {
        "files": list(outcome.names),
        "list": header and header.kind,
        "identifiers": header and header.count,
        "as_of": header and format_utc(header.as_of),
        "fault": outcome.fault or None,
        "sources": [source_values(source) for source in outcome.sources],
    }
