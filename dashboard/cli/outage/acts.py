"""`relais outage declare | message | note | end | review | status`."""

from collections.abc import Callable, Iterator, Sequence

import click

from dashboard.cli.instants import format_local
from dashboard.cli.open_database import database_option, open_existing, outage_log
from dashboard.cli.output import json_line
from dashboard.cli.reconcile.log import by
from dashboard.outage.outage_json import outage_object
from dashboard.settings import Settings
from procedure.handbook.model import Handbook
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook
from procedure.journal import Entry
from procedure.outages import outage_acts
from procedure.outages.declared_outage import OutageLog, OutageRecord, find_outage
from procedure.outages.outage_acts import Occasion, open_outage
from procedure.outages.recording import record_act


def record(operator: str, act: Callable[[OutageLog, Occasion], Sequence[Entry]]) -> Entry:
    """Record an act of a person, and return its first entry.

    Raises:
        OutageRefused, JournalError: nothing was recorded.
    """
    rules = command_handbook().scans
    occasion = Occasion(now=utc_now(), new_id=new_uuid7, rules=rules, operator=operator.strip())
    with open_existing() as database:
        return record_act(database.journal, occasion, lambda log: act(log, occasion)).entry


def command_handbook() -> Handbook:
    return load_handbook(Settings.from_env().handbook)


_NEXT_NEWS = click.option("--next-news", default="", metavar="TIME", help="When to expect more.")


@click.command()
@click.argument("title")
@click.option("--begun", default="", metavar="TIME", help="When it began; now if not given.")
@click.option("--message", default="", help="The first message to every desk.")
@_NEXT_NEWS
@click.option("--lend/--no-lend", "lending", default=True, help="Whether the desks lend.")
@click.option("--planned", is_flag=True, help="It is announced work.")
@by("Who declares it.")
@database_option
def declare(
    *,
    title: str,
    begun: str,
    message: str,
    next_news: str,
    lending: bool,
    planned: bool,
    operator: str,
) -> None:
    """Declare an outage, on every page at once.

    Example: `relais outage declare "Nobody can log in" --begun 09:12 --by "A. Favre"`.
    """
    entry = record(
        operator,
        lambda log, occasion: outage_acts.declare(
            log,
            title,
            occasion,
            begun=begun,
            lending=lending,
            planned=planned,
            message=message,
            news=next_news,
        ),
    )
    click.echo(f"The outage is declared: {entry.id}.")


@click.command()
@click.argument("text", default="")
@_NEXT_NEWS
@click.option("--lend/--no-lend", "lending", default=None, help="Whether the desks lend from now.")
@by("Who writes it.")
@database_option
def message(*, text: str, next_news: str, lending: bool | None, operator: str) -> None:
    """Send a message to every desk; also have the desks lend, or no longer.

    Example: `relais outage message "Still down" --next-news 10:00 --by "A. Favre"`.
    """

    def act(log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        now = open_outage(log)
        lend = now.lending if lending is None else lending
        return [outage_acts.send_message(now, text, occasion, news=next_news, lending=lend)]

    record(operator, act)
    click.echo("Every desk has the message.")


@click.command()
@click.argument("text", default="")
@click.option("--contact", metavar="KEY", help="A contact of the handbook was reached.")
@by("Who notes it.")
@database_option
def note(*, text: str, contact: str | None, operator: str) -> None:
    """Take a note for the dossier, or say that a contact was reached.

    Example: `relais outage note "ticket 4711" --contact cad --by "A. Favre"`.
    """
    known = command_handbook().contacts
    if contact is not None and contact not in known:
        raise click.BadParameter(
            f"{contact} is no contact of the handbook; it has: {', '.join(known)}",
            param_hint="--contact",
        )
    record(
        operator,
        lambda log, occasion: [outage_acts.take_note(open_outage(log), text, occasion, contact)],
    )
    click.echo("The note is with the outage.")


@click.command()
@click.option("--at", "ended", default="", metavar="TIME", help="When it was; now if not given.")
@by("Who confirms it.")
@database_option
def end(*, ended: str, operator: str) -> None:
    """Confirm that the outage is over.

    Example: `relais outage end --at 10:02 --by "A. Favre"`.
    """
    record(operator, lambda log, occasion: [outage_acts.end(open_outage(log), occasion, ended)])
    click.echo("The outage is over. Next: relais reconcile status.")


@click.command()
@click.option("--happened", metavar="TEXT", help="What happened.")
@click.option("--noticed", metavar="TEXT", help="When it was noticed, and by whom.")
@click.option("--change", metavar="TEXT", help="What to change.")
@click.option(
    "--outage", "about", default="last", help="Its id or the beginning of it; the last if not."
)
@by("Who writes it.")
@database_option
def review(*, about: str, operator: str, **texts: str | None) -> None:
    """Write the review of an outage for its dossier.

    A text that is not given stays as it is.

    Example: `relais outage review --change "Call EU03 earlier." --by "A. Favre"`.
    """
    record(
        operator,
        lambda log, occasion: [
            outage_acts.review(find_outage(log.records(), about), occasion, **texts)
        ],
    )
    click.echo("The review is in the dossier.")


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
    yield "the desks lend" if record.lending else "the desks do not lend"
    if said is not None:
        yield f"message {format_local(said.at)}: {said.message}"
    if due is not None:
        yield f"next news {format_local(due)}{', overdue' if due <= utc_now() else ''}"
