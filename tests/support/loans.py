"""Records loans, and decisions about them, in the environment's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from dashboard.settings import Settings
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.lending_rules import decide_on_loan, void
from procedure.circulation.transactions import Loan
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.database.database import Database, open_database
from procedure.local_time import instants
from procedure.reconciliation.corrections import confirm_scan, resolve_loan
from procedure.reconciliation.reconciliation_log import ReconciliationLog


def record_loan(
    item: str,
    at: str = "2025-11-24T10:12",
    *,
    desk: str = "CMU",
    patron: str = "SLSP-000123456",
) -> str:
    """Record a loan and return its id; a naive time is Geneva time."""
    given = datetime.fromisoformat(at)
    when = given if given.tzinfo else instants(given)[0]
    with _database() as database:
        loan = Loan(
            id=new_uuid7(),
            at=when,
            desk=desk,
            patron=patron,
            item=item,
            workstation="shell",
            late=True,
        )
        log = CirculationLog(database.journal.since())
        database.journal.append(decide_on_loan(log, loan).loan)
    return str(loan.id)


def void_loan(loan: str) -> None:
    with _database() as database:
        log = CirculationLog(database.journal.since())
        entry = void(log, UUID(loan), "wrong card", void_id=new_uuid7(), at=utc_now())
        database.journal.append(entry)


def confirm_loans(*loans: str) -> None:
    with _database() as database:
        log = ReconciliationLog(database.journal.since())
        given = {"at": utc_now(), "operator": "C. Dupont"}
        entries = [confirm_scan(log, UUID(loan), entry_id=new_uuid7(), **given) for loan in loans]
        database.journal.append(*entries)


def settle_loan(loan: str, how: str, operator: str) -> None:
    with _database() as database:
        log = ReconciliationLog(database.journal.since())
        given = {"entry_id": new_uuid7(), "at": utc_now(), "operator": operator}
        database.journal.append(resolve_loan(log, UUID(loan), how, **given))


@contextmanager
def _database() -> Iterator[Database]:
    with open_database(Settings.from_env().database_url, now=utc_now) as database:
        yield database
