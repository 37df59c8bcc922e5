"""The first sheet of an XLSX workbook as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, cast
from zipfile import BadZipFile, ZipFile

from procedure.circulation.imports.row import ImportSheet, UnreadableLine
from procedure.circulation.imports.tables import Numbered, read_table
from procedure.circulation.imports.xml_bounds import too_large

# Columns that are read, and rows without anything before what follows is taken for a trap.
WIDEST, LONGEST_GAP = 256, 10_000
# A spreadsheet keeps fifteen digits of a number: of a longer barcode it has changed the end.
EXACT = 10**15
LONGEST_CODE = 80
_TOO_LARGE = UnreadableLine(0, "the workbook is too large to be one of loans; save it as CSV")

# The record at the end of every zip file; a comment of up to 64 KB may follow it.
_ZIP_END = b"PK\x05\x06"
_CUT_OFF = UnreadableLine(
    0, "this workbook is cut off: its end is missing; download the file again"
)


def read_workbook(content: bytes) -> ImportSheet:
    """Read the transactions of the first sheet."""
    sheet, bad = workbook_cells(content)
    table = read_table(sheet) if sheet else ImportSheet((), ())
    return ImportSheet(table.rows, (*table.bad, *bad))


def workbook_cells(content: bytes) -> tuple[list[Numbered], list[UnreadableLine]]:
    """Return the rows of the first sheet; dates, and barcodes stored as numbers, become text."""
    if _ZIP_END not in content[-70_000:]:
        return [], [_CUT_OFF]
    try:
        with ZipFile(BytesIO(content)) as parts:
            if too_large(parts):
                return [], [_TOO_LARGE]
        return list(_cells(content)), []
    except _Gap:
        return [], [_TOO_LARGE]
    # openpyxl raises whatever the XML inside made it stumble over.
    except (BadZipFile, Exception):
        return [], [UnreadableLine(0, "this is no workbook that can be read; save it as CSV")]


class _Gap(Exception):
    pass


def _cells(content: bytes) -> Iterator[Numbered]:
    """Yield the rows that hold anything, by their numbers, without the blanks at their end."""
    # A server starts without it: few files are workbooks.
    from openpyxl import load_workbook  # noqa: PLC0415

    book: Any = cast("Any", load_workbook)(BytesIO(content), read_only=True, data_only=True)
    try:
        sheet, last = book.worksheets[0], 0
        sheet.reset_dimensions()  # what the file says of itself may be anything
        for number, cells in enumerate(sheet.iter_rows(max_col=WIDEST), start=1):
            filled = [place for place, cell in enumerate(cells) if cell.value is not None]
            if filled:
                last = number
                yield (
                    number,
                    [
                        _text(cell.value, getattr(cell, "number_format", ""))
                        for cell in cells[: filled[-1] + 1]
                    ],
                )
            elif number - last > LONGEST_GAP:
                raise _Gap
    finally:
        book.close()


def _fills(number_format: str) -> bool:
    return 0 < len(number_format) <= LONGEST_CODE and not number_format.strip("0")


def _text(value: object, number_format: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case datetime():
            # To the nearest second: a spreadsheet keeps a time as a fraction of a day.
            return value.isoformat(" ", timespec="seconds")
        case int() | float() if value == int(value) and abs(value) < EXACT:
            width = len(number_format) if _fills(number_format) else 0
            return str(int(value)).zfill(width)
        case int() | float():
            # In scientific notation, which `refuse_rounded` refuses as a barcode.
            return f"{value:.14E}"
        case _:
            return str(value)
