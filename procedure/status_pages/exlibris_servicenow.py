"""Parses outages from Ex Libris's ServiceNow table API, read with the library's account.

The query asks for the open records of one service, so an empty result means that nothing is
reported. A record whose type is not in `STATUSES` is `unknown`, never `ok`.
"""

from collections.abc import Iterator
from datetime import datetime

from procedure.status_pages.dates import latest, read_instant
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadReason,
    summarise,
)

STATUSES = {
    "outage": PageStatus.INCIDENT,
    "degradation": PageStatus.INCIDENT,
    "planned": PageStatus.PLANNED,
    "info": PageStatus.OK,
}
NAME_FIELDS = ("cmdb_ci.u_external_name", "cmdb_ci.name")
SOURCE = "feed:exlibris-servicenow"


def parse_exlibris_servicenow(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse the open records that name our service.

    Planned work is under way from its start; without a start, it is announced but not under way.
    Times without an offset are in the context's zone.

    Raises:
        UnreadablePage: the body is not JSON or has no `result` list.
    """
    return summarise(
        finding
        for record in rows(row(read_json(body)).get("result"))
        for finding in _findings(_values(record), at, context)
    )


def _values(record: Row) -> Row:
    """Return the plain values of a record that also has display values."""
    return {name: row(value).get("value", value) for name, value in record.items()}


def _findings(record: Row, at: datetime, context: ParserContext) -> Iterator[PageFinding]:
    names = [text(record.get(field), 120) for field in NAME_FIELDS if record.get(field)]
    end = read_instant(record.get("end"), context.zone)
    if (names and not any(map(context.components.matches, names))) or (end and end <= at):
        return
    kind = key(record.get("type"))
    title = text(record.get("short_description")) or text(record.get("details")) or kind
    begin = read_instant(record.get("begin"), context.zone)
    work = PlannedWork(begin, end, SOURCE, title) if kind == "planned" else None
    status, reason = _status_and_reason(record, kind, work, at)
    yield PageFinding(
        status if names else PageStatus.UNKNOWN,
        title,
        component=names[0] if names else "",
        work=work,
        changed_at=latest((record.get("begin"), record.get("sys_updated_on")), context.zone),
        reason=reason if names else UnreadReason.SHAPE,
    )


def _status_and_reason(
    record: Row, kind: str, work: PlannedWork | None, at: datetime
) -> tuple[PageStatus, UnreadReason | None]:
    if kind not in STATUSES:
        return PageStatus.UNKNOWN, UnreadReason.UNKNOWN_STATUS
    if work is None or work.covers(at):
        return STATUSES[kind], None
    if work.start is None and record.get("begin"):
        return PageStatus.UNKNOWN, UnreadReason.UNCLEAR  # its start cannot be parsed
    return PageStatus.OK, None
