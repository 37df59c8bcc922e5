"""Reads transaction files; the format is recognised from the content."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import msgspec

from procedure.circulation.imports.bare_code import bare, is_decorated
from procedure.circulation.imports.file_text import CUT, WEB_PAGE, as_utf8, is_ended, is_web_page
from procedure.circulation.imports.local_times import LocalTimeReader
from procedure.circulation.imports.named_fields import OPTIONAL, OWN, REQUIRED, row_of
from procedure.circulation.imports.row import ImportRow, ImportSheet, Kind, UnreadableLine
from procedure.circulation.imports.tables import read_csv
from procedure.circulation.imports.xlsx import read_workbook
from procedure.circulation.list_advice import read_advice
from procedure.circulation.offline_files.alma_layout import STAMP
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.offline_files.koha_parser import BEGINS, parse_koc
from procedure.circulation.offline_files.offline_rows import (
    LONGEST_LINE,
    OfflineRow,
    ParsedFile,
    lines,
)
from procedure.errors import OfflineFileError
from procedure.local_time import local_minute


def read_json_lines(content: bytes) -> ImportSheet:
    """Read JSON Lines, one transaction per line, as saved by the desk page.

        {"kind": "loan", "id": UUID, "at": ISO time with offset, "desk": CODE, "patron": …,
         "item": …, "workstation": …, "sequence": 12, "made_at": ISO time, "skew_s": 0.4,
         "overridden": false, "told": [{"reason": "card_blocked", "as_of": ISO time, "days": null}]}
        {"kind": "return", "id": UUID, "at": …, "desk": CODE, "item": …, "cart": …}
        {"kind": "void", "id": UUID, "at": …, "loan": UUID, "reason": …}
        {"kind": "waiting", "id": UUID, "at": …, "desk": CODE, "item": …, "note": …}
        {"kind": "complete", "id": UUID, "at": …, "waiting": UUID, "patron": …}

    `at` is required, as are `item`, `patron`, `loan`, `reason` and `waiting` where they are shown;
    a line without `kind` is a loan. `made_at` is the time on the workstation's clock if `at` has
    been corrected by `skew_s`. Unknown keys are ignored, so the output of `relais loans list
    --json` can be read too. Blank lines are skipped.
    """
    rows: list[ImportRow] = []
    bad: list[UnreadableLine] = []
    clock = LocalTimeReader()
    last = 0 if is_ended(content) else content.count(b"\n") + 1
    for number, text in enumerate(lines(content), start=1):
        if not text.strip("\0\x1a\t "):
            continue
        try:
            values = _values(text)
            row = row_of(number, _fields(values), clock)
            rows.append(replace(row, list_warnings=read_advice(values.get("told", ()))))
        except ValueError as fault:
            is_cut = number == last and text.lstrip()[:1] == "{" and text.rstrip()[-1:] != "}"
            bad.append(UnreadableLine(number, CUT if is_cut else str(fault)))
    return ImportSheet(tuple(rows), tuple(bad))


def _values(text: str) -> Mapping[str, object]:
    if len(text) > LONGEST_LINE:
        raise ValueError("is far too long for one transaction")
    try:
        value: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise ValueError("is not a JSON object") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004 - wrong content, not a wrong call
    values = cast("Mapping[str, object]", value)
    if values.get("state") == "void":
        raise ValueError("is a loan that the list marks as voided")
    return values


def _fields(values: Mapping[str, object]) -> Mapping[str, str]:
    return {name: _text(name, values.get(name)) for name in (*REQUIRED, *OPTIONAL, *OWN)}


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if type(value) in _PLAIN.get(name, ()):
        return str(value).lower()
    # A JSON number may have lost leading zeros, so a barcode must be a string.
    raise ValueError(f"has a value in `{name}` that is not text")


# Fields that Relais does not write as strings.
_PLAIN: Mapping[str, tuple[type, ...]] = {
    "sequence": (int,),
    "skew_s": (int, float),
    "overridden": (bool,),
}


# A million loans take some 110 MB.
LARGEST = 256 * 1024 * 1024


def read_offline_file(content: bytes) -> ImportSheet:
    """Read an offline circulation file for Alma."""
    return _sheet(parse(content))


def read_koc_file(content: bytes) -> ImportSheet:
    """Read an offline circulation file for Koha."""
    return _sheet(parse_koc(content))


def _sheet(parsed: ParsedFile) -> ImportSheet:
    rows = tuple(_offline_row(row) for row in parsed.rows)
    return ImportSheet(rows, tuple(_unreadable(fault) for fault in parsed.faults))


def _unreadable(fault: OfflineFileError) -> UnreadableLine:
    number = fault.line or 0
    return UnreadableLine(number, str(fault).removeprefix(f"line {number}: "))


def _offline_row(row: OfflineRow) -> ImportRow:
    kind: Kind = "loan" if row.kind == "L" else "return"
    stamp = local_minute(row.at).strftime(STAMP)
    return ImportRow(
        row.line,
        kind,
        row.at,
        stamp,
        bare(row.item),
        bare(row.patron),
        is_cleaned=is_decorated(row.item) or is_decorated(row.patron),
    )


# A pattern for the start of a file in each format, and the parser for that format.
FORMS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], ImportSheet]], ...] = (
    (re.compile(rb"PK\x03\x04"), read_workbook),
    (re.compile(rb"(\xef\xbb\xbf)?\s*\{"), read_json_lines),
    (re.compile(rb"(\xef\xbb\xbf)?\s*\d{6}"), read_offline_file),
    (BEGINS, read_koc_file),
    (re.compile(rb""), read_csv),
)


def read_file(content: bytes, name: str = "") -> ImportSheet:
    """Read the transactions in a file; its name matters only if it ends in `.dat`.

    If the file has neither good rows nor bad lines, return one bad line for the whole file.
    """
    sheet = _read(content, name)
    return sheet if sheet.rows or sheet.bad else replace(sheet, bad=(_NOTHING,))


_NOTHING = UnreadableLine(0, "contains no loans or returns")


def _read(content: bytes, name: str) -> ImportSheet:
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
