"""Each result of verifying a loan through Alma's API or against a list of loans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from openpyxl import Workbook

from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.transactions import Loan
from procedure.reconciliation.alma_records import LoanFacts, PatronFacts
from procedure.reconciliation.journal_entries import Verification
from procedure.reconciliation.verification import (
    VerificationResult,
    compare_with_list,
    read_loan_list,
    verify_loan,
)

NINE = datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC)
NOW = NINE + timedelta(hours=4)
DUE = NOW + timedelta(days=28)
LOAN = Loan(id=UUID(int=1), at=NINE, desk="MAIL", patron="A-01", item="i")
ANNA = PatronFacts("anna", (("01", "A-01"),))


def loan_of(
    user: str = "anna", at: datetime | None = NINE, due: datetime | None = DUE
) -> LoanFacts:
    return LoanFacts("i", user, at, due)


@pytest.mark.parametrize(
    ("active", "verdict"),
    [
        (loan_of(at=NINE.replace(second=0)), VerificationResult(Verification.IN_ALMA, "", DUE)),
        (loan_of("A-01"), VerificationResult(Verification.IN_ALMA, "", DUE)),
        (loan_of(at=None, due=None), VerificationResult(Verification.IN_ALMA)),
        (
            loan_of(at=NINE - timedelta(days=1)),
            VerificationResult(Verification.IN_ALMA, "other_loan_date", DUE),
        ),
        (loan_of(due=NOW), VerificationResult(Verification.DUE_SHIFTED, "", NOW)),
        (
            loan_of("bert", NINE - timedelta(1)),
            VerificationResult(Verification.OTHER_USER, "lent_before", DUE),
        ),
        (loan_of("bert", NOW), VerificationResult(Verification.OTHER_USER, "lent_since", DUE)),
        (loan_of("bert", None), VerificationResult(Verification.OTHER_USER, "lent_before", DUE)),
        (None, VerificationResult(Verification.MISSING)),
    ],
)
def test_verify_loan_by_the_active_loan_of_the_item(
    active: LoanFacts | None, verdict: VerificationResult
) -> None:
    assert verify_loan(LOAN, active, ANNA, now=NOW) == verdict


def test_verify_loan_by_the_same_ended_loan() -> None:
    over = [LoanFacts("i", "anna", NINE, DUE)]
    assert verify_loan(LOAN, None, ANNA, now=NOW, over=over) == VerificationResult(
        Verification.IN_ALMA, "returned_since"
    )
    other = [
        LoanFacts("i", "anna", NINE - timedelta(days=9), DUE),
        LoanFacts("j", "anna", NINE, DUE),
    ]
    assert verify_loan(LOAN, None, ANNA, now=NOW, over=other) == VerificationResult(
        Verification.MISSING
    )


def test_verify_loan_of_an_unseen_account_is_unknown() -> None:
    assert verify_loan(LOAN, loan_of(), None, now=NOW) == VerificationResult(
        Verification.NOT_CHECKED, "user_not_known"
    )


def test_verify_loan_ignores_the_offset_in_the_doubled_hour() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    loan = Loan(id=UUID(int=1), at=second, desk="MAIL", patron="A-01", item="i")
    first = loan_of(at=second - timedelta(hours=1))
    assert verify_loan(loan, first, ANNA, now=NOW) == VerificationResult(
        Verification.IN_ALMA, "", DUE
    )


@pytest.mark.parametrize(
    ("listed", "users", "expected"),
    [
        (loan_of("A-01"), {}, Verification.IN_ALMA),
        (loan_of("A-01", NINE - timedelta(days=1)), {}, Verification.IN_ALMA),
        (loan_of("A-01", due=NOW), {}, Verification.DUE_SHIFTED),
        (loan_of("anna"), {}, Verification.NOT_CHECKED),
        (loan_of("anna"), {"A-01": ANNA}, Verification.IN_ALMA),
        (loan_of("bert"), {"A-01": ANNA}, Verification.OTHER_USER),
        (LoanFacts("j", "anna", NINE, DUE), {"A-01": ANNA}, Verification.MISSING),
        (LoanFacts("j", "anna", NINE, DUE), {}, Verification.MISSING),
    ],
)
def test_compare_with_list_as_far_as_it_names_the_patron(
    listed: LoanFacts, users: dict[str, PatronFacts], expected: Verification
) -> None:
    (verdict,) = compare_with_list([LOAN], [listed], users, now=NOW)
    assert verdict.verification is expected


def test_compare_with_list_gives_each_row_its_result() -> None:
    loans = [replace(LOAN, item=item) for item in "abcd"]
    listed = [
        LoanFacts("a", "A-01", NINE, DUE),
        LoanFacts("b", "A-01", NINE, NOW),
        LoanFacts("c", "A-01", NINE, DUE),
    ]
    assert compare_with_list(loans, listed, {}, now=NOW) == [
        VerificationResult(Verification.IN_ALMA, "", DUE),
        VerificationResult(Verification.DUE_SHIFTED, "", NOW),
        VerificationResult(Verification.IN_ALMA, "", DUE),
        VerificationResult(Verification.MISSING),
    ]


ROUNDED = (
    "has {} that a spreadsheet has shortened or rounded to a number: in the source, format the "
    "column as text, then export again"
)


@pytest.mark.parametrize("code", ["3.12E+13", "3,12E+13"])
def test_read_loan_list_refuses_shortened_codes(code: str) -> None:
    """A loan whose barcode is not recognised in the list would count as missing in Alma."""
    text = f"Barcode;User\n0312;2071234567\n{code};2071234567\n0313;{code}\n;\n"
    assert read_loan_list(text.encode()) == (
        [],
        [
            UnreadableLine(3, ROUNDED.format("an item barcode")),
            UnreadableLine(4, ROUNDED.format("a user identifier")),
        ],
    )


def test_read_loan_list_refuses_rounded_numbers() -> None:
    book, content = Workbook(), BytesIO()
    for cells in (("Barcode", "User"), ("0312", 2071234567), (1_234_567_890_123_450, "2071234567")):
        book.active.append(cells)
    book.save(content)
    assert read_loan_list(content.getvalue()) == (
        [],
        [UnreadableLine(3, ROUNDED.format("an item barcode"))],
    )


def test_read_loan_list_keeps_a_barcode_with_the_letter_e() -> None:
    assert read_loan_list(b"Barcode;User\n12E45;3E13\n") == (
        [LoanFacts("12E45", "3E13", None, None)],
        [],
    )


def test_read_loan_list_refuses_a_cut_off_list() -> None:
    cut = "is cut off: the file ends in the middle of this line; download the file again"
    text = "Barcode;User;Due\n0312;2071234567;\n0313;20712"
    assert read_loan_list(text.encode()) == ([], [UnreadableLine(3, cut)])
    assert len(read_loan_list(f"{text}34567;\n".encode())[0]) == 2


def test_read_loan_list_refuses_a_web_page() -> None:
    page = "is a web page, such as a login page, not a file of loans: log in, then download again"
    assert read_loan_list(b"<!doctype html><html>") == ([], [UnreadableLine(0, page)])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_read_loan_list_decodes_utf_16(encoding: str) -> None:
    content = "Barcode;User\n0312;2071234567\n".encode(encoding)
    assert read_loan_list(content) == ([LoanFacts("0312", "2071234567", None, None)], [])


def test_read_loan_list_reads_a_koha_report() -> None:
    content = b"barcode,cardnumber,issuedate,date_due\nLOAN0001,K100,2026-11-24 12:02:30,\n"
    lent_at = datetime(2026, 11, 24, 11, 2, 30, tzinfo=UTC)
    assert read_loan_list(content) == ([LoanFacts("LOAN0001", "K100", lent_at, None)], [])
