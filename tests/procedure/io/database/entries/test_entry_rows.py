"""Patron identifiers are in the table `personal`, and never in the table `entry`."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from procedure.circulation.settlements import Corrected
from procedure.circulation.transactions import Loan, Return
from procedure.io.database.database import open_database
from procedure.io.database.entries.entry_rows import encode, join
from procedure.io.database.schema import ENTRY, PERSONAL
from procedure.journal import Entry
from procedure.reconciliation.alma_records import (
    ItemFacts,
    ItemSeen,
    LoanFacts,
    PatronFacts,
    PatronSeen,
)

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LOAN = Loan(id=UUID(int=1), at=AT, desk="CMU", patron="MARKED-1", item="0UBU0536413")
CORRECTED = Corrected(id=UUID(int=2), at=AT, loan=LOAN.id, patron="MARKED-2")
RETURN = Return(id=UUID(int=3), at=AT, desk="CMU", item="0UBU0536413")
ITEM_SEEN = ItemSeen(
    id=UUID(int=4),
    at=AT,
    barcode="0UBU0536413",
    item=ItemFacts(
        barcode="0UBU0536413",
        mms_id="1",
        holding_id="2",
        pid="3",
        loan=LoanFacts("0UBU0536413", "MARKED-3", AT, None),
        waits_for=("MARKED-4",),
    ),
)
USER_SEEN = PatronSeen(UUID(int=5), AT, "MARKED-5", PatronFacts("MARKED-6", (("01", "MARKED-7"),)))
ENTRIES: tuple[Entry, ...] = (LOAN, CORRECTED, RETURN, ITEM_SEEN, USER_SEEN)


def test_identifiers_are_in_their_own_table(url: str, clock: Callable[[], datetime]) -> None:
    with open_database(url, now=clock) as database:
        recorded = database.journal.append(*ENTRIES)
        again = database.journal.append(*ENTRIES)
        with database.backend.reading() as connection:
            bodies = connection.execute(select(ENTRY.c.body).order_by(ENTRY.c.position)).scalars()
            shared = "".join(bodies)
            personal = connection.execute(select(PERSONAL).order_by(PERSONAL.c.position)).all()
        read = database.journal.since()
    assert "MARKED" not in shared
    assert [position for position, _ in personal] == [1, 2, 4, 5]
    assert personal[0].body == '{"patron":"MARKED-1"}'
    assert recorded == again == tuple(read)
    assert [record.entry for record in read] == list(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.KIND)
def test_entries_are_joined_from_both_tables(entry: Entry) -> None:
    body, personal = encode(entry)
    assert (personal is None) is isinstance(entry, Return)
    assert join(body, personal).count('"id":') == 1
    assert "MARKED" not in body


def test_batch_writes_fields_at_the_position_of_their_entry(
    url: str, clock: Callable[[], datetime]
) -> None:
    loans = [
        Loan(id=UUID(int=100 + n), at=AT, desk="CMU", patron=f"P-{n}", item="1") for n in range(150)
    ]
    mixed = [entry for n, loan in enumerate(loans) for entry in (loan, _return(n))]
    with open_database(url, now=clock) as database:
        database.journal.append(*mixed[:90])
        # Some of these entries are already recorded, so their positions are read one by one.
        database.journal.append(*mixed)
        assert [record.entry for record in database.journal.since()] == mixed


def _return(number: int) -> Return:
    return Return(id=UUID(int=1000 + number), at=AT, desk="CMU", item=str(number))
