"""Parses offline circulation files for Koha, in the variants that known programs write.

The format is described in `procedure.circulation.offline_files.koha_file`. One known program writes
the time of day as `10-15-30 000`, and another omits the milliseconds.
"""

import re
from datetime import datetime

from procedure.circulation.imports.file_text import CUT, as_utf8, is_ended
from procedure.circulation.offline_files.koha_file import VERSION
from procedure.circulation.offline_files.offline_rows import (
    LONGEST_LINE,
    OfflineRow,
    ParsedFile,
    WallTimes,
    lines,
)
from procedure.errors import OfflineFileError

BEGINS = re.compile(rb"(\xef\xbb\xbf)?\s*Version=")
_STAMP = re.compile(
    r"((?:19|2\d)\d{2}-\d{2}-\d{2}) (\d{2})[:-](\d{2})[:-](\d{2})(?: (\d{1,3}))?", re.ASCII
)
# The number of values that each command takes.
_VALUES = {"issue": 2, "return": 1}


def parse_koc(content: bytes) -> ParsedFile:
    """Parse a version 1.0 `.koc` file; for any other version, return one fault and no rows."""
    content = as_utf8(content)
    header, *body = lines(content)
    if wrong := _wrong_header(header):
        return ParsedFile((), (OfflineFileError(wrong, line=1),))
    rows: list[OfflineRow] = []
    faults: list[OfflineFileError] = []
    times = WallTimes(_wall_clock, "YYYY-MM-DD HH:MM:SS")
    cut = len(body) + 1 if _is_cut(content) else None
    for number, text in enumerate(body, start=2):
        if not text.strip("\0\x1a\t "):
            continue
        if number == cut:
            faults.append(OfflineFileError(CUT, line=number))
            continue
        try:
            rows.append(_row(number, text, times))
        except OfflineFileError as fault:
            faults.append(fault)
    return ParsedFile(tuple(rows), tuple(faults))


def _wrong_header(header: str) -> str:
    fields = (field.partition("=") for field in header.removeprefix("\ufeff").split("\t"))
    version = next((value.strip() for name, _, value in fields if name.strip() == "Version"), "")
    if version == VERSION:
        return ""
    return f"has version {version[:10]!r} of Koha's offline file format; Relais reads {VERSION}"


def _is_cut(content: bytes) -> bool:
    """Return whether the last line is unterminated and shorter than a line with the same command.

    Such a line was probably truncated, and a truncated barcode may be another item's.
    """
    if is_ended(content):
        return False
    *before, last = content.split(b"\n")
    command = last.split(b"\t")[1:2]
    return any(
        len(line.rstrip(b"\r")) > len(last) and command in ([], line.split(b"\t")[1:2])
        for line in before[1:]
    )


def _row(number: int, text: str, times: WallTimes) -> OfflineRow:
    if len(text) > LONGEST_LINE:
        raise OfflineFileError("is far too long for a line in this format", line=number)
    stamp, _, rest = text.partition("\t")
    command, *values = (value.strip() for value in rest.rstrip("\t ").split("\t"))
    if command == "payment":
        raise OfflineFileError("is a payment, which Relais does not record", line=number)
    if command not in _VALUES:
        raise OfflineFileError("has neither issue nor return after the time", line=number)
    if len(values) != _VALUES[command] or not all(values):
        wanted = "a card and an item" if command == "issue" else "an item"
        raise OfflineFileError(f"does not have {wanted} after {command}", line=number)
    at = times.of(stamp.strip(), number)
    if command == "issue":
        return OfflineRow(number, at, "L", values[1], values[0])
    return OfflineRow(number, at, "R", values[0])


def _wall_clock(stamp: str) -> datetime | None:
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    day, hour, minute, second, fraction = match.groups(default="0")
    try:
        wall_time = datetime.fromisoformat(f"{day} {hour}:{minute}:{second}")
    except ValueError:
        return None
    return wall_time.replace(microsecond=int(fraction) * 1000)
