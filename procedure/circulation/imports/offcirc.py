"""Alma's own offline circulation file as a source: see `procedure.circulation.offline_file`."""

from __future__ import annotations

from procedure.circulation.imports.row import ImportRow, ImportSheet, Kind, UnreadableLine
from procedure.circulation.offline_file import OfflineRow, parse
from procedure.circulation.offline_layout import STAMP
from procedure.errors import OfflineFileError
from procedure.local_time import local

_KINDS: dict[str, Kind] = {"L": "loan", "R": "return"}


def read_offcirc(content: bytes) -> ImportSheet:
    """Read an offline file made by any program."""
    parsed = parse(content)
    return ImportSheet(
        tuple(_row(one) for one in parsed.rows), tuple(bad_line(one) for one in parsed.faults)
    )


def bad_line(fault: OfflineFileError) -> UnreadableLine:
    """Return a fault as a bad line, its number taken out of its words."""
    number = fault.line or 0
    return UnreadableLine(number, str(fault).removeprefix(f"line {number}: "))


def _row(one: OfflineRow) -> ImportRow:
    shown = local(one.at).strftime(STAMP)
    return ImportRow(one.line, _KINDS[one.kind], one.at, shown, one.item, one.patron)
