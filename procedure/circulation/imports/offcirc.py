"""Alma's own offline circulation file as a source: see `procedure.circulation.offline_file`."""

from __future__ import annotations

from procedure.circulation.imports.row import BadLine, Kind, Row, Sheet
from procedure.circulation.offline_file import OfflineRow, parse
from procedure.circulation.offline_layout import STAMP
from procedure.errors import OfflineFileError
from procedure.local_time import local

_KINDS: dict[str, Kind] = {"L": "loan", "R": "return"}


def read_offcirc(content: bytes) -> Sheet:
    """Read an offline file made by any program."""
    parsed = parse(content)
    return Sheet(
        tuple(_row(one) for one in parsed.rows), tuple(bad_line(one) for one in parsed.faults)
    )


def bad_line(fault: OfflineFileError) -> BadLine:
    """Return a fault as a bad line, its number taken out of its words."""
    number = fault.line or 0
    return BadLine(number, str(fault).removeprefix(f"line {number}: "))


def _row(one: OfflineRow) -> Row:
    shown = local(one.at).strftime(STAMP)
    return Row(one.line, _KINDS[one.kind], one.at, shown, one.item, one.patron)
