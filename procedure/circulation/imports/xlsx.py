"""Reads XLSX workbooks, with protection against decompression bombs.

A workbook is compressed XML: a small file may unpack to a row of a hundred million cells, or to a
string that exhausts memory. So before anything is loaded, each large part (a file in the archive)
is read as a stream, and its elements are counted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import IO, Any, cast
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

from procedure.circulation.imports.column_names import NAMES, columns
from procedure.circulation.imports.row import ImportSheet, UnreadableLine
from procedure.circulation.imports.tables import Numbered, read_table

# The number of columns read, and the number of consecutive empty rows after which a sheet is
# refused as a bomb.
WIDEST, LONGEST_GAP = 256, 10_000
# A spreadsheet keeps only fifteen digits of a number, so the end of a longer barcode is wrong.
EXACT = 10**15
LONGEST_CODE = 80
_TOO_LARGE = UnreadableLine(0, "the workbook is too large to be a list of loans; save it as CSV")

# The end record of a zip file, which may be followed by a comment of up to 64 KB.
_ZIP_END = b"PK\x05\x06"
_CUT_OFF = UnreadableLine(
    0, "this workbook is cut off: its end is missing; download the file again"
)


def read_workbook(content: bytes) -> ImportSheet:
    """Read the transactions on all sheets.

    Sheets without a column for items or patrons are skipped, unless no sheet has such a column.
    """
    sheets, bad = workbook_sheets(content)
    loans = {name: table for name, table in sheets.items() if _has_codes(table)} or sheets
    several = len(sheets) > 1
    read = [read_table(table, name if several else "") for name, table in loans.items()]
    return ImportSheet(
        tuple(row for sheet in read for row in sheet.rows),
        (*(line for sheet in read for line in sheet.bad), *bad),
        tuple(name for name in sheets if name not in loans),
    )


def _has_codes(table: Sequence[Numbered]) -> bool:
    _, heading = table[0]
    return not {"item", "patron"}.isdisjoint(columns(heading, NAMES))


def workbook_sheets(content: bytes) -> tuple[dict[str, list[Numbered]], list[UnreadableLine]]:
    """Return the rows of each non-empty sheet by name, and a bad line if the file is unreadable.

    Dates and numbers are converted to text.
    """
    if _ZIP_END not in content[-70_000:]:
        return {}, [_CUT_OFF]
    try:
        with ZipFile(BytesIO(content)) as parts:
            if too_large(parts):
                return {}, [_TOO_LARGE]
        return _sheets(content), []
    except _Gap:
        return {}, [_TOO_LARGE]
    # openpyxl raises errors of many kinds, depending on the XML inside.
    except (BadZipFile, Exception):
        return {}, [UnreadableLine(0, "this is not a readable workbook; save it as CSV")]


class _Gap(Exception):
    pass


def _sheets(content: bytes) -> dict[str, list[Numbered]]:
    # openpyxl is slow to import and rarely needed.
    from openpyxl import load_workbook  # noqa: PLC0415

    book: Any = cast("Any", load_workbook)(BytesIO(content), read_only=True, data_only=True)
    try:
        sheets = {sheet.title: list(_rows(sheet)) for sheet in book.worksheets}
    finally:
        book.close()
    return {name: rows for name, rows in sheets.items() if rows}


def _rows(sheet: Any) -> Iterator[Numbered]:
    """Yield the non-empty rows with their numbers, without trailing blank cells."""
    last = 0
    sheet.reset_dimensions()  # declared dimensions cannot be trusted
    for number, cells in enumerate(sheet.iter_rows(max_col=WIDEST), start=1):
        texts = [_text(cell.value, getattr(cell, "number_format", "")) for cell in cells]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            last = number
            yield number, texts
        elif number - last > LONGEST_GAP:
            raise _Gap


def _fills(number_format: str) -> bool:
    return 0 < len(number_format) <= LONGEST_CODE and not number_format.strip("0")


def _moment(value: datetime | time, number_format: str) -> str:
    """Return a date and time, or a time of day, as text, without fractions of a second.

    Such fractions are rounding errors, because a spreadsheet stores a time as a fraction of a day.
    Midnight is left out unless the cell's format shows hours.
    """
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    if value.time() == time() and not _shows_hours(number_format):
        return str(value.date())
    return value.isoformat(" ", timespec="seconds")


def _shows_hours(number_format: str) -> bool:
    """Return whether a number format shows hours, ignoring its literal text."""
    return "h" in re.sub(r'"[^"]*"|\\.|\[\$[^\]]*\]', "", number_format).lower()


def _text(value: object, number_format: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case datetime() | time():
            return _moment(value, number_format)
        case int() | float() if value == int(value) and abs(value) < EXACT:
            width = len(number_format) if _fills(number_format) else 0
            return str(int(value)).zfill(width)
        case int() | float():
            # Use scientific notation, which `refuse_rounded` rejects in a code.
            return f"{value:.14E}"
        case _:
            return str(value)


MEGABYTE = 1024 * 1024
# The maximum unpacked size of a part in bytes, keyed by the start of its name; the last entry
# matches all other parts.
LARGEST: Mapping[str, int] = {
    "xl/worksheets/": 300 * MEGABYTE,  # a million rows take some 150 MB
    "xl/sharedStrings": 64 * MEGABYTE,
    "": 8 * MEGABYTE,
}
# A table of loans compresses to a tenth of its size; only repetition compresses to a hundredth.
RATIO = 100
SMALL = MEGABYTE  # the elements of smaller parts are not counted
# The maximum number of elements in a part, and the maximum in a row. A part with that many
# elements takes some 200 MB once loaded. A row has at most 16,384 cells.
MOST, MOST_IN_ROW = 8_000_000, 4 * 16_384
MOST_STRINGS = 2_000_000
LONGEST = 32_767  # the maximum length of a cell; no element has that many attributes
_PIECE = 64 * 1024


def too_large(book: ZipFile) -> bool:
    """Return whether a workbook is larger than any table of loans could be."""
    for part in book.infolist():
        limit = next(size for name, size in LARGEST.items() if part.filename.startswith(name))
        if part.file_size > limit:
            return True
        if part.file_size > SMALL:
            if part.file_size > RATIO * max(part.compress_size, 1):
                return True
            with book.open(part) as xml:
                if not _is_bounded(xml, strings=part.filename.startswith("xl/sharedStrings")):
                    return True
    return False


class _Unbounded(Exception):
    pass


class _ParsedCounts:
    """Expat handlers that count elements and characters, and raise `_Unbounded` beyond a limit."""

    def __init__(self, most: int) -> None:
        self._most, self._all, self._in_row, self._text = most, 0, 0, 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._all, self._in_row, self._text = self._all + 1, self._in_row + 1, 0
        if name.rpartition(":")[2] in ("row", "si"):
            self._in_row = 0
        if self._all > self._most or self._in_row > MOST_IN_ROW or len(attributes) > LONGEST:
            raise _Unbounded

    def text(self, piece: str) -> None:
        self._text += len(piece)
        if self._text > LONGEST:
            raise _Unbounded

    def declared(self, *_: Any) -> None:
        raise _Unbounded  # no spreadsheet declares entities


def _is_bounded(xml: IO[bytes], *, strings: bool) -> bool:
    counts, parser = _ParsedCounts(MOST_STRINGS if strings else MOST), ParserCreate()
    parser.StartElementHandler = counts.start
    parser.CharacterDataHandler = counts.text
    parser.StartDoctypeDeclHandler = counts.declared
    try:
        while piece := xml.read(_PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except _Unbounded:
        return False
    except ExpatError:
        return True  # not XML: openpyxl will report that
    return True
