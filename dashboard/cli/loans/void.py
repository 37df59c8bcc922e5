"""`relais loans void`: void a loan, a return or a pending loan of the log."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import click

from dashboard.cli.database import database_option, open_existing
from dashboard.cli.output import named
from procedure.circulation.circulation_log import KINDS, CirculationLog
from procedure.circulation.loan_decision import void as void_entry
from procedure.circulation.transactions import Loan, PendingLoan, Return
from procedure.errors import JournalMoved, TransactionRefused
from procedure.io.clock import utc_now
from procedure.io.database.database import Database
from procedure.io.uuid7 import new_uuid7
from procedure.journal import Journal

# What can be voided, and its name in the output.
_NAMES: Mapping[type[object], str] = {
    Loan: "Loan",
    Return: "Return",
    PendingLoan: "Waiting loan",
}
# The kinds of entry that settle a pending loan.
_SETTLING = ("loan", "void")


@click.command()
@click.argument("entry", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="Why, in a few words.")
@database_option
def void(entry: UUID, reason: str) -> None:
    """Take back a loan, a return on a cart or a loan that waits; it stays in the log.

    `loans list --json`, `reconcile cart --json` and `loans waiting` tell the ids.
    """
    with open_existing() as database:
        log, what = _append_void(database, entry, reason)
        if what == "Waiting loan":
            database.notes.forget({entry}).result()
    click.echo(f"{what} {entry} is void.")
    row = log.row(entry)
    if row is not None and row.export is not None:
        where = named("return the item in Alma")
        click.echo(f"The file {row.export.name} holds it: {where}.", err=True)


def _append_void(database: Database, target: UUID, reason: str) -> tuple[CirculationLog, str]:
    """Append the void; return the log after it, and the name of what was voided.

    Raises:
        TransactionRefused: the target cannot be voided.
    """
    while True:
        log = CirculationLog(database.journal.since(kinds=KINDS))
        what = _NAMES.get(type(log.find(target)))
        if what is None:
            raise TransactionRefused("loan_unknown", _unknown(database.journal, target))
        entry = void_entry(
            log, target, reason, void_id=new_uuid7(), at=utc_now(), workstation="shell"
        )
        try:
            settled = (_SETTLING, log.position)
            log.extend(database.journal.append(entry, unless_newer=settled))
        except JournalMoved:
            continue  # it may have been completed or voided meanwhile
        return log, what


def _unknown(journal: Journal, target: UUID) -> str:
    """Return why the entry of an id cannot be voided."""
    kinds = (record.entry.KIND for record in journal.since() if record.entry.id == target)
    kind = next(kinds, None)
    if kind is None:
        return "The log has no loan, no return and no waiting loan with this id."
    if kind == "void":
        return "This is a taking back itself: record the loan again with relais loans add."
    named = kind.replace("_", " ")
    return f"This is an entry of kind {named}: only a loan, a return or a waiting loan can be void."
