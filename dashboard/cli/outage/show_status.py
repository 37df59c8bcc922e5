"""`relais outage status`."""

from collections.abc import Iterator

import click

from dashboard.cli.instants import format_local
from dashboard.cli.open_database import database_option, open_existing, outage_log
from dashboard.cli.output import json_line
from dashboard.outage.outage_json import outage_object
from procedure.io.clock import utc_now
from procedure.outages.declared_outage import OutageRecord


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object; null without an outage.")
@database_option
def status(*, as_json: bool) -> None:
    """Show the outage that is declared now.

    Example: `relais outage status --json`.
    """
    with open_existing() as database:
        record = outage_log(database).current()
    if as_json:
        click.echo(json_line(outage_object(record, utc_now())) if record else "null")
    elif record is None:
        click.echo("No outage is declared.")
    else:
        for line in _lines(record):
            click.echo(line)


def _lines(record: OutageRecord) -> Iterator[str]:
    declared, said, due = record.declared, record.message, record.next_news
    yield f"{declared.title} ({str(declared.id)[:8]}), since {format_local(declared.begun)}"
    yield f"declared {format_local(declared.at)} by {declared.operator or '-'}"
    if record.follow_up.leader:
        yield f"led by {record.follow_up.leader}"
    yield "the desks lend" if record.lending else "the desks do not lend"
    if said is not None:
        yield f"message {format_local(said.at)}: {said.message}"
    if due is not None:
        yield f"next news {format_local(due)}{', overdue' if due <= utc_now() else ''}"
