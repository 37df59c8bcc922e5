"""`relais lists`: imports, shows and deletes the lists of accounts and items.

Exit codes: 0 done; 1 a file or list was refused; 2 a wrong option.
"""

import click

from dashboard.cli.instants import format_duration, format_local, format_utc
from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.lists.import_ import import_
from dashboard.cli.open_database import command_settings, database_option, open_existing
from dashboard.cli.output import counted, json_line
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook
from procedure.io.offline_lists.list_record import ListRecord
from procedure.io.offline_lists.list_store import ListStore, lists_folder


@click.group(cls=LazyGroup)
def lists() -> None:
    """Import, show and delete the lists of accounts and items that desks use.

    Example: `relais lists status`.
    """


lists.add_command(import_)


@lists.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per list.")
@database_option
def status(*, as_json: bool) -> None:
    """Show the age of the lists, and the faults of the last import.

    Example: `relais lists status --json`.
    """
    settings = command_settings()
    rules, now = load_handbook(settings.handbook).lists, utc_now()
    store = ListStore(lists_folder(settings.database_url))
    kept = store.status()
    for stored in kept:
        header, silent = stored.header, rules.silent_from(stored.header.as_of)
        if as_json:
            facts = {
                "list": header.kind,
                "identifiers": header.count,
                "as_of": format_utc(header.as_of),
                "taken_at": format_utc(stored.taken_at),
                "silent_from": format_utc(silent),
            }
            click.echo(json_line(facts))
            continue
        age = format_duration(now - header.as_of)
        state = f"valid until {format_local(silent)}" if now < silent else "too old to use"
        click.echo(
            f"{header.kind}: {counted(header.count, 'identifier')}, exported "
            f"{format_local(header.as_of)} ({age} ago); {state}"
        )
    if not kept and not as_json:
        click.echo("There are no lists.")
    for fault in store.faults():
        click.echo(json_line({"fault": fault}) if as_json else f"refused: {fault}")


@lists.command()
@click.option("--by", metavar="NAME", default=None, help="Who requested this; for the receipt.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@database_option
def forget(*, by: str | None, yes: bool) -> None:
    """Delete all lists and their key; the journal records the deletion.

    Example: `relais lists forget --by Anna`.
    """
    settings = command_settings()
    store = ListStore(lists_folder(settings.database_url))
    if not yes:
        click.confirm("Delete all lists of accounts and items?", abort=True)
    with open_existing(settings, create=True) as database:
        record = ListRecord(database.journal, utc_now, new_uuid7, by)
        forgotten = record.forget(store)
    for stored in forgotten:
        click.echo(f"{stored.header.kind}: {counted(stored.header.count, 'identifier')} deleted")
    if not forgotten:
        click.echo("There were no lists.")
