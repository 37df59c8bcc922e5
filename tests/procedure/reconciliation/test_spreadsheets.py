"""Tables for a spreadsheet contain no formulas, and their barcodes keep their leading zeros."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from procedure.reconciliation.spreadsheets import Table, as_csv, as_xlsx

AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
TABLES = {
    "loans": Table(("item", "count", "at", "day"), [("=1+2", 3, AT, date(2026, 11, 24))]),
    "signed": Table(("by",), [("+x",), ("-x",), ("@x",), ("03124510",), (None,)]),
}


def test_as_csv_has_tables_below_one_another_and_no_formula() -> None:
    assert as_csv(TABLES).decode("utf-8-sig") == (
        "item,count,at,day\r\n'=1+2,3,2026-11-24 10:12,2026-11-24\r\n"
        "\r\nby\r\n'+x\r\n'-x\r\n'@x\r\n03124510\r\n\"\"\r\n"
    )


@pytest.mark.parametrize("sheet", ["loans", "signed"])
def test_as_xlsx_has_a_sheet_per_table_and_text_cells(sheet: str) -> None:
    book = load_workbook(BytesIO(as_xlsx(TABLES)))
    assert book.sheetnames == ["loans", "signed"]
    rows = [list(row) for row in book[sheet].iter_rows()]
    shown = {
        "loans": [["item", "count", "at", "day"], ["=1+2", 3, "2026-11-24 10:12", "2026-11-24"]],
        "signed": [["by"], ["+x"], ["-x"], ["@x"], ["03124510"], [None]],
    }[sheet]
    assert [[cell.value or None for cell in row] for row in rows] == shown
    assert {cell.data_type for row in rows for cell in row if cell.value} <= {"s", "n"}
