"""`relais loans void`: take back what stands in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import click

from dashboard.settings import Settings
from procedure.circulation.lending import void as void_entry
from procedure.circulation.log import KINDS, CirculationLog
from procedure.circulation.transactions import Loan, PendingLoan, Return
from procedure.errors import JournalMoved, TransactionRefused
from procedure.io.database.database import Database, open_database
from procedure.io.uuid7 import new_uuid7
from procedure.journal import Journal

# What can be void, as the answer names it.
_NAMES: Mapping[type[object], str] = {
    Loan: "Loan",
    Return: "Return",
    PendingLoan: "Waiting loan",
}
# What settles a loan that waits.
_SETTLING = ("loan", "void")


@click.command()
@click.argument("entry", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="Why, in a few words.")
def void(entry: UUID, reason: str) -> None:
    """Take back a loan, a return on a cart or a loan that waits; it stays in the log.

    `loans list --json`, `reconcile cart --json` and `loans waiting` tell the ids.
    """
    with open_database(Settings.from_env().database_url, now=_now, create=False) as database:
        log, what = _take_back(database, entry, reason)
        if what == "Waiting loan":
            database.notes.forget({entry}).result()
    click.echo(f"{what} {entry} is void.")
    row = log.row(entry)
    if row is not None and row.export is not None:
        click.echo(f"The file {row.export.name} holds it: return the item in Alma.", err=True)


def _take_back(database: Database, target: UUID, reason: str) -> tuple[CirculationLog, str]:
    """Append the void; return the log after it, and what was taken back."""
    while True:
        log = CirculationLog(database.journal.since(kinds=KINDS))
        what = _NAMES.get(type(log.find(target)))
        if what is None:
            raise TransactionRefused("loan_unknown", _unknown(database.journal, target))
        told = {"void_id": new_uuid7(), "at": _now(), "workstation": "shell"}
        entry = void_entry(log, target, reason, **told)
        try:
            settled = (_SETTLING, log.position)
            log.extend(database.journal.append(entry, unless_newer=settled))
        except JournalMoved:
            continue  # it may have been completed or taken back meanwhile
        return log, what


def _unknown(journal: Journal, target: UUID) -> str:
    """Say what an id is that names nothing to take back."""
    what = next((one.entry.KIND for one in journal.since() if one.entry.id == target), None)
    if what is None:
        return "The log has no loan, no return and no waiting loan with this id."
    if what == "void":
        return "This is a taking back itself: record the loan again with relais loans add."
    named = what.replace("_", " ")
    return f"This is an entry of kind {named}: only a loan, a return or a waiting loan can be void."


def _now() -> datetime:
    return datetime.now(UTC)
