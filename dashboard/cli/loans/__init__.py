"""`relais loans`: record, void, list, sum up, import and export loans.

Exit codes: 0 done, or nothing to do; 1 refused, with a message; 2 a wrong option; 3 exported,
but some loans were left out of the file.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from dashboard.cli.database import database_option, open_existing
from dashboard.cli.desk_code import check_desk
from dashboard.cli.instants import Instant
from dashboard.cli.lazy_group import LazyCommand, LazyGroup
from dashboard.cli.loans.export import export
from dashboard.cli.loans.format import warning_sentence
from dashboard.cli.loans.import_ import import_
from dashboard.cli.loans.layout import layout
from dashboard.cli.loans.void import void
from dashboard.cli.loans.waiting import waiting
from dashboard.settings import Settings
from procedure.circulation.circulation_log import KINDS, CirculationLog
from procedure.circulation.loan_decision import lend
from procedure.circulation.transactions import Loan
from procedure.io.clock import utc_now
from procedure.io.uuid7 import new_uuid7
from procedure.local_time import is_ambiguous, local

# Only entries near a scan matter for it: see `procedure.circulation.loan_decision`.
_NEAR = timedelta(days=2)
_FUTURE = timedelta(minutes=2)


# These need pandas.
TABLES = {
    "list": LazyCommand("dashboard.cli.loans.list_", "List the loans."),
    "summary": LazyCommand("dashboard.cli.loans.list_", "Count the loans by day and desk."),
}


@click.group(cls=LazyGroup, sections={"Commands": TABLES})
def loans() -> None:
    """Loans made while the library system is down."""


for _command in (export, layout, import_, void, waiting):
    loans.add_command(_command)


@loans.command()
@click.option("--desk", required=True, metavar="CODE", help="Circulation desk; see relais desks.")
@click.option("--patron", required=True, help="User identifier, as on the card.")
@click.option("--item", required=True, help="Item barcode.")
@click.option("--at", type=Instant(), help="When, for a paper sheet; without an offset, Geneva's.")
@database_option
def add(desk: str, patron: str, item: str, at: datetime | None) -> None:
    """Record one loan and print its id; a scan repeated within two minutes prints the first id."""
    settings = Settings.from_env()
    check_desk(settings, desk)
    when = at or utc_now()
    _warn_about_time(at)
    loan = Loan(
        id=new_uuid7(),
        at=when,
        desk=desk,
        patron=patron,
        item=item,
        workstation="shell",
        late=at is not None,
    )
    with open_existing(settings, create=True) as database:
        recent = database.journal.since(kinds=KINDS, at_least=when - _NEAR)
        lending = lend(CirculationLog(recent), loan)
        database.journal.append(lending.loan)
    first = lending.earlier if lending.repeated else None
    click.echo(str(lending.loan.id if first is None else first.loan.id))
    if (sentence := warning_sentence(lending)) is not None:
        click.echo(sentence, err=True)


def _warn_about_time(at: datetime | None) -> None:
    if at is None:
        return
    if is_ambiguous(at):
        offset = local(at).isoformat(timespec="minutes")
        click.echo(f"That time comes twice that night: taken as {offset}.", err=True)
    if at > utc_now() + _FUTURE:
        click.echo("That time is still to come: recorded as given.", err=True)
