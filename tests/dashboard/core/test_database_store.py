"""An installation's store: its parts, its backups, its write faults, and its purges."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from dashboard.core.database_store import DatabaseStore, store_over
from dashboard.settings import Settings
from procedure.circulation.pseudonyms import is_pseudonym
from procedure.circulation.settlements import SettledByHand
from procedure.circulation.transactions import Loan
from procedure.errors import JournalGone
from procedure.io.database.database import open_database
from procedure.readiness.readiness import LastTimes
from tests.support import make
from tests.support.clock import NOON

LONG_AGO = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)  # earlier than any machine's clock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    settings = Settings(f"sqlite:///{tmp_path / 'relais.sqlite3'}")
    with open_database(settings.database_url, role="server", now=lambda: LONG_AGO) as database:
        yield store_over(database, settings, database.accounts)


def test_store_has_the_parts_of_its_database(store: DatabaseStore) -> None:
    database = store.database
    assert (store.journal, store.history, store.notes, store.spool) == (
        database.journal,
        database.history,
        database.notes,
        None,
    )
    assert store.lists.headers() == []


def test_back_up_records_the_last_backup(store: DatabaseStore) -> None:
    assert store.last_times() == LastTimes()
    store.back_up(NOON)
    assert store.last_times() == LastTimes(backup=NOON)


def test_backups_are_made_unless_the_settings_forbid_them(store: DatabaseStore) -> None:
    without = replace(store, settings=replace(store.settings, backups_kept=0))
    assert (store.makes_backups, without.makes_backups) == (True, False)


def test_write_fault_is_found_after_the_database_is_moved(
    store: DatabaseStore, tmp_path: Path
) -> None:
    assert store.write_fault() is None
    assert store.check_writing().result() is None
    (tmp_path / "relais.sqlite3").rename(tmp_path / "elsewhere.sqlite3")
    with pytest.raises(JournalGone):
        store.check_writing().result()
    assert isinstance(store.write_fault(), JournalGone)


def test_purge_deletes_identifiers_older_than_the_settings_allow(
    store: DatabaseStore,
) -> None:
    store.journal.append(
        make.loan(1, "A1", "2060000017", at=LONG_AGO),
        SettledByHand(id=UUID(int=2), at=LONG_AGO, loan=UUID(int=1), how="at the desk"),
    )
    store.purge()
    (loan,) = (record.entry for record in store.journal.since(kinds=("loan",)))
    assert isinstance(loan, Loan)
    assert is_pseudonym(loan.patron)
