"""`relais reconcile resolve`: a row that a person settles."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import click

from dashboard.cli.alma import system_of
from dashboard.cli.database import database_option
from dashboard.cli.reconcile.log import by, open_log
from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.io.uuid7 import new_uuid7
from procedure.reconciliation.corrections import resolve_loan


@click.command()
@click.argument("loan", metavar="ID")
@click.option("--how", required=True, help="What was done about it, in a few words.")
@by("Who settles it.")
@database_option
def resolve(*, loan: str, how: str, operator: str) -> None:
    """Settle a row by hand: it leaves the list with a reason and a name."""
    with open_log() as (database, log):
        loan_id = _find_id(loan, (row.loan.id for row in log.rows()))
        entry = resolve_loan(
            *(log, loan_id, how),
            entry_id=new_uuid7(),
            at=utc_now(),
            operator=operator,
            file_format=system_of(Settings.from_env()).offline_file,
        )
        database.journal.append(entry)
    click.echo(f"Loan {loan_id} is settled.")


def _find_id(text: str, known: Iterable[UUID]) -> UUID:
    """Return the only known id that begins or ends with the text.

    Raises:
        click.BadParameter: none does, or several do.
    """
    # Ids begin with their time: those of one minute differ at the end.
    part = text.strip().lower()
    matches = [
        key for key in known if part and (str(key).startswith(part) or str(key).endswith(part))
    ]
    if len(matches) == 1:
        return matches[0]
    wrong = "is part of more than one id of a loan" if matches else "is the id of no loan"
    raise click.BadParameter(f"{text} {wrong}; list them with --json", param_hint="ID")
