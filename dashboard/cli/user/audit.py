"""`relais audit`: lists who did what."""

from datetime import datetime

import click

from dashboard.cli.instants import Instant, check_span, format_local, format_utc
from dashboard.cli.open_database import database_option, open_existing
from dashboard.cli.output import json_line
from procedure.records.acts import AuditRow, acts

COLUMNS = "{:<16}  {:<20}  {:<16}  {:<20}  {}"


@click.command()
@click.option("--by", "person", metavar="NAME", help="Only what this person did.")
@click.option("--since", type=Instant(), help="Only from this time on; by default, everything.")
@click.option("--until", type=Instant(), help="Only before this time; by default, now.")
@click.option("--scans", is_flag=True, help="List loans and returns, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@database_option
def audit(
    *,
    person: str | None,
    since: datetime | None,
    until: datetime | None,
    scans: bool,
    as_json: bool,
) -> None:
    """List who did what, in chronological order, without naming patrons or items.

    A person's actions stay in the list after their account is removed.

    Example: `relais audit --by anne --since 2026-11-24`.
    """
    check_span(since, until)
    with open_existing() as database:
        found = acts(database.journal.since(at_least=since), person=person, scans=scans)
    if not as_json:
        click.echo(COLUMNS.format("time", "person", "workstation", "act", "about"))
    for act in found:
        if until is None or act.at < until:
            click.echo(_object(act) if as_json else _line(act))


def _object(act: AuditRow) -> str:
    values = {
        "at": format_utc(act.at),
        "person": act.person or None,
        "workstation": act.workstation or None,
        "act": act.act,
        "about": act.about,
    }
    return json_line(values)


def _line(act: AuditRow) -> str:
    cells = (act.person or "-", act.workstation or "-", act.act, act.about)
    return COLUMNS.format(format_local(act.at), *(_printable(cell) for cell in cells))


def _printable(text: str) -> str:
    """Return text for a terminal, with question marks in place of control characters."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
