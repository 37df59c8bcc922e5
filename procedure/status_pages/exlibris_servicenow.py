"""The outages of Ex Libris from its ServiceNow table (shape B, with the library's own account).

The address asks for open records of one service, so an empty result says that nothing is
reported. A type that is not in the table is never "nothing": a well-known plugin took it so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from procedure.status_pages.dates import latest, read_instant
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadReason,
    summarise,
)

WORDS = {
    "outage": PageStatus.INCIDENT,
    "degradation": PageStatus.INCIDENT,
    "planned": PageStatus.PLANNED,
    "info": PageStatus.OK,
}
NAMES = ("cmdb_ci.u_external_name", "cmdb_ci.name")
SOURCE = "feed:exlibris-servicenow"


def parse_exlibris_servicenow(body: bytes, at: datetime, lens: ParserContext) -> PageReport:
    """Read the open records that name our service; times without a zone are in that of the lens.

    Planned work without a beginning is announced, not yet on; with one, it is on from then.

    Raises:
        Unreadable: not JSON, or without a `result` list.
    """
    return summarise(
        found
        for record in rows(row(read_json(body)).get("result"))
        for found in _findings(_values(record), at, lens)
    )


def _values(record: Row) -> Row:
    """Take the plain value where the table was asked for display values as well."""
    return {name: row(value).get("value", value) for name, value in record.items()}


def _findings(record: Row, at: datetime, lens: ParserContext) -> Iterator[PageFinding]:
    names = [text(record.get(one), 120) for one in NAMES if record.get(one)]
    end = read_instant(record.get("end"), lens.zone)
    if (names and not any(map(lens.components.matches, names))) or (end and end <= at):
        return
    kind = key(record.get("type"))
    title = text(record.get("short_description")) or text(record.get("details")) or kind
    begin = read_instant(record.get("begin"), lens.zone)
    window = MaintenanceWindow(begin, end, SOURCE, title) if kind == "planned" else None
    word, reason = _word(record, kind, window, at)
    yield PageFinding(
        word if names else PageStatus.UNKNOWN,
        title,
        component=names[0] if names else "",
        window=window,
        changed_at=latest((record.get("begin"), record.get("sys_updated_on")), lens.zone),
        reason=reason if names else UnreadReason.SHAPE,
    )


def _word(
    record: Row, kind: str, window: MaintenanceWindow | None, at: datetime
) -> tuple[PageStatus, UnreadReason | None]:
    if kind not in WORDS:
        return PageStatus.UNKNOWN, UnreadReason.UNKNOWN_STATUS
    if window is None or window.covers(at):
        return WORDS[kind], None
    if window.start is None and record.get("begin"):
        return (
            PageStatus.UNKNOWN,
            UnreadReason.UNCLEAR,
        )  # it has begun, or will, at a time we cannot read
    return PageStatus.OK, None
