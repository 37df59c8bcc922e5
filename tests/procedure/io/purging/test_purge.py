"""A purge removes data from the disk for good, and leaves a receipt."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy
from threading import Event
from uuid import UUID, uuid4

import pytest

from procedure.circulation.pseudonyms import is_pseudonym
from procedure.circulation.settlements import SettledByHand
from procedure.circulation.transactions import Loan
from procedure.io.database.database import Database, open_database
from procedure.io.database.sql_journal import SqlJournal
from procedure.io.purging.purge import Purged, count_due, purge
from procedure.io.spool.spool import spool_files
from procedure.journal import Entry
from procedure.personal_data.access_entries import IdentifiersPurged
from procedure.reconciliation.alma_records import PatronFacts, PatronSeen

KEEP = timedelta(days=30)
START = datetime(2026, 10, 1, 9, tzinfo=UTC)
LATER = START + timedelta(days=31)
UNTIL = LATER - KEEP
SETTLED = Loan(id=UUID(int=1), at=START, desk="CMU", patron="MARKED-SETTLED", item="2301")
OPEN = Loan(id=UUID(int=2), at=START, desk="CMU", patron="MARKED-OPEN", item="2302")
BY_HAND = SettledByHand(id=UUID(int=3), at=START, loan=SETTLED.id, how="at the desk")
SEEN = PatronSeen(UUID(int=4), START, "MARKED-SETTLED", PatronFacts("MARKED-SETTLED"))
ENTRIES: tuple[Entry, ...] = (SETTLED, OPEN, BY_HAND, SEEN)


class Clock:
    at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(url: str, clock: Clock) -> Iterator[Database]:
    """A server's database, thirty-one days after one of its two loans was settled."""
    with open_database(url, role="server", now=clock) as opened:
        opened.journal.append(*ENTRIES)
        clock.at = LATER
        yield opened


def purge_now(database: Database, clock: Callable[[], datetime], by: str | None = None) -> Purged:
    return purge(database, keep=KEEP, now=clock, new_id=uuid4, operator=by)


def patrons(database: Database) -> list[str]:
    return [
        recorded.entry.patron
        for recorded in database.journal.since()
        if isinstance(recorded.entry, Loan)
    ]


def receipts(database: Database) -> list[tuple[object, ...]]:
    entries = [
        recorded.entry for recorded in database.journal.since(kinds=(IdentifiersPurged.KIND,))
    ]
    return [
        (entry.at, entry.until, entry.loans, entry.entries, entry.operator)
        for entry in entries
        if isinstance(entry, IdentifiersPurged)
    ]


def files_with(text: bytes, folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if text in file.read_bytes())


def test_purge_deletes_only_identifiers_of_settled_loans(database: Database, clock: Clock) -> None:
    assert count_due(database, keep=KEEP, now=clock) == Purged(1, 2, UNTIL)
    assert patrons(database) == ["MARKED-SETTLED", "MARKED-OPEN"]
    assert purge_now(database, clock, "Anna") == Purged(1, 2, UNTIL)
    gone, kept = patrons(database)
    assert is_pseudonym(gone)
    assert kept == "MARKED-OPEN"
    assert receipts(database) == [(LATER, UNTIL, 1, 2, "Anna")]
    assert purge_now(database, clock) == Purged(0, 0, UNTIL)
    assert len(receipts(database)) == 1


def test_purge_recognises_a_late_retry_without_its_identifier(
    database: Database, clock: Clock
) -> None:
    purge_now(database, clock)
    before = database.journal.since()
    (known,) = database.journal.append(SETTLED)
    assert known == before[0]
    assert database.journal.since() == before


def test_purge_leaves_no_identifier_in_any_file_of_a_running_server(
    tmp_path: Path, clock: Clock
) -> None:
    url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    with open_database(url, role="server", now=clock) as database:
        database.journal.append(*ENTRIES)
        clock.at = LATER
        assert files_with(b"MARKED-SETTLED", tmp_path)
        purge_now(database, clock)
        overwritten = Event()
        database.writer.submit_between(lambda _: overwritten.set())
        assert overwritten.wait(60)
        assert files_with(b"MARKED-SETTLED", tmp_path) == []
        assert files_with(b"MARKED-OPEN", tmp_path) == ["relais.sqlite3"]
        assert (tmp_path / "relais.sqlite3-wal").stat().st_size > 0


