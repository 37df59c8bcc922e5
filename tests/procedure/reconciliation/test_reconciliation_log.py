"""Each entry about a row changes its state, and the newest answer counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.offline_files.alma_file import AlmaFile, render
from procedure.circulation.offline_files.alma_layout import Layout
from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    RequestOutcome,
    SettledByHand,
)
from procedure.circulation.transactions import Void
from procedure.errors import TransactionRefused
from procedure.journal import Entry
from procedure.reconciliation.carts import carted_items
from procedure.reconciliation.corrections import correct_loan, mark_uploaded, resolve_loan
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.loan_table import upload_order
from procedure.reconciliation.offline_file_export import plan_export, rewritten, to_write
from procedure.reconciliation.re_export import export_again, plan_again
from procedure.reconciliation.reconciled_loan import SETTLED, ReconciledLoan, ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.stage_counts import count_stages
from tests.support import make
from tests.support.memory import MemoryJournal, recorded

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=4)
LOAN = make.loan(1, "i", "A-01", at=AT)
SENT = make.export(2, LOAN.id, at=LATER, name="mail.dat")
AGAIN = make.export(3, LOAN.id, at=LATER, name="mail2.dat")
UPLOADED = FileUploaded(id=UUID(int=4), at=LATER, export=SENT.id)
UPLOADED_SINCE = FileUploaded(id=UUID(int=12), at=LATER + timedelta(minutes=1), export=SENT.id)
REPORT = make.report(5, SENT.id, (LOAN.id, "user_not_found"), at=LATER, succeeded=0, failed=1)
CLEAN = make.report(6, SENT.id, at=LATER, succeeded=1, failed=0)
VOID = Void(id=UUID(int=7), at=LATER, loan=LOAN.id, reason="wrong card")
RESOLVED = SettledByHand(id=UUID(int=8), at=LATER, loan=LOAN.id, how="lent by hand", operator="LM")
RESOLVED_SINCE = replace(RESOLVED, at=LATER + timedelta(minutes=1))
HANDED_ON = ManualHandling(id=UUID(int=11), at=LATER, loan=LOAN.id, note="ask Eva", operator="LM")
INTENT = LoanRequested(id=UUID(int=9), at=LATER, loan=LOAN.id)
NUMBERS = count(100)


def proved(verification: Verification, reason: str = "") -> LoanVerified:
    return LoanVerified(UUID(int=next(NUMBERS)), LATER, LOAN.id, verification, reason)


def answered(fate: RequestOutcome) -> LoanAnswered:
    return LoanAnswered(UUID(int=next(NUMBERS)), LATER, INTENT.id, LOAN.id, fate)


def corrected_to(item: str) -> Corrected:
    return Corrected(id=UUID(int=next(NUMBERS)), at=LATER, loan=LOAN.id, item=item)


def fold(*entries: Entry) -> ReconciliationLog:
    return ReconciliationLog(recorded(*entries))


def row(*entries: Entry) -> ReconciledLoan:
    result = fold(*entries).row(LOAN.id)
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("entries", "state", "reason"),
    [
        ([], "recorded", ""),
        ([VOID], "void", ""),
        ([SENT], "exported", ""),
        ([SENT, VOID], "void", "void_after_export"),
        ([SENT, VOID, UPLOADED], "void", "void_after_export"),
        ([SENT, VOID, REPORT], "void", "void_after_export"),
        ([SENT, CLEAN, VOID], "refused", "void_in_alma"),
        ([SENT, VOID, CLEAN], "refused", "void_in_alma"),
        ([SENT, proved(Verification.IN_ALMA), VOID], "refused", "void_in_alma"),
        ([SENT, CLEAN, VOID, HANDED_ON], "refused", "void_in_alma"),
        ([SENT, CLEAN, VOID, proved(Verification.NOT_CHECKED)], "refused", "void_in_alma"),
        ([SENT, CLEAN, VOID, proved(Verification.MISSING)], "void", "void_after_export"),
        ([SENT, CLEAN, VOID, proved(Verification.OTHER_USER)], "void", "void_after_export"),
        (
            [SENT, CLEAN, VOID, proved(Verification.IN_ALMA, "returned_since")],
            "void",
            "void_after_export",
        ),
        ([SENT, CLEAN, VOID, RESOLVED_SINCE], "void", "void_after_export"),
        ([SENT, UPLOADED], "uploaded", ""),
        ([SENT, CLEAN], "confirmed", "by_report"),
        ([SENT, UPLOADED, proved(Verification.MISSING), CLEAN], "confirmed", "by_report"),
        ([SENT, CLEAN, proved(Verification.MISSING)], "confirmed", "by_report"),
        (
            [SENT, CLEAN, proved(Verification.IN_ALMA, "other_loan_date")],
            "confirmed",
            "other_loan_date",
        ),
        ([SENT, proved(Verification.DUE_SHIFTED), CLEAN], "confirmed", "due_shifted"),
        ([SENT, CLEAN, proved(Verification.OTHER_USER, "lent_since")], "confirmed", "by_report"),
        ([SENT, CLEAN, proved(Verification.OTHER_USER, "lent_before")], "refused", "other_user"),
        ([SENT, UPLOADED, proved(Verification.OTHER_USER), CLEAN], "confirmed", "by_report"),
        ([SENT, CLEAN, REPORT], "refused", "user_not_found"),
        ([SENT, CLEAN, AGAIN], "exported", ""),
        ([SENT, AGAIN, CLEAN], "confirmed", "by_report"),
        ([SENT, AGAIN, REPORT], "exported", ""),
        ([SENT, replace(CLEAN, succeeded=None)], "uploaded", ""),
        ([SENT, replace(CLEAN, succeeded=2)], "uploaded", ""),
        ([SENT, replace(CLEAN, unplaced=1)], "uploaded", ""),
        ([SENT, replace(CLEAN, strange=1)], "uploaded", ""),
        ([SENT, replace(CLEAN, succeeded=0, failed=1)], "uploaded", ""),
        ([SENT, REPORT], "refused", "user_not_found"),
        ([SENT, REPORT, CLEAN], "confirmed", "by_report"),
        ([SENT, REPORT, proved(Verification.MISSING)], "refused", "user_not_found"),
        ([SENT, REPORT, proved(Verification.IN_ALMA)], "confirmed", ""),
        ([SENT, proved(Verification.IN_ALMA, "other_loan_date")], "confirmed", "other_loan_date"),
        ([SENT, proved(Verification.DUE_SHIFTED)], "confirmed", "due_shifted"),
        ([SENT, UPLOADED, proved(Verification.MISSING)], "refused", "missing"),
        ([SENT, UPLOADED, proved(Verification.OTHER_USER)], "refused", "other_user"),
        ([SENT, proved(Verification.MISSING)], "exported", ""),
        ([SENT, proved(Verification.OTHER_USER)], "exported", ""),
        ([SENT, REPORT, AGAIN, proved(Verification.MISSING)], "exported", ""),
        ([SENT, proved(Verification.MISSING), UPLOADED_SINCE], "uploaded", ""),
        ([SENT, UPLOADED, proved(Verification.NOT_CHECKED)], "uploaded", ""),
        ([SENT, proved(Verification.MISSING), proved(Verification.IN_ALMA)], "confirmed", ""),
        (
            [SENT, UPLOADED, proved(Verification.IN_ALMA), proved(Verification.MISSING)],
            "confirmed",
            "",
        ),
        (
            [SENT, UPLOADED, proved(Verification.IN_ALMA), proved(Verification.NOT_CHECKED)],
            "confirmed",
            "",
        ),
        (
            [SENT, UPLOADED, proved(Verification.MISSING), proved(Verification.NOT_CHECKED)],
            "refused",
            "missing",
        ),
        (
            [SENT, CLEAN, proved(Verification.OTHER_USER), proved(Verification.NOT_CHECKED)],
            "refused",
            "other_user",
        ),
        ([SENT, REPORT, RESOLVED], "resolved", "by_hand"),
        ([SENT, REPORT, RESOLVED, proved(Verification.IN_ALMA)], "confirmed", ""),
        ([SENT, proved(Verification.IN_ALMA), RESOLVED], "confirmed", ""),
        ([SENT, REPORT, RESOLVED, proved(Verification.MISSING)], "resolved", "not_in_alma"),
        ([SENT, REPORT, proved(Verification.MISSING), RESOLVED], "resolved", "by_hand"),
        ([HANDED_ON, RESOLVED, proved(Verification.MISSING)], "resolved", "not_in_alma"),
        ([SENT, REPORT, RESOLVED, proved(Verification.NOT_CHECKED)], "resolved", "by_hand"),
        ([SENT, RESOLVED, VOID], "void", "void_after_export"),
        ([SENT, REPORT, AGAIN], "exported", ""),
        ([SENT, proved(Verification.MISSING), AGAIN], "exported", ""),
        ([SENT, UPLOADED, AGAIN], "exported", ""),
        ([SENT, REPORT, AGAIN, proved(Verification.IN_ALMA)], "confirmed", ""),
        ([HANDED_ON], "refused", "handed_on"),
        ([HANDED_ON, RESOLVED], "resolved", "by_hand"),
        ([SENT, REPORT, HANDED_ON], "refused", "user_not_found"),
        ([SENT, REPORT, HANDED_ON, proved(Verification.IN_ALMA)], "confirmed", ""),
        ([SENT, REPORT, INTENT], "refused", "user_not_found"),
        ([SENT, REPORT, INTENT, answered(RequestOutcome.MADE)], "confirmed", "lent_by_api"),
        ([SENT, REPORT, INTENT, answered(RequestOutcome.REFUSED)], "refused", "user_not_found"),
        ([SENT, REPORT, INTENT, answered(RequestOutcome.UNKNOWN)], "refused", "user_not_found"),
        (
            [SENT, REPORT, INTENT, answered(RequestOutcome.MADE), proved(Verification.MISSING)],
            "confirmed",
            "lent_by_api",
        ),
    ],
)
def test_row_state_follows_the_newest_answer(entries: list[Entry], state: str, reason: str) -> None:
    result = row(LOAN, *entries)
    assert (result.state.value, result.reason) == (state, reason)


@pytest.mark.parametrize(
    ("entries", "open_"),
    [
        ([], False),
        ([INTENT], True),
        ([INTENT, answered(RequestOutcome.UNKNOWN)], True),
        ([INTENT, answered(RequestOutcome.MADE)], False),
        ([INTENT, answered(RequestOutcome.REFUSED)], False),
        ([INTENT, answered(RequestOutcome.NEVER_ARRIVED)], False),
    ],
)
def test_row_has_an_open_request_until_it_is_answered(entries: list[Entry], open_: bool) -> None:
    assert (row(LOAN, SENT, REPORT, *entries).history.open_intent is not None) is open_


WORDS = (
    SENT,
    AGAIN,
    UPLOADED,
    REPORT,
    CLEAN,
    VOID,
    RESOLVED,
    HANDED_ON,
    proved(Verification.MISSING),
    proved(Verification.IN_ALMA),
    proved(Verification.OTHER_USER),
    INTENT,
    answered(RequestOutcome.MADE),
)


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.integers(0, 8))
def test_extend_in_pieces_gives_the_same_state_and_counts(words: list[Entry], cut: int) -> None:
    records = recorded(LOAN, *words)
    whole = ReconciliationLog(records)
    pieces = ReconciliationLog(records[:cut])
    pieces.extend(records[:cut])
    pieces.extend(records[cut:])
    counts = count_stages(whole.table())
    assert count_stages(pieces.table()) == counts
    state = whole.row(LOAN.id).state
    stands = state is not ReconciliationState.VOID  # voided loans are counted separately
    assert (counts.total, counts.accounted) == (stands, stands and state in SETTLED)


def test_rows_in_upload_order() -> None:
    others = [make.loan(20 + n, f"j{n}", "p", at=AT, desk=desk) for n, desk in enumerate("BAC")]
    first = make.export(30, others[2].id, at=LATER, desk="C", name="c.dat")
    second = make.export(31, LOAN.id, at=LATER, name="m.dat")
    log = fold(LOAN, *others, first, second)
    assert [row.loan.desk for row in upload_order(log.table()).row] == ["C", "MAIL", "A", "B"]


def test_plan_again_exports_a_correction_and_keeps_the_scan() -> None:
    fix = Corrected(id=UUID(int=40), at=LATER, loan=LOAN.id, patron="B-01")
    log = fold(LOAN, SENT, REPORT, fix)
    after = log.row(LOAN.id)
    assert (after.loan.patron, after.corrected.patron, after.corrected.item) == (
        "A-01",
        "B-01",
        "i",
    )
    assert log.log.lines_of(SENT) == [LOAN]
    assert plan_again(log, "MAIL").loans == (after.corrected,)
    assert plan_again(log, "CMU").loans == ()
    log = fold(LOAN, SENT, REPORT, fix, AGAIN)
    assert log.log.lines_of(AGAIN) == [after.corrected]
    assert plan_again(log, "MAIL").loans == ()


def test_plan_again_leaves_out_rows_verified_before_their_upload() -> None:
    early = [LOAN, SENT, proved(Verification.MISSING)]
    assert plan_again(fold(*early), "MAIL").loans == ()
    assert plan_again(fold(*early, UPLOADED_SINCE), "MAIL").loans == ()
    assert plan_again(fold(*early, UPLOADED, proved(Verification.MISSING)), "MAIL").loans == (LOAN,)


def test_plan_again_leaves_out_rows_sent_to_the_api_without_an_answer() -> None:
    assert plan_again(fold(LOAN, SENT, REPORT, INTENT), "MAIL").loans == ()


def journal_of(*entries: Entry) -> MemoryJournal:
    return MemoryJournal(lambda: LATER, *entries)


def test_export_again_writes_a_desks_failures_once() -> None:
    journal = journal_of(LOAN, SENT, REPORT)
    ids = iter(UUID(int=n) for n in range(50, 60))
    done = [
        export_again(
            journal, ReconciliationLog(), "MAIL", now=lambda: LATER, new_id=lambda: next(ids)
        )
        for _ in range(2)
    ]
    assert [result.export.loans if result.export else None for result in done] == [(LOAN.id,), None]
    log = ReconciliationLog(journal.since())
    assert rewritten(log.log, done[0].export) == (render([LOAN]).content)


# ----- decisions by staff -----


def settle(log: ReconciliationLog, **more: Any) -> SettledByHand:
    options: dict[str, Any] = {"how": "handed on", "operator": "LM", **more}
    return resolve_loan(log, LOAN.id, entry_id=UUID(int=60), at=LATER, **options)


def test_settle_records_words_and_a_name() -> None:
    log = fold(LOAN, SENT, REPORT)
    assert settle(log, how=" handed   on ", operator=" LM ") == SettledByHand(
        id=UUID(int=60), at=LATER, loan=LOAN.id, how="handed on", operator="LM"
    )


@pytest.mark.parametrize(
    ("entries", "more", "reason"),
    [
        ([], {}, "not_exported"),
        ([SENT], {"operator": " "}, "operator_missing"),
        ([SENT], {"operator": None}, "operator_missing"),
        ([SENT], {"how": ""}, "reason_missing"),
        ([VOID], {}, "nothing_to_settle"),
        ([SENT, RESOLVED], {}, "nothing_to_settle"),
    ],
)
def test_settle_refuses_invalid_settlements(
    entries: list[Entry], more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TransactionRefused) as refusal:
        settle(fold(LOAN, *entries), **more)
    assert refusal.value.reason == reason


def test_settle_accepts_a_row_that_no_file_can_hold() -> None:
    odd = make.loan(LOAN.id, "é", "A-01", at=AT)
    assert settle(fold(odd)).loan == LOAN.id


def test_settled_row_is_neither_exported_nor_corrected() -> None:
    odd = make.loan(LOAN.id, "é", "A-01", at=AT)
    fixed = corrected_to("j")
    records = recorded(odd, RESOLVED, fixed)
    log = CirculationLog(records)
    assert (plan_export(log, "MAIL").loans, to_write(log)) == ((), {})
    with pytest.raises(TransactionRefused, match="already resolved"):
        correct_loan(ReconciliationLog(records[:2]), LOAN.id, item="j", entry_id=fixed.id, at=LATER)
    with pytest.raises(TransactionRefused, match="already void"):
        correct_loan(fold(LOAN, VOID), LOAN.id, item="j", entry_id=fixed.id, at=LATER)


def test_settle_refuses_a_row_that_a_correction_makes_writable() -> None:
    odd = make.loan(LOAN.id, "é", "A-01", at=AT)
    with pytest.raises(TransactionRefused, match="not in a file yet"):
        settle(fold(odd, corrected_to("j")))
    with pytest.raises(TransactionRefused, match="not in a file yet"):
        settle(fold(odd), file_format=AlmaFile(Layout(encoding="cp1252")))
    assert settle(fold(LOAN, corrected_to("é"))).loan == LOAN.id


def test_correct_loan_refuses_an_unchanged_row() -> None:
    log = fold(LOAN, SENT, REPORT)
    fix = correct_loan(log, LOAN.id, item=" j\r", entry_id=UUID(int=61), at=LATER)
    assert fix == Corrected(id=UUID(int=61), at=LATER, loan=LOAN.id, patron="", item="j")
    with pytest.raises(TransactionRefused, match="This changes nothing"):
        correct_loan(log, LOAN.id, item="i", entry_id=UUID(int=61), at=LATER)
    with pytest.raises(TransactionRefused, match="no loan with this id"):
        correct_loan(log, UUID(int=99), item="j", entry_id=UUID(int=61), at=LATER)
    assert mark_uploaded(SENT, entry_id=UPLOADED.id, at=LATER) == UPLOADED


# ----- the cart -----


def cart_of(*entries: Entry) -> tuple[bool, int, int, datetime | None]:
    back = make.back(70, "i", at=AT + timedelta(hours=1))
    (one,) = carted_items(fold(*entries), [back])
    return one.safe, len(one.waits_for), len(one.lent_again), one.since


def test_cart_holds_c1_items_until_their_loan_is_in_alma() -> None:
    assert cart_of() == (True, 0, 0, None)
    assert cart_of(LOAN, SENT, UPLOADED) == (False, 1, 0, None)
    assert cart_of(LOAN, SENT, REPORT) == (False, 1, 0, None)
    assert cart_of(LOAN, SENT, proved(Verification.IN_ALMA)) == (True, 0, 0, LATER)
    assert cart_of(LOAN, VOID) == (True, 0, 0, None)


def test_cart_has_no_safe_order_for_an_item_lent_again() -> None:
    again = make.loan(71, "i", "B-01", at=AT + timedelta(hours=2))
    assert cart_of(again) == (False, 0, 1, None)
