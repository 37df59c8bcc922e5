"""Pseudonyms replace old identifiers, except in unsettled loans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st

from procedure.circulation.pseudonyms import is_pseudonym, pseudonym
from procedure.circulation.settlements import Corrected, SettledByHand
from procedure.circulation.transaction_checks import is_same_patron
from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.journal import Entry, Recorded
from procedure.personal_data.retention import due, pseudonymised
from procedure.reconciliation.alma_records import (
    ItemFacts,
    ItemSeen,
    LoanFacts,
    PatronFacts,
    PatronSeen,
)
from procedure.reconciliation.journal_entries import FileUploaded, LoanVerified, Verification
from procedure.reconciliation.reconciled_loan import SETTLED
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.procedure.io.database.entries.test_entry_rows import (
    CORRECTED,
    ENTRIES,
    ITEM_SEEN,
    LOAN,
    USER_SEEN,
)
from tests.support import make

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
KEY = b"key"


def loan(number: int, patron: str = "", **more: object) -> Loan:
    return make.loan(number, f"I-{number}", patron or f"P-{number}", at=START, desk="CMU", **more)  # type: ignore[arg-type]


def recorded(*entries: tuple[int, Entry]) -> list[Recorded]:
    """Number the entries, and record each the given number of days after the start."""
    return [Recorded(n, START + day * DAY, entry) for n, (day, entry) in enumerate(entries, 1)]


def resolved(number: int, loan_number: int) -> SettledByHand:
    return SettledByHand(id=UUID(int=number), at=START, loan=UUID(int=loan_number), how="by hand")


def due_ids(*entries: tuple[int, Entry], before: int, known: tuple[int, ...] = ()) -> list[int]:
    ids = [UUID(int=number) for number in known]
    return [
        record.entry.id.int for record in due(recorded(*entries), START + before * DAY, known=ids)
    ]


def test_due_ids_include_a_loan_settled_long_enough_ago() -> None:
    entries = ((0, loan(1)), (0, loan(2)), (5, resolved(3, 1)))
    assert due_ids(*entries, before=5) == []
    assert due_ids(*entries, before=6) == [1]
    assert due_ids(*entries, before=10_000) == [1]


def test_due_ids_treat_corrections_as_activity_of_their_loan() -> None:
    corrected = Corrected(id=UUID(int=4), at=START, loan=UUID(int=1), patron="P-9")
    entries = ((0, loan(1)), (5, resolved(3, 1)), (9, corrected))
    assert due_ids(*entries, before=9) == []
    assert due_ids(*entries, before=10) == [1, 4]


def test_due_ids_include_second_readings_with_their_loan() -> None:
    again = replace(loan(1), id=UUID(int=2), at=START + timedelta(minutes=1))
    entries = ((0, loan(1)), (0, again))
    assert due_ids(*entries, before=100) == []
    assert due_ids(*entries, (1, resolved(3, 1)), before=100) == [1, 2]


def test_due_ids_count_a_loan_in_alma_from_its_first_verification() -> None:
    sent = make.export(3, 1, at=START, desk="CMU", name="cmu.dat")

    def proved(number: int, found: Verification) -> LoanVerified:
        return LoanVerified(UUID(int=number), START + 3 * DAY, UUID(int=1), found)

    entries = [
        (0, loan(1)),
        (1, sent),
        (2, FileUploaded(id=UUID(int=4), at=START, export=sent.id)),
        (3, proved(5, Verification.IN_ALMA)),
        (9, proved(6, Verification.IN_ALMA)),
    ]
    assert due_ids(*entries, before=4) == [1]
    entries += [(12, proved(7, Verification.MISSING))]
    assert due_ids(*entries, before=12) == []  # the last verification of a loan counts
    assert due_ids(*entries, before=13) == [1]
    entries += [(13, proved(8, Verification.DUE_SHIFTED))]
    assert due_ids(*entries, before=13) == []
    assert due_ids(*entries, before=14) == [1]


def test_due_ids_include_alma_answers_unless_about_a_kept_loan() -> None:
    held = LoanFacts("I-9", "other", None, None)
    items = [
        ItemSeen(UUID(int=10 + n), START, f"I-{n}", ItemFacts(f"I-{n}", "", "", "", loan=held))
        for n in (1, 2)
    ]
    users = [PatronSeen(UUID(int=20 + n), START, f"P-{n}", PatronFacts(f"P-{n}")) for n in (1, 2)]
    facts: list[tuple[int, Entry]] = [(0, entry) for entry in (*items, *users)]
    entries = ((0, loan(1)), (0, loan(2)), (1, resolved(3, 1)), *facts)
    assert due_ids(*entries, before=2) == [1, 11, 21]


def test_due_ids_of_an_older_copy_include_loans_already_purged() -> None:
    entries = ((0, loan(1)), (0, loan(2)))
    assert due_ids(*entries, before=0, known=(1, 99)) == [1]


def test_due_leaves_out_purged_loans() -> None:
    entries = recorded((0, loan(1)), (1, resolved(3, 1)))
    after = [replace(entry, entry=pseudonymised(entry.entry, KEY)) for entry in entries]
    assert due(after, START + 100 * DAY) == []
    assert due(after, START + 100 * DAY, known=[UUID(int=1)]) == []


acts = st.lists(
    st.tuples(
        st.sampled_from(["void", "resolve", "correct", "export", "upload", "prove", "miss"]),
        st.integers(1, 4),
    ),
    max_size=12,
)


@given(acts, st.integers(0, 14))
def test_due_includes_only_settled_loans(done: list[tuple[str, int]], before: int) -> None:
    entries: list[tuple[int, Entry]] = [(0, loan(n)) for n in range(1, 5)]
    last_file: Export | None = None
    for day, (act, number) in enumerate(done, start=1):
        entry_id, target = UUID(int=100 + day), UUID(int=number)
        match act:
            case "void":
                entry: Entry = Void(id=entry_id, at=START, loan=target, reason="x")
            case "resolve":
                entry = SettledByHand(id=entry_id, at=START, loan=target, how="x")
            case "correct":
                entry = Corrected(id=entry_id, at=START, loan=target, patron="P-8")
            case "export":
                entry = last_file = make.export(
                    entry_id, target, at=START, desk="CMU", name=f"{day}.dat"
                )
            case "upload" if last_file is not None:
                entry = FileUploaded(id=entry_id, at=START, export=last_file.id)
            case _:
                found = Verification.IN_ALMA if act == "prove" else Verification.MISSING
                entry = LoanVerified(entry_id, START + day * DAY, target, found)
        entries.append((day, entry))
    journal = recorded(*entries)
    until = START + before * DAY
    log = ReconciliationLog(journal)
    settled = {row.loan.id for row in log.rows() if row.state in SETTLED}
    chosen = {record.entry.id for record in due(journal, until) if isinstance(record.entry, Loan)}
    assert chosen <= settled
    # Eventually, every settled loan is due.
    ever = {record.entry.id for record in due(journal, START + 99 * DAY)}
    assert settled == {due_id for due_id in ever if due_id.int < 100}
    # A loan that was changed at or after `until` is not due.
    late = {
        entry.loan
        for day, entry in entries
        if day >= before and isinstance(entry, Void | SettledByHand | Corrected)
    }
    assert not chosen & late


RETURN = Return(id=UUID(int=9), at=datetime(2026, 11, 1, tzinfo=UTC), desk="CMU", item="23")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.KIND)
def test_pseudonymised_leaves_no_identifier(entry: Entry) -> None:
    hidden = pseudonymised(entry, KEY)
    assert b"MARKED" not in msgspec.json.encode(hidden)
    assert pseudonymised(hidden, b"another") == hidden


def test_pseudonymised_keeps_other_fields() -> None:
    assert pseudonymised(LOAN, KEY) == replace(LOAN, patron=pseudonym("MARKED-1", KEY))
    assert pseudonymised(CORRECTED, KEY) == replace(CORRECTED, patron=pseudonym("MARKED-2", KEY))
    assert pseudonymised(RETURN, KEY) is RETURN
    unknown = replace(USER_SEEN, user=None, code="401861")
    assert pseudonymised(unknown, KEY) == replace(unknown, identifier=pseudonym("MARKED-5", KEY))
    seen = pseudonymised(ITEM_SEEN, KEY)
    assert seen == replace(
        ITEM_SEEN,
        item=replace(
            ITEM_SEEN.item,
            loan=replace(ITEM_SEEN.item.loan, user=pseudonym("MARKED-3", KEY)),
            waits_for=(pseudonym("MARKED-4", KEY),),
        ),
    )


def test_pseudonym_is_equal_for_equal_identifiers_under_one_key() -> None:
    assert pseudonym("P-1", KEY) == pseudonym("P-1", KEY) != pseudonym("P-2", KEY)
    assert pseudonym("P-1", KEY) != pseudonym("P-1", b"other")
    assert pseudonym("", KEY) == ""
    assert is_pseudonym(pseudonym("P-1", KEY))
    assert not any(map(is_pseudonym, ("", "P-1", "~", "~12345", "~0123456789ABCDEF")))


def test_is_same_patron_for_a_deleted_identifier() -> None:
    assert is_same_patron("P-1", "P-1")
    assert not is_same_patron("P-1", "P-2")
    assert is_same_patron(pseudonym("P-1", KEY), "P-1")
    assert not is_same_patron("P-1", pseudonym("P-1", KEY))
