"""A list of Alma's loans: what is read, and when none of it may be used as a proof."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from procedure.alma_facts import LoanFacts
from procedure.sources.loan_list import read_loan_list
from procedure.sources.row import BadLine

ROUNDED = (
    "has {} that a spreadsheet has shortened or rounded to a number: format its column as text "
    "where it comes from, then export again"
)


@pytest.mark.parametrize("code", ["3.12E+13", "3,12E+13"])
def test_a_list_with_shortened_codes_is_read_not_at_all(code: str) -> None:
    """Of a loan whose barcode was lost, the proof would say that it is missing in Alma."""
    text = f"Barcode;User\n0312;2071234567\n{code};2071234567\n0313;{code}\n;\n"
    assert read_loan_list(text.encode()) == (
        [],
        [
            BadLine(3, ROUNDED.format("an item barcode")),
            BadLine(4, ROUNDED.format("a user identifier")),
        ],
    )


def test_a_list_with_rounded_numbers_is_read_not_at_all() -> None:
    book, content = Workbook(), BytesIO()
    for cells in (("Barcode", "User"), ("0312", 2071234567), (1_234_567_890_123_450, "2071234567")):
        book.active.append(cells)
    book.save(content)
    assert read_loan_list(content.getvalue()) == (
        [],
        [BadLine(3, ROUNDED.format("an item barcode"))],
    )


def test_a_barcode_with_the_letter_e_is_read() -> None:
    assert read_loan_list(b"Barcode;User\n12E45;3E13\n") == (
        [LoanFacts("12E45", "3E13", None, None)],
        [],
    )
