"""Reads tables (CSV or XLSX) with named columns in any order."""

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from io import StringIO

from procedure.circulation.imports.bare_code import bare
from procedure.circulation.imports.column_names import NAMES, columns
from procedure.circulation.imports.file_text import CUT, WEB_PAGE, as_utf8, is_web_page
from procedure.circulation.imports.local_times import LocalTimeReader
from procedure.circulation.imports.named_fields import OPTIONAL, REQUIRED, row_of
from procedure.circulation.imports.row import ImportRow, ImportSheet, UnreadableLine

ROUNDED = "that a spreadsheet has shortened or rounded to a number"
Numbered = tuple[int, Sequence[str]]
# Matches 3.12E+13 and 3,12E+13, but not a barcode such as 12E45, which has neither a sign nor a
# decimal mark.
_SCIENTIFIC = re.compile(
    r"[+-]?\d+[.,]\d*E[+-]?\d+|[+-]\d+E[+-]?\d+|\d+E[+-]\d+", re.ASCII | re.IGNORECASE
)


def read_csv(content: bytes) -> ImportSheet:
    cells, bad = csv_cells(content)
    sheet = read_table(cells)
    return replace(sheet, bad=(*sheet.bad, *bad))


def csv_cells(content: bytes) -> tuple[list[Numbered], list[UnreadableLine]]:
    """Parse a CSV file in any common encoding, with commas, semicolons or tabs between cells.

    Return the numbered lines of cells, and a bad line if the file is not CSV or was cut off.
    """
    content = as_utf8(content)
    if is_web_page(content):
        return [], [UnreadableLine(0, WEB_PAGE)]
    text = decoded(content)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    sheet: list[Numbered] = []
    try:
        sheet.extend((reader.line_num, cells) for cells in reader)
    except csv.Error:
        return sheet, [
            UnreadableLine(reader.line_num, "cannot be parsed; the rest of the file was not read")
        ]
    if not text.endswith(("\n", "\r")) and _is_cut(sheet):
        return sheet[:-1], [UnreadableLine(sheet[-1][0], CUT)]
    return sheet, []


def _is_cut(sheet: Sequence[Numbered]) -> bool:
    """Return whether the last of three or more lines has fewer cells than every other line."""
    widths = [len(cells) for _, cells in sheet if cells]
    return len(widths) > 2 and widths[-1] < min(widths[:-1])


def decoded(content: bytes) -> str:
    """Decode a file as UTF-8, with or without a byte order mark, or else as Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_table(table: Iterable[Numbered], sheet: str = "") -> ImportSheet:
    """Read numbered lines of cells; the first non-empty line names the columns.

    `sheet` is stored with each line, to tell the sheets of a workbook apart.
    """
    filled = (row for row in table if any(cell.strip() for cell in row[1]))
    number, heading = next(filled, (1, ()))
    places = columns(heading, NAMES)
    missing = _missing(places)
    if missing:
        return ImportSheet((), (UnreadableLine(number, _wrong_heading(missing), sheet),))
    rows: list[ImportRow] = []
    bad: list[UnreadableLine] = []
    clock = LocalTimeReader()
    for line, cells in filled:
        texts = {name: cells[place] for name, place in places.items() if place < len(cells)}
        try:
            refuse_rounded(item=texts.get("item", ""), patron=texts.get("patron", ""))
            row = row_of(line, {**texts, "at": _date_and_time(texts)}, clock)
            rows.append(replace(row, sheet=sheet))
        except ValueError as fault:
            bad.append(UnreadableLine(line, str(fault), sheet))
    return ImportSheet(tuple(rows), tuple(bad))


def _missing(places: Collection[str]) -> list[str]:
    """Return the required columns that a table lacks; a date or time column counts as `at`."""
    found = set(places)
    if {"date", "time"} & found:
        found.add("at")
    return [name for name in REQUIRED if name not in found]


def _date_and_time(texts: Mapping[str, str]) -> str:
    """Return the date and time of a row as one string."""
    date, time = bare(texts.get("date", "")), bare(texts.get("time", ""))
    if date and time:
        # A spreadsheet may write both the date and the time in both columns.
        return f"{_words(date)[0]} {_words(time)[-1]}"
    return texts.get("at") or date or time


def _words(moment: str) -> list[str]:
    return re.split(r"[T\s]+", moment)


def refuse_rounded(*, item: str, patron: str) -> None:
    """Refuse a code that a spreadsheet has turned into a number, losing its last digits.

    Raises:
        ValueError: the message says what to do and quotes no identifier.
    """
    for words, code in (("an item barcode", item), ("a user identifier", patron)):
        if _SCIENTIFIC.fullmatch(bare(code)):
            raise ValueError(
                f"has {words} {ROUNDED}: "
                "in the source, format the column as text, then export again"
            )


def _wrong_heading(missing: Sequence[str]) -> str:
    return (
        f"names no column for {', '.join(missing)}; the first line must name the columns "
        f"{', '.join(REQUIRED)}, and may name {', '.join(OPTIONAL)}"
    )
