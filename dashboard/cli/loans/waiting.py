"""`relais loans waiting`: the pending loans, made without a card."""

from __future__ import annotations

import click

from dashboard.cli.database import database_option, open_existing
from dashboard.cli.instants import format_local, format_utc
from dashboard.cli.loans.format import json_line
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.transactions import PendingLoan

# The kinds of entry that decide what is pending.
_KINDS = ("waiting", "loan", "void")
_COLUMNS = "{:<16}  {:<8}  {:<18}  {}"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@database_option
def waiting(*, as_json: bool) -> None:
    """List the loans that wait for a card, oldest first; the notes stay on the page."""
    with open_existing() as database:
        rows = CirculationLog(database.journal.since(kinds=_KINDS)).pending()
    if not as_json:
        click.echo(_COLUMNS.format("time", "desk", "item", "id"))
    for row in rows:
        line = _COLUMNS.format(format_local(row.at), row.desk, row.item, row.id)
        click.echo(json_line(_object(row)) if as_json else line)


def _object(loan: PendingLoan) -> dict[str, object]:
    at, place = format_utc(loan.at), {"desk": loan.desk, "workstation": loan.workstation}
    return {"id": str(loan.id), "at": at, **place, "item": loan.item, "warning": loan.warning}
