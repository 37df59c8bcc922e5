"""`relais loans`: record, take back, list and sum up loans from a shell.

Exit codes: 0 done, or nothing to do; 1 refused, with a sentence; 2 a wrong option; 3 exported,
but some loans were left out of the file.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from dashboard.cli.desk_code import check_desk
from dashboard.cli.instants import Instant
from dashboard.cli.loans.export import export, layout
from dashboard.cli.loans.format import (
    COLUMNS,
    json_line,
    row_line,
    row_object,
    summary_heading,
    summary_line,
    summary_object,
    warning_sentence,
)
from dashboard.cli.loans.import_ import import_
from dashboard.cli.loans.void import void
from dashboard.cli.loans.waiting import waiting
from dashboard.cli.output import write_file
from dashboard.settings import Settings
from procedure.circulation.lending import lend
from procedure.circulation.loan_row import LoanState
from procedure.circulation.log import KINDS, CirculationLog
from procedure.circulation.summary import summary as sum_up
from procedure.circulation.summary import summary_csv
from procedure.circulation.transactions import Loan
from procedure.io.database.database import Database, open_database
from procedure.io.uuid7 import new_uuid7
from procedure.local_time import comes_twice, local

# Only what lies near a scan bears on it: see `procedure.circulation.lending`.
_NEAR = timedelta(days=2)
_FUTURE = timedelta(minutes=2)


@click.group()
def loans() -> None:
    """Loans made while Alma is down."""


loans.add_command(export)
loans.add_command(layout)
loans.add_command(import_)
loans.add_command(void)
loans.add_command(waiting)


@loans.command()
@click.option("--desk", required=True, metavar="CODE", help="Circulation desk; see relais desks.")
@click.option("--patron", required=True, help="User identifier, as on the card.")
@click.option("--item", required=True, help="Item barcode.")
@click.option("--at", type=Instant(), help="When, for a paper sheet; without an offset, Geneva's.")
def add(desk: str, patron: str, item: str, at: datetime | None) -> None:
    """Record one loan and print its id; a scan repeated within two minutes prints the first id."""
    settings = Settings.from_env()
    check_desk(settings, desk)
    now = _now()
    when = now if at is None else at
    _tell_about_time(at, now)
    loan = Loan(new_uuid7(), when, desk, patron, item, workstation="shell", late=at is not None)
    with open_database(settings.database_url, now=_now) as database:
        recent = database.journal.since(kinds=KINDS, at_least=when - _NEAR)
        lending = lend(CirculationLog(recent), loan)
        database.journal.append(lending.loan)
    first = lending.earlier if lending.repeated else None
    click.echo(str(lending.loan.id if first is None else first.loan.id))
    if (sentence := warning_sentence(lending)) is not None:
        click.echo(sentence, err=True)


@loans.command(name="list")
@click.option("--desk", metavar="CODE", help="Only this desk.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Only this day in Geneva.")
@click.option("--patron", help="Only this user.")
@click.option("--item", help="Only this item.")
@click.option("--state", type=click.Choice([one.value for one in LoanState]), help="Only these.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(
    *,
    desk: str | None,
    day: datetime | None,
    patron: str | None,
    item: str | None,
    state: str | None,
    as_json: bool,
) -> None:
    """List the loans in order of time."""
    with _database() as database:
        log = CirculationLog(database.journal.since(kinds=KINDS))
    rows = log.rows(
        desk=desk,
        day=None if day is None else day.date(),
        patron=patron,
        item=item,
        state=None if state is None else LoanState(state),
    )
    if not as_json:
        click.echo(COLUMNS.format("time", "desk", "user", "item", "state", "").rstrip())
    for row in rows:
        click.echo(json_line(row_object(row)) if as_json else row_line(row))


@loans.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a day and desk.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write a CSV file.")
def summary(*, as_json: bool, csv_file: Path | None) -> None:
    """Sum up per day and desk; `loans` are those that stand, `voids` those taken back."""
    with _database() as database:
        days = sum_up(CirculationLog(database.journal.since(kinds=KINDS)).rows())
    if csv_file is not None:
        # The mark tells a spreadsheet that the text is UTF-8.
        write_file(csv_file, summary_csv(days).encode("utf-8-sig"))
    if as_json:
        for one in days:
            click.echo(json_line(summary_object(one)))
    elif csv_file is None:
        click.echo(summary_heading())
        for one in days:
            click.echo(summary_line(one))


def _now() -> datetime:
    return datetime.now(UTC)


def _database() -> Database:
    return open_database(Settings.from_env().database_url, now=_now, create=False)


def _tell_about_time(at: datetime | None, now: datetime) -> None:
    if at is None:
        return
    if comes_twice(at):
        offset = local(at).isoformat(timespec="minutes")
        click.echo(f"That time comes twice that night: taken as {offset}.", err=True)
    if at > now + _FUTURE:
        click.echo("That time is still to come: recorded as given.", err=True)
