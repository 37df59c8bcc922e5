"""What the commands of `relais reconcile` share: their options, the log and its rows."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import click

from dashboard.cli.database import open_existing
from dashboard.cli.row_id import find_by_prefix
from procedure.errors import JournalMoved, TransactionRefused
from procedure.io.database.database import Database
from procedure.journal import Entry
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog

DESK = click.option("--desk", metavar="CODE", help="Only this desk.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")


def by(text: str, *, required: bool = True) -> Callable[[Any], Any]:
    """Return the option `--by` with this help."""
    return click.option("--by", "operator", required=required, metavar="NAME", help=text)


@contextmanager
def open_log() -> Generator[tuple[Database, ReconciliationLog]]:
    """Give the open database of the settings and the log read from it."""
    with open_existing() as database:
        yield database, ReconciliationLog(database.journal.since(kinds=KINDS))


def update(log: ReconciliationLog, database: Database) -> None:
    """Add what was recorded since the log was read."""
    log.extend(database.journal.since(log.position, kinds=KINDS))


def append_unless_moved(
    database: Database,
    log: ReconciliationLog,
    *entries: Entry,
    kinds: tuple[str, ...],
    message: str,
) -> None:
    """Record the entries, unless one of these kinds was recorded since the log was read.

    Raises:
        TransactionRefused: one was, with this message.
    """
    try:
        database.journal.append(*entries, unless_newer=(kinds, log.position))
    except JournalMoved:
        raise TransactionRefused("row_moved", message) from None


def find_row(log: ReconciliationLog, text: str) -> ReconciledLoan:
    """Return the row of an id, or of a part of one.

    Raises:
        click.BadParameter: no row has it, or several have.
    """
    row = log.row(find_by_prefix(text, (row.loan.id for row in log.rows()), what="loan"))
    assert row is not None
    return row
