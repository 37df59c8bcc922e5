"""The outages of Ex Libris from its ServiceNow table (shape B, with the library's own account).

The address asks for open records of one service, so an empty result says that nothing is
reported. A type that is not in the table is never "nothing": a well-known plugin took it so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from procedure.status_pages.dates import instant, latest
from procedure.status_pages.feed import Lens
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.maintenance import Window
from procedure.status_pages.status import Finding, Reason, Said, Word, say

WORDS = {
    "outage": Word.INCIDENT,
    "degradation": Word.INCIDENT,
    "planned": Word.PLANNED,
    "info": Word.OK,
}
NAMES = ("cmdb_ci.u_external_name", "cmdb_ci.name")
SOURCE = "feed:exlibris-servicenow"


def exlibris_servicenow(body: bytes, at: datetime, lens: Lens) -> Said:
    """Read the open records that name our service; times without a zone are in that of the lens.

    Planned work without a beginning is announced, not yet on; with one, it is on from then.

    Raises:
        Unreadable: not JSON, or without a `result` list.
    """
    return say(
        found
        for record in rows(row(read_json(body)).get("result"))
        for found in _findings(_values(record), at, lens)
    )


def _values(record: Row) -> Row:
    """Take the plain value where the table was asked for display values as well."""
    return {name: row(value).get("value", value) for name, value in record.items()}


def _findings(record: Row, at: datetime, lens: Lens) -> Iterator[Finding]:
    names = [text(record.get(one), 120) for one in NAMES if record.get(one)]
    end = instant(record.get("end"), lens.zone)
    if (names and not any(map(lens.components.matches, names))) or (end and end <= at):
        return
    kind = key(record.get("type"))
    title = text(record.get("short_description")) or text(record.get("details")) or kind
    begin = instant(record.get("begin"), lens.zone)
    window = Window(begin, end, SOURCE, title) if kind == "planned" else None
    word, reason = _word(record, kind, window, at)
    yield Finding(
        word if names else Word.UNKNOWN,
        title,
        component=names[0] if names else "",
        window=window,
        changed_at=latest((record.get("begin"), record.get("sys_updated_on")), lens.zone),
        reason=reason if names else Reason.SHAPE,
    )


def _word(
    record: Row, kind: str, window: Window | None, at: datetime
) -> tuple[Word, Reason | None]:
    if kind not in WORDS:
        return Word.UNKNOWN, Reason.UNKNOWN_STATUS
    if window is None or window.covers(at):
        return WORDS[kind], None
    if window.start is None and record.get("begin"):
        return Word.UNKNOWN, Reason.UNCLEAR  # it has begun, or will, at a time we cannot read
    return Word.OK, None
