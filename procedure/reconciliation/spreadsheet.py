"""Tables for a spreadsheet, as CSV or XLSX: text stays text, and nothing in it is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from procedure.local_time import local

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | datetime | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and lines of cells; instants are aware and shown in Geneva's time."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(tables: Mapping[str, Table]) -> bytes:
    """Write tables below one another, an empty line between; UTF-8 with a mark, CRLF."""
    page = StringIO()
    writer = csv.writer(page)
    for number, table in enumerate(tables.values()):
        if number:
            writer.writerow([])
        writer.writerow(table.head)
        writer.writerows([harmless(_text(cell)) for cell in row] for row in table.rows)
    # The mark tells a spreadsheet that the text is UTF-8.
    return page.getvalue().encode("utf-8-sig")


def as_xlsx(tables: Mapping[str, Table]) -> bytes:
    """Write a workbook with a sheet for each table, named by its key."""
    book: Any = cast("Any", Workbook)(write_only=True)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        for row in (table.head, *table.rows):
            sheet.append(list(_cells(sheet, row)))
    page = BytesIO()
    book.save(page)
    return page.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text: a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(sheet: Any, row: Iterable[Cell]) -> Iterable[Any]:
    for value in row:
        cell = cast("Any", WriteOnlyCell)(sheet, value if isinstance(value, int) else _text(value))
        if not isinstance(value, int):
            # Typed as text: a barcode keeps its zeros, and what begins with = is no formula.
            cell.data_type, cell.number_format = "s", "@"
        yield cell


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{local(cell):%Y-%m-%d %H:%M}"
        case _:
            return str(cell)
