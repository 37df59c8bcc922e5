"""The reconciliation's counts add up; it can be signed only after every row is settled."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from procedure.errors import TransactionRefused
from procedure.journal import Entry
from procedure.reconciliation.journal_entries import SignedOff, Verification
from procedure.reconciliation.sign_off import (
    current_counts,
    is_current,
    sign,
    signature_for,
    without_earlier,
)
from procedure.reconciliation.stage_counts import DayCounts, StageCounts, by_desk_and_day
from tests.procedure.reconciliation.test_reconciliation_log import (
    LATER,
    LOAN,
    REPORT,
    RESOLVED,
    RESOLVED_SINCE,
    SENT,
    VOID,
    WORDS,
    fold,
    proved,
)
from tests.support import make

SIGNED = SignedOff(
    id=UUID(int=70), at=LATER, operator="L. Martin", states=(("resolved", 1),), position=3
)


def signed(*entries: Entry, operator: str = " L.  Martin ") -> SignedOff:
    return sign(fold(*entries), entry_id=SIGNED.id, at=LATER, operator=operator)


def test_sign_off_records_the_current_counts() -> None:
    assert signed(LOAN, SENT, RESOLVED) == SIGNED
    log = fold(LOAN, SENT, RESOLVED, SIGNED)
    assert (log.signed, is_current(SIGNED, log.table())) == ([SIGNED], True)
    log = fold(LOAN, SENT, RESOLVED, SIGNED, VOID)
    assert not is_current(SIGNED, log.table())


def test_signature_names_hand_settled_loans_missing_in_alma() -> None:
    missing = proved(Verification.MISSING)
    assert signed(LOAN, SENT, RESOLVED, missing).lacking == (LOAN.id,)
    assert signed(LOAN, SENT, missing, RESOLVED).lacking == ()
    assert signed(LOAN, SENT, RESOLVED, proved(Verification.IN_ALMA)).lacking == ()


def test_second_signature_counts_only_rows_not_yet_covered() -> None:
    again = make.loan(60, "i", "A-02", at=LATER)
    settled = replace(RESOLVED, id=UUID(int=61), loan=again.id)
    entries = [LOAN, SENT, RESOLVED, SIGNED, again, settled]
    second = replace(signed(*entries), id=UUID(int=71))
    for last in ([], [second]):
        assert current_counts(fold(*entries, *last)) == StageCounts(settled_by_hand=1)
    expected = [(SIGNED, 1, True), (second, 1, True)]
    assert newly_signed(*entries, second) == expected
    assert newly_signed(*entries, second, replace(VOID, loan=again.id)) == expected


def test_void_after_the_signature_keeps_the_signed_loans_in_the_counts() -> None:
    """If one of two loans in Alma is voided, it must be settled there before the next signature."""
    other = make.loan(60, "i", "A-02", at=LATER)
    sent = make.export(61, LOAN.id, other.id, at=LATER, name="mail.dat")
    report = make.report(62, sent.id, at=LATER, succeeded=2, failed=0)
    entries = [LOAN, other, sent, report]
    entries.append(replace(signed(*entries), position=len(entries)))
    assert current_counts(fold(*entries)) == StageCounts(in_alma=2)
    entries.append(VOID)
    assert current_counts(fold(*entries)) == StageCounts(in_alma=1, to_settle=1)
    with pytest.raises(TransactionRefused) as refusal:
        signed(*entries)
    assert refusal.value.reason == "not_settled"
    entries.append(RESOLVED_SINCE)
    assert current_counts(fold(*entries)) == StageCounts(in_alma=1, cancelled=1)
    again = replace(signed(*entries), id=UUID(int=71))
    assert again.states == (("confirmed", 1), ("void", 1))
    assert is_current(again, fold(*entries, again).table())
    assert current_counts(fold(*entries, again)) == StageCounts(in_alma=1, cancelled=1)


def test_new_loan_voided_after_the_signature_hides_no_signed_loan() -> None:
    fresh = make.loan(60, "i", "A-02", at=LATER)
    entries = [LOAN, SENT, RESOLVED, SIGNED, fresh, replace(VOID, loan=fresh.id)]
    assert current_counts(fold(*entries)) == StageCounts(settled_by_hand=1, cancelled=1)


def newly_signed(*entries: Entry) -> list[tuple[SignedOff, int, bool]]:
    log = fold(*entries)
    covered = without_earlier(log.signed, log.table())
    return [(entry, counts.total(), stands) for entry, counts, stands in covered]


def test_signature_is_current_while_its_loans_are_settled() -> None:
    early = replace(SIGNED, position=2)
    later = replace(LOAN, id=UUID(int=62), item="A-03")
    assert newly_signed(LOAN, SENT, early) == [(early, 1, False)]
    assert newly_signed(LOAN, VOID, early, later) == [(early, 1, True)]


def test_sign_off_refuses_pending_loans() -> None:
    waiting = make.pending(63, "A-09", at=LATER)
    with pytest.raises(TransactionRefused) as refusal:
        signed(LOAN, SENT, RESOLVED, waiting)
    assert refusal.value.reason == "card_missing"
    cancelled = replace(VOID, id=UUID(int=64), loan=waiting.id)
    assert signed(LOAN, SENT, RESOLVED, waiting, cancelled).states == SIGNED.states


@pytest.mark.parametrize(
    ("entries", "operator", "reason"),
    [
        ([LOAN, SENT, RESOLVED], " ", "operator_missing"),
        ([LOAN, SENT, RESOLVED], "a\x1bb", "operator_missing"),
        ([], "LM", "nothing_to_sign"),
        ([LOAN], "LM", "not_settled"),
        ([LOAN, SENT, REPORT], "LM", "not_settled"),
    ],
)
def test_sign_off_refuses_unsettled_rows(entries: list[Entry], operator: str, reason: str) -> None:
    with pytest.raises(TransactionRefused) as refusal:
        signed(*entries, operator=operator)
    assert refusal.value.reason == reason


@given(st.lists(st.sampled_from(WORDS), max_size=8))
def test_by_desk_and_day_sums_to_all_rows(words: list[Entry]) -> None:
    log = fold(LOAN, *words)
    days = by_desk_and_day(log.table())
    counts = current_counts(log)
    assert sum(day.counts.total for day in days) == counts.total
    assert counts.total + counts.cancelled == 1


def test_by_desk_and_day_counts_by_stage() -> None:
    log = fold(LOAN, SENT, proved(Verification.IN_ALMA))
    assert by_desk_and_day(log.table()) == [
        DayCounts("MAIL", date(2026, 11, 24), StageCounts(in_alma=1))
    ]


def test_signature_covers_only_earlier_rows() -> None:
    rows = fold(LOAN, SENT).rows()
    early = SignedOff(id=UUID(int=71), at=LATER, operator="LM", states=(), position=0)
    assert signature_for([early, SIGNED], rows) == SIGNED
    assert signature_for([early], rows) is None
    assert signature_for([SIGNED], []) is None
