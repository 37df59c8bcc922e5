"""A file of transactions, whatever its form: the form is recognised by its bytes, not its name."""

import re
from collections.abc import Callable

from procedure.circulation.imports.file_text import WEB_PAGE, as_utf8, is_web_page
from procedure.circulation.imports.json_lines import read_json_lines
from procedure.circulation.imports.row import ImportRow, ImportSheet, Kind, UnreadableLine
from procedure.circulation.imports.tables import read_csv
from procedure.circulation.imports.xlsx import read_workbook
from procedure.circulation.offline_files.alma_layout import STAMP
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.offline_files.koha_parser import BEGINS, parse_koc
from procedure.circulation.offline_files.offline_rows import OfflineRow, ParsedFile
from procedure.errors import OfflineFileError
from procedure.local_time import local_minute

# A million loans take some 110 MB.
LARGEST = 256 * 1024 * 1024


def read_offline_file(content: bytes) -> ImportSheet:
    """Read an offline circulation file for Alma, of any program."""
    return _sheet(parse(content))


def read_koc_file(content: bytes) -> ImportSheet:
    """Read an offline circulation file for Koha, of any program."""
    return _sheet(parse_koc(content))


def _sheet(parsed: ParsedFile) -> ImportSheet:
    rows = tuple(_offline_row(row) for row in parsed.rows)
    return ImportSheet(rows, tuple(_unreadable(fault) for fault in parsed.faults))


def _unreadable(fault: OfflineFileError) -> UnreadableLine:
    """Return a fault without the number of its line in the text."""
    number = fault.line or 0
    return UnreadableLine(number, str(fault).removeprefix(f"line {number}: "))


def _offline_row(row: OfflineRow) -> ImportRow:
    kind: Kind = "loan" if row.kind == "L" else "return"
    shown = local_minute(row.at).strftime(STAMP)
    return ImportRow(row.line, kind, row.at, shown, row.item, row.patron)


# How each form of file begins, and its reader.
FORMS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], ImportSheet]], ...] = (
    (re.compile(rb"PK\x03\x04"), read_workbook),
    (re.compile(rb"(\xef\xbb\xbf)?\s*\{"), read_json_lines),
    (re.compile(rb"(\xef\xbb\xbf)?\s*\d{6}"), read_offline_file),
    (BEGINS, read_koc_file),
    (re.compile(rb""), read_csv),
)


def read_file(content: bytes, name: str = "") -> ImportSheet:
    """Read the transactions of a file; `name` decides only where the bytes do not (`….dat`)."""
    if len(content) > LARGEST:
        return ImportSheet(
            (), (UnreadableLine(0, "is larger than 256 MB, more than any offline file"),)
        )
    content = as_utf8(content)
    if is_web_page(content):
        return ImportSheet((), (UnreadableLine(0, WEB_PAGE),))
    if not content.strip(b"\xef\xbb\xbf\x1a\0 \t\r\n"):
        return ImportSheet((), (UnreadableLine(0, "is empty"),))
    if name.lower().endswith(".dat"):
        return read_offline_file(content)
    return next(read for begins, read in FORMS if begins.match(content))(content)
