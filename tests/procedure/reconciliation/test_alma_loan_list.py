"""A list of Alma's loans: what is read, and when none of it may be used as a proof."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from procedure.circulation.imports.row import UnreadableLine
from procedure.reconciliation.alma_loan_list import read_loan_list
from procedure.reconciliation.alma_records import LoanFacts

ROUNDED = (
    "has {} that a spreadsheet has shortened or rounded to a number: format its column as text "
    "where it comes from, then export again"
)


@pytest.mark.parametrize("code", ["3.12E+13", "3,12E+13"])
def test_read_loan_list_refuses_shortened_codes(code: str) -> None:
    """Of a loan whose barcode was lost, the proof would say that it is missing in Alma."""
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
    page = "is a web page, such as a login page, and no file of loans: log in, then download again"
    assert read_loan_list(b"<!doctype html><html>") == ([], [UnreadableLine(0, page)])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_read_loan_list_decodes_utf_16(encoding: str) -> None:
    content = "Barcode;User\n0312;2071234567\n".encode(encoding)
    assert read_loan_list(content) == ([LoanFacts("0312", "2071234567", None, None)], [])


def test_a_report_of_kohas_is_read_by_its_own_names() -> None:
    content = b"barcode,cardnumber,issuedate,date_due\nLOAN0001,K100,2026-11-24 12:02:30,\n"
    lent_at = datetime(2026, 11, 24, 11, 2, 30, tzinfo=UTC)
    assert read_loan_list(content) == ([LoanFacts("LOAN0001", "K100", lent_at, None)], [])
