"""`relais outage`: a command for each request in `outage_requests`, and `status`."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import click
from msgspec.structs import FieldInfo, fields

from dashboard.cli.instants import format_local
from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.open_database import database_option, open_existing, outage_log
from dashboard.cli.output import json_line
from dashboard.outage.outage_json import outage_object
from dashboard.outage.outage_requests import REQUESTS
from dashboard.settings import Settings
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook
from procedure.outages.outage_acts import Occasion
from procedure.outages.outage_entries import OutageRecord
from procedure.outages.recording import record_act

SENTENCES = {
    "declare": "The outage is declared: {id}.",
    "message": "The message was sent to all desks.",
    "note": "The note was added to the outage.",
    "end": "The outage is over. Next: relais reconcile status.",
    "review": "The review was added to the dossier.",
    "withdraw": "The declaration was withdrawn, along with C1, the message and the publication.",
}
EXAMPLES = {
    "declare": '"Nobody can log in" --begun 09:12',
    "message": '"Still down" --next-news 10:00',
    "note": '"ticket 4711" --contact cad',
    "end": "--at 10:02",
    "review": '--change "Call EU03 earlier."',
    "withdraw": '--reason "it was one workstation"',
}


@click.group(cls=LazyGroup)
def outage() -> None:
    """Declare an outage, send messages and end it.

    All pages show each change within a second. Write times as 09:12, 24.11. 09:12, or
    2026-11-24T09:12+01:00.

    Example: `relais outage declare "Nobody can log in" --by "A. Favre"`.
    """


def _command(name: str, request: Any) -> click.Command:

    def act(**given: Any) -> None:
        handbook, asked = load_handbook(Settings.from_env().handbook), request(**given)
        if refusal := asked.refusal(handbook):
            raise click.UsageError(refusal)
        by = asked.by.strip()
        occasion = Occasion(now=utc_now(), new_id=new_uuid7, rules=handbook.scans, operator=by)
        with open_existing() as database:
            made = record_act(database.journal, occasion, lambda log: asked.entries(log, occasion))
        click.echo(SENTENCES[name].format(id=made.entry.id))

    example = f'Example: `relais outage {name} {EXAMPLES[name]} --by "A. Favre"`.'
    params = [_parameter(field) for field in fields(request) if field.name != "id"]
    text = f"{cleandoc(request.__doc__)}\n\n{example}"
    return database_option(click.Command(name, callback=act, params=params, help=text))


def _parameter(field: FieldInfo) -> click.Parameter:
    """Return the argument or option for a field of a request."""
    meta = field.type.__metadata__[0]
    how = {"default": field.default, **meta.extra}
    if how.get("required"):
        del how["default"]
    if how.pop("argument", False):
        return click.Argument([field.name], **how)
    name = how.pop("name", "--" + field.name.replace("_", "-"))
    return click.Option([name, field.name], help=meta.description, **how)


for _name, _request in REQUESTS.items():
    outage.add_command(_command(_name, _request))


@outage.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object; null if no outage.")
@database_option
def status(*, as_json: bool) -> None:
    """Show the declared outage.

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
    declared, news, due = record.declared, record.message, record.next_news
    yield f"{declared.title} ({str(declared.id)[:8]}), since {format_local(declared.begun)}"
    yield f"declared {format_local(declared.at)} by {declared.operator or '-'}"
    yield "desks are lending" if record.lending else "desks are not lending"
    if news is not None:
        yield f"message {format_local(news.at)}: {news.message}"
    if due is not None:
        yield f"next update due {format_local(due)}{', overdue' if due <= utc_now() else ''}"
