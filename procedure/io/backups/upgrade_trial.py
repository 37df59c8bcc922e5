"""Tries out the upgrade of an older SQLite database on a copy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.elements import TextClause

from procedure.io.database.backup import Progress, back_up
from procedure.io.database.database import Database, open_database
from procedure.io.database.schema import MIGRATIONS, Step
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.reconciliation.reconciliation_log import ReconciliationLog


@dataclass(frozen=True, slots=True)
class UpgradeTrial:
    """The result of upgrading a copy of a database.

    `schema` is the schema version before the upgrade, and `entries` the number of entries. `read`
    is the number of entries read from the upgraded copy, and `loans` are the loans in it.
    """

    schema: int
    entries: int
    read: int
    loans: tuple[ReconciledLoan, ...]


def try_upgrade(
    database: Path, copy: Path, *, now: Callable[[], datetime], on_progress: Progress
) -> UpgradeTrial:
    """Copy the database, upgrade the copy, and read every entry in it.

    Raises:
        BackupRefused: the database cannot be copied.
        JournalError: this version of Relais cannot open the copy.
    """
    contents = back_up(database, copy, on_progress=on_progress)
    with open_database(f"sqlite:///{copy}", now=now, create=False) as opened:
        return read_trial(opened, contents.schema, contents.entries)


def read_trial(opened: Database, schema: int, entries: int) -> UpgradeTrial:
    """Read every entry of a migrated database; `schema` is its version before the migration."""
    recorded = opened.journal.since()
    return UpgradeTrial(schema, entries, len(recorded), tuple(ReconciliationLog(recorded).rows()))


def migration_steps(schema: int) -> Iterator[str]:
    """Yield a description of each migration that a database with this schema version needs."""
    for number, steps in enumerate(MIGRATIONS[schema:], start=schema + 1):
        yield f"{number}: {', '.join(map(_step_text, steps))}"


def _step_text(step: Step) -> str:
    if isinstance(step, CreateTable):
        return f"add the table {step.element.name}"
    if isinstance(step, TextClause):
        return step.text
    text = (step.__doc__ or "").partition("\n")[0].rstrip(".")
    return text[:1].lower() + text[1:]
