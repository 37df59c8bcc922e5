"""`relais purge`: delete the identifiers of loans that were settled long enough ago."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from dashboard.cli.database import command_settings, database_option, open_existing
from dashboard.cli.instants import format_local
from dashboard.cli.remaining import Place, remaining_places
from procedure.io.clock import utc_now
from procedure.io.purging.purge import Purged, count_due, purge as purge_database
from procedure.io.spool.spool import spool_base
from procedure.io.uuid7 import new_uuid7


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be deleted, and delete nothing.")
@click.option("--by", metavar="NAME", default=None, help="Who asks for it; for the receipt.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@database_option
def purge(*, dry_run: bool, by: str | None, as_json: bool) -> None:
    """Delete the identifiers of loans that were settled longer ago than RELAIS_KEEP_IDENTIFIERS.

    The server does it once a day by itself. A pseudonym takes the place of each identifier, and the
    journal has a receipt. What is not settled keeps its identifier. The places are listed where
    identifiers stay: copies are deleted by those who keep them.
    """
    settings = command_settings()
    when = {"keep": settings.keep_identifiers, "now": utc_now}
    with open_existing(settings) as database:
        if dry_run:
            done = count_due(database, **when)
        else:
            spool = spool_base(settings.database_url, settings.spool)
            done = purge_database(database, **when, new_id=new_uuid7, operator=by, spool=spool)
        places = remaining_places(settings, database)
    (_print_json if as_json else _print)(done, places, dry_run=dry_run)


def _print_json(done: Purged, places: list[Place], *, dry_run: bool) -> None:
    counts = {"loans": done.loans, "entries": done.entries, "until": done.until.isoformat()}
    remaining = [asdict(place) for place in places]
    click.echo(json.dumps({**counts, "dry_run": dry_run, "remaining": remaining}))


def _print(done: Purged, places: list[Place], *, dry_run: bool) -> None:
    verb = "would be deleted" if dry_run else "deleted"
    loans = "1 loan" if done.loans == 1 else f"{done.loans} loans"
    entries = "1 entry" if done.entries == 1 else f"{done.entries} entries"
    before = format_local(done.until)
    click.echo(f"Identifiers {verb}: {loans} settled before {before} ({entries} of the journal).")
    click.echo("Identifiers stay in:")
    for place in places:
        click.echo(f"  {place.kind}: {place.where}")
