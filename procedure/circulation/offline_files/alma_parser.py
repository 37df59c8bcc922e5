"""Parses offline circulation files for Alma, in the variants that known programs write."""

import re
from datetime import datetime

from procedure.circulation.imports.file_text import CUT, as_utf8, is_ended
from procedure.circulation.offline_files.alma_layout import ITEM_AT, STAMP, STAMP_WIDTH, USUAL
from procedure.circulation.offline_files.offline_rows import (
    LONGEST_LINE,
    OfflineRow,
    ParsedFile,
    WallTimes,
    lines,
)
from procedure.errors import OfflineFileError

# The column at which the patron's identifier begins in the default layout.
_USUAL = ITEM_AT + USUAL.item_width


def parse(content: bytes) -> ParsedFile:
    """Parse an offline file written by any known program.

    Line endings may be CRLF or LF, R lines may be padded, the patron's identifier may begin in
    another column, the encoding may be ASCII, UTF-8, UTF-16 or Windows-1252, and `l` and `r` are
    accepted for `L` and `R`. For the hour that occurs twice in October, see `WallTimes`.
    """
    rows: list[OfflineRow] = []
    faults: list[OfflineFileError] = []
    times, number = WallTimes(_wall_clock, "YYYYMMDDHHMM"), 0
    content = as_utf8(content)
    for number, text in enumerate(lines(content), start=1):
        if not text.strip("\0\x1a "):
            continue
        try:
            rows.append(_row(number, text, times))
        except OfflineFileError as fault:
            faults.append(fault)
    if _is_cut(content):
        rows = [row for row in rows if row.line != number]
        faults = [fault for fault in faults if fault.line != number]
        faults.append(OfflineFileError(CUT, line=number))
    return ParsedFile(tuple(rows), tuple(faults))


def _is_cut(content: bytes) -> bool:
    """Return whether the last line is unterminated and shorter than another line of its kind.

    Such a line was probably truncated, and a truncated identifier may be another patron's.
    """
    before, _, last = content.rpartition(b"\n")
    if is_ended(content) or not last.strip(b"\0 "):
        return False
    kind = last[STAMP_WIDTH:ITEM_AT].upper()
    return any(
        len(line.rstrip(b"\r")) > len(last) and kind in (b"", line[STAMP_WIDTH:ITEM_AT].upper())
        for line in before.split(b"\n")
    )


def _row(number: int, text: str, times: WallTimes) -> OfflineRow:
    kind, item, patron = (
        text[STAMP_WIDTH:ITEM_AT],
        text[ITEM_AT:_USUAL].strip(),
        text[_USUAL:].strip(),
    )
    # Nearly all lines are loans in the default layout and need no further checks.
    if not (patron and item and kind == "L" and len(text) <= LONGEST_LINE):
        kind, item, patron = _parts(number, text)
    at = times.of(text[:STAMP_WIDTH], number)
    return OfflineRow(number, at, "L" if kind == "L" else "R", item, patron)


def _parts(number: int, text: str) -> tuple[str, str, str]:
    if len(text) > LONGEST_LINE:
        raise OfflineFileError("is far too long for a line in this format", line=number)
    kind = text[STAMP_WIDTH:ITEM_AT]
    if kind not in ("L", "R", "l", "r"):
        raise OfflineFileError("has neither L nor R after the 12 digits of the time", line=number)
    item, patron = split_line(text)
    if not item:
        raise OfflineFileError("has no item barcode", line=number)
    if kind in "Ll" and not patron:
        raise OfflineFileError("has no user identifier after the item barcode", line=number)
    return kind.upper(), item, patron if kind in "Ll" else ""


def split_line(text: str) -> tuple[str, str]:
    """Return the item's and the patron's codes from a line in any known layout."""
    item, patron = text[ITEM_AT:_USUAL].strip(), text[_USUAL:].strip()
    if not patron:
        # The item field may be narrower; the item then ends at the first run of two or more spaces.
        item, _, patron = (part.strip() for part in re.split(r"( {2,})", item + "  ", maxsplit=1))
    return item, patron


def _wall_clock(stamp: str) -> datetime | None:
    # Only the years 1900 to 2999 are accepted. Earlier UTC offsets include seconds, and conversion
    # to UTC fails near the years 1 and 9999.
    if not re.fullmatch(r"(19|2\d)\d{2}[01]\d[0-3]\d[0-2]\d[0-5]\d", stamp, re.ASCII):
        return None
    try:
        return datetime.strptime(stamp, STAMP)  # noqa: DTZ007 - local, as in the file
    except ValueError:
        return None
