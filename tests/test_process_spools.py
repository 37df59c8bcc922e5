"""Several processes spool loans while the database is unavailable, and one of them is killed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from procedure.circulation.transactions import Loan
from procedure.io.database.database import Database, open_database
from tests.support.postgres import postgres_cluster
from tests.test_processes import Workstation, lend_more, lending, processes, until

pytestmark = pytest.mark.long


def files(folder: Path) -> list[Path]:
    """Return the spool files of all processes."""
    return sorted(folder.glob("spool*/*.spool*"))


def in_order(database: Database) -> dict[str, list[str]]:
    """Return the ids of each workstation's loans, with duplicates.

    The loans are sorted by time, then by sequence number. Their order in the journal may differ,
    because a killed process's loans reach the journal after later loans of another process.
    """
    entries = [record.entry for record in database.journal.since()]
    loans = [entry for entry in entries if isinstance(entry, Loan)]
    found: dict[str, list[str]] = {}
    for loan in sorted(loans, key=lambda loan: (loan.at, loan.sequence)):
        found.setdefault(loan.workstation, []).append(str(loan.id))
    return found


@pytest.mark.parametrize("spools", ["spool-{number}", "spool"], ids=["apart", "shared"])
def test_process_spools_keep_each_loan_once_and_in_order(tmp_path: Path, spools: str) -> None:
    with (
        postgres_cluster(durable=True) as server,
        processes(server.create_database(), tmp_path, 3, spools=spools) as (running, balancer),
        lending(balancer, [each.port for each in running], 6) as workstations,
    ):
        lend_more(workstations, 2)
        server.kill()
        lend_more(workstations, 4)
        assert len(files(tmp_path)) > 1
        victim = running[0]
        victim.kill()
        lend_more(workstations, 4)
        server.start()
        victim.start()
        until(lambda: victim.is_served)
        lend_more(workstations, 4)
        until(lambda: not files(tmp_path))
        check(running[0].environment["RELAIS_DATABASE_URL"], workstations)


def check(url: str, workstations: Sequence[Workstation]) -> None:
    """Check that the journal has each acknowledged loan once, and in order."""
    kept = {each.name: list(each.kept) for each in workstations}
    with open_database(url, role="reader", now=lambda: datetime.now(UTC)) as database:
        found = in_order(database)
    assert {name: found[name][: len(ids)] for name, ids in kept.items()} == kept
    assert all(len(ids) == len(set(ids)) for ids in found.values())
