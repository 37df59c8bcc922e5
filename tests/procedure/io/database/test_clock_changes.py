"""Offline files and loan lists keep the right times when an hour is repeated or skipped."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.plan import import_sheet
from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.transactions import Loan, Return
from procedure.local_time import local
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.journal_entries import Verification
from procedure.reconciliation.offline_file_export import export_desk
from procedure.reconciliation.verification import (
    VerificationResult,
    compare_with_list,
    read_loan_list,
)
from tests.support import make
from tests.support.memory import MemoryJournal

NIGHTS = {
    "march": datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
    "october": datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
}
STEP = timedelta(minutes=10)


def night(start: datetime) -> list[Loan | Return]:
    """Return five hours of loans and returns: a new book is lent every ten minutes.

    Every third book is returned after three minutes, and lent again after six.
    """
    rows: list[Loan | Return] = []
    for number in range(30):
        at = start + number * STEP + timedelta(seconds=7)
        rows.append(make.loan(uuid4(), f"i{number}", f"P{number}", at=at, sequence=3 * number))
        if number % 3 == 0:
            back, again = at + timedelta(minutes=3), at + timedelta(minutes=6)
            rows.append(make.back(uuid4(), f"i{number}", at=back, sequence=3 * number + 1))
            rows.append(make.loan(uuid4(), f"i{number}", "Q", at=again, sequence=3 * number + 2))
    return rows


def minute(at: datetime) -> datetime:
    return at.replace(second=0)


def exported(journal: MemoryJournal, now: datetime) -> bytes:
    done = export_desk(
        journal,
        CirculationLog(),
        "MAIL",
        now=lambda: now,
        new_id=uuid4,
        from_cart=CartLoanPolicy.RETURNS_FIRST,
    )
    return done.plan.rendered.content


@pytest.mark.parametrize("start", NIGHTS.values(), ids=NIGHTS)
def test_file_of_the_doubled_hour_is_imported_and_rewritten_unchanged(
    start: datetime,
) -> None:
    now, rows = start + timedelta(days=1), night(start)
    here, there = (MemoryJournal(lambda: now) for _ in range(2))
    here.append(*rows)
    content = exported(here, now)
    known = CirculationLog(there.since())
    plan, taken = import_sheet(there, known, read_file(content, "x.dat"), desk="MAIL", now=now)
    assert (taken, plan.known, len(plan.entries)) == (True, 0, len(rows))
    assert [(type(entry), entry.item, entry.at) for entry in plan.entries] == [
        (type(row), row.item, minute(row.at)) for row in rows
    ]
    assert exported(there, now) == content
    # Both journals recognise every line when the same file is imported again.
    for journal in (here, there):
        known = CirculationLog(journal.since())
        plan, _ = import_sheet(journal, known, read_file(content, "x.dat"), desk="MAIL", now=now)
        assert (plan.entries, plan.known) == ((), len(rows))


@pytest.mark.parametrize("start", NIGHTS.values(), ids=NIGHTS)
@pytest.mark.parametrize("offset", [False, True])
def test_loan_list_of_the_doubled_hour_verifies_every_loan(start: datetime, offset: bool) -> None:
    loans = [entry for entry in night(start) if isinstance(entry, Loan) and entry.patron != "Q"]
    due = start + timedelta(days=28)

    def shown(at: datetime) -> str:
        here = local(minute(at))
        return here.isoformat() if offset else f"{here:%d.%m.%Y %H:%M}"

    lines = [f"{loan.item};{loan.patron};{shown(loan.at)};{shown(due)}" for loan in loans]
    text = "\n".join(["Barcode;Primary Identifier;Loan Date;Due Date", *lines])
    listed, bad = read_loan_list(text.encode())
    assert bad == []
    statuses = compare_with_list(loans, listed, {}, now=start + timedelta(days=1))
    # No loan in the repeated hour is mistaken for one made at another time.
    assert set(statuses) == {VerificationResult(Verification.IN_ALMA, "", due)}


def test_time_in_the_skipped_hour_makes_a_line_unreadable() -> None:
    lines = [f"20260329{clock}L{'i':<80}P\r\n" for clock in ("0159", "0200", "0259", "0300")]
    sheet = read_file("".join(lines).encode(), "x.dat")
    assert [row.at for row in sheet.rows] == [
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    ]
    assert sheet.bad == tuple(
        UnreadableLine(number, "has a time that the clocks skipped in March") for number in (2, 3)
    )