def test_purge_of_an_older_copy_deletes_identifiers_again(tmp_path: Path, clock: Clock) -> None:
    path, copied = tmp_path / "relais.sqlite3", tmp_path / "copied"
    url = f"sqlite:///{path}"
    with open_database(url, now=clock) as database:
        database.journal.append(SETTLED, OPEN)
    copy(path, copied)  # in the copy, `SETTLED` is not settled yet
    with open_database(url, now=clock) as database:
        database.journal.append(BY_HAND)
        clock.at = LATER
        purge_now(database, clock)
    for file in tmp_path.glob("relais.sqlite3*"):
        if file.suffix != ".purged":
            file.unlink()
    copy(copied, path)
    with open_database(url, now=clock) as database:
        assert purge_now(database, clock) == Purged(1, 1, UNTIL)
        assert patrons(database)[1] == "MARKED-OPEN"
        assert is_pseudonym(patrons(database)[0])


def test_purge_reads_a_list_with_a_cut_off_line(tmp_path: Path, clock: Clock) -> None:
    url, known = f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path / "r.sqlite3.purged"
    known.write_bytes(f"{SETTLED.id}\n{str(OPEN.id)[:20]}".encode() + b"\xff\n")
    with open_database(url, now=clock) as database:
        database.journal.append(SETTLED, OPEN, BY_HAND)
        clock.at = LATER
        assert purge_now(database, clock) == Purged(1, 1, UNTIL)
    assert known.read_text("ascii", errors="replace").split()[-1] == str(SETTLED.id)


def test_purge_keeps_the_identifier_of_a_loan_reopened_meanwhile(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite = SqlJournal.overwrite_personal
    reopened = Loan(id=UUID(int=7), at=START, desk="CMU", patron="MARKED-SETTLED", item="2307")

    def meanwhile(journal: SqlJournal, *given: object, **more: object) -> object:
        if journal.position() == len(ENTRIES):
            journal.append(
                SettledByHand(id=UUID(int=8), at=LATER, loan=reopened.id, how="later"), reopened
            )
        return overwrite(journal, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(SqlJournal, "overwrite_personal", meanwhile)
    purge_now(database, clock)
    assert patrons(database)[1:] == ["MARKED-OPEN", "MARKED-SETTLED"]
    assert is_pseudonym(patrons(database)[0])
    assert [counts[2:4] for counts in receipts(database)] == [(1, 1)]


def test_purge_of_many_loans_runs_in_batches_with_receipts(url: str, clock: Clock) -> None:
    loans = [
        Loan(id=UUID(int=n), at=START, desk="CMU", patron=f"MARKED-{n}", item=f"{n}")
        for n in range(10, 2510)
    ]
    ends = [SettledByHand(id=uuid4(), at=START, loan=loan.id, how="x") for loan in loans]
    with open_database(url, now=clock) as database:
        database.journal.append(*loans, *ends)
        clock.at = LATER
        assert purge_now(database, clock) == Purged(2500, 2500, UNTIL)
        assert all(map(is_pseudonym, patrons(database)))
        assert [counts[2] for counts in receipts(database)] == [1000, 1000, 500]


def test_purge_deletes_damaged_spools_past_the_retention(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    base = tmp_path / "relais.sqlite3"
    ages = {"1.spool.damaged": 31, "2.spool.damaged": 29, "3.spool": 31}
    for name, days in ages.items():
        file = tmp_path / f"relais.sqlite3-0000000{name}"
        file.write_bytes(b"MARKED-SETTLED")
        at = (LATER - timedelta(days=days)).timestamp()
        os.utime(file, (at, at))
    linked = tmp_path / "link"
    linked.hardlink_to(tmp_path / "relais.sqlite3-00000001.spool.damaged")
    purge(database, keep=KEEP, now=clock, new_id=uuid4, spool=base)
    # An undamaged spool may hold the only copy of a loan, so it is kept however old it is.
    kept = [file.name[-16:] for file in spool_files(base)]
    assert kept == ["02.spool.damaged", "3-00000003.spool"]
    assert linked.read_bytes() == bytes(14)
