"""A scanned loan is accepted, accepted with a warning, or refused."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.circulation.transaction_checks import (
    checked_loan,
    checked_reason,
    offline_file_problem,
)
from procedure.circulation.transactions import Loan
from procedure.errors import TransactionRefused

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def loan(patron: str = "SLSP-000123456", item: str = "03124510", desk: str = "CMU") -> Loan:
    return Loan(id=UUID(int=1), at=AT, desk=desk, patron=patron, item=item)


@pytest.mark.parametrize(
    ("scan", "kept"),
    [
        ("03124510", "03124510"),
        ("03124510\r\n", "03124510"),
        ("\t 0UBU0536413 ", "0UBU0536413"),
        ("UBS-S-1044370", "UBS-S-1044370"),
        ("with  inner blank", "with  inner blank"),
        ("x" * 80, "x" * 80),
    ],
)
def test_checked_loan_strips_only_both_ends(scan: str, kept: str) -> None:
    assert checked_loan(loan(item=scan)) == loan(item=kept)


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        (loan(item="x" * 81), "item_too_long"),
        (loan(item="é"), "item_not_ascii"),
        (loan(patron="1" * 101), "patron_too_long"),
        (loan(patron="né"), "patron_not_ascii"),
    ],
)
def test_checked_loan_warns_of_what_the_offline_file_cannot_hold(given: Loan, warning: str) -> None:
    assert checked_loan(given).warning == warning


@pytest.mark.parametrize(
    ("given", "reason", "message"),
    [
        (loan(item=""), "item_missing", "The item barcode is missing: scan it."),
        (loan(patron=" \r\n"), "patron_missing", "The user identifier is missing: scan it."),
        (loan(desk=""), "desk_missing", "The circulation desk is missing: choose it."),
        (
            loan(item="a\tb"),
            "item_unreadable",
            "The item barcode contains an invisible character: scan it again.",
        ),
        (
            loan(patron="\ud800"),
            "patron_unreadable",
            "The user identifier contains an invisible character: scan it again.",
        ),
        (
            loan(item="x" * 256),
            "item_absurd",
            "The item barcode is longer than 255 characters: scan it again.",
        ),
    ],
)
def test_checked_loan_refuses_what_is_not_a_scan(given: Loan, reason: str, message: str) -> None:
    with pytest.raises(TransactionRefused) as refusal:
        checked_loan(given)
    assert (refusal.value.reason, str(refusal.value)) == (reason, message)


@pytest.mark.parametrize(
    ("layout", "doubt"),
    [
        (USUAL, "patron_not_ascii"),
        (Layout(encoding="cp1252"), None),
        (Layout(encoding="utf-8", patron_width=2), "patron_too_long"),
        (Layout(encoding="utf-8", patron_width=3), None),
    ],
)
def test_offline_file_problem_depends_on_the_layout(layout: Layout, doubt: str | None) -> None:
    assert offline_file_problem(loan(patron="né"), layout) == doubt


def test_checked_reason_is_one_line_and_not_empty() -> None:
    assert checked_reason(" wrong\n card ") == "wrong card"
    with pytest.raises(TransactionRefused, match="Give a reason in a few words"):
        checked_reason(" \n")
