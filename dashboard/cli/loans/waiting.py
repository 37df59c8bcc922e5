"""`relais loans waiting`: the loans whose card was forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from dashboard.cli.instants import shown, stamp
from dashboard.cli.loans.format import json_line
from dashboard.settings import Settings
from procedure.circulation.log import CirculationLog
from procedure.circulation.transactions import PendingLoan
from procedure.io.database.database import open_database

# The kinds of entry that say what still waits.
_KINDS = ("waiting", "loan", "void")
_COLUMNS = "{:<16}  {:<8}  {:<18}  {}"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def waiting(*, as_json: bool) -> None:
    """List the loans that wait for a card, oldest first; the notes stay on the page."""
    with open_database(Settings.from_env().database_url, now=_now, create=False) as there:
        rows = CirculationLog(there.journal.since(kinds=_KINDS)).pending()
    if not as_json:
        click.echo(_COLUMNS.format("time", "desk", "item", "id"))
    for one in rows:
        line = _COLUMNS.format(shown(one.at), one.desk, one.item, one.id)
        click.echo(json_line(_object(one)) if as_json else line)


def _object(one: PendingLoan) -> dict[str, object]:
    at, place = stamp(one.at), {"desk": one.desk, "workstation": one.workstation}
    return {"id": str(one.id), "at": at, **place, "item": one.item, "warning": one.warning}


def _now() -> datetime:
    return datetime.now(UTC)
