"""The first sheet of an XLSX workbook as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, cast
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from procedure.sources.row import BadLine, Sheet
from procedure.sources.table import Numbered, read_table

# What it unpacks to; a workbook of a million rows takes some 150 MB.
LARGEST = 300 * 1024 * 1024
# A spreadsheet keeps fifteen digits of a number: of a longer barcode it has changed the end.
EXACT = 10**15


def read_workbook(content: bytes) -> Sheet:
    """Read the transactions of the first sheet."""
    sheet, bad = workbook_cells(content)
    found = read_table(sheet) if sheet else Sheet((), ())
    return Sheet(found.rows, (*found.bad, *bad))


def workbook_cells(content: bytes) -> tuple[list[Numbered], list[BadLine]]:
    """Take the first sheet apart; dates, and barcodes kept as numbers, are understood."""
    try:
        with ZipFile(BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                return [], [BadLine(0, "the workbook is too large to be one of loans")]
        return list(_cells(content)), []
    # openpyxl raises whatever the XML inside made it stumble over.
    except (BadZipFile, Exception):
        return [], [BadLine(0, "this is no workbook that can be read; save it as CSV")]


def _cells(content: bytes) -> Iterator[Numbered]:
    book: Any = cast("Any", load_workbook)(BytesIO(content), read_only=True, data_only=True)
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(), start=1):
            yield number, [_text(cell.value, getattr(cell, "number_format", "")) for cell in cells]
    finally:
        book.close()


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
            width = len(number_format) if re.fullmatch("0+", number_format) else 0
            return str(int(value)).zfill(width)
        case int() | float():
            # Left out rather than wrong: the row is then shown as lacking it.
            return ""
        case _:
            return str(value)
