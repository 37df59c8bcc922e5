"""Parses the Ex Libris status page, as served by its ServiceNow portal.

We know the format from other software that reads it. The address for Alma is unconfirmed, and so
is every status except "ok". A status that is not in `STATUSES` is `unknown`.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from procedure.status_pages.feed import ParserContext
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    component_finding,
    summarise,
)

# The first key is the portal's icon; the other keys are from the vendor's API of 2015 to 2021.
STATUSES = {
    "fa-check-circle": PageStatus.OK,
    "ok": PageStatus.OK,
    "perf": PageStatus.INCIDENT,
    "error": PageStatus.INCIDENT,
    "maint": PageStatus.PLANNED,
}
MAX_NODES = 200_000


def parse_exlibris_portal(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse the page and return the report for our service.

    Raises:
        UnreadablePage: the page is not JSON, is too large, or does not list our service.
    """
    del at
    services = list(_services(row(read_json(body)).get("result")))
    if not services:
        raise UnreadablePage(UnreadReason.SHAPE)
    ours = [
        finding
        for finding in map(_finding, services)
        if context.components.matches(finding.component)
    ]
    if not ours:
        raise UnreadablePage(UnreadReason.NO_COMPONENT, ", ".join(context.components.names))
    return summarise(ours)


def _services(result: object) -> Iterator[Row]:
    """Yield the rows of every `services` list; its depth depends on the page's layout."""
    pending, visited = deque[object]([result]), 0
    while pending:
        visited += 1
        if visited > MAX_NODES:
            raise UnreadablePage(UnreadReason.TOO_LARGE)
        node = pending.popleft()
        if isinstance(node, list):
            pending.extend(cast("list[object]", node))
            continue
        for name, value in row(node).items():
            if name == "services" and isinstance(value, list):
                yield from (
                    service for service in rows(cast("object", value)) if service.get("name")
                )
            else:
                pending.append(value)


def _finding(service: Row) -> PageFinding:
    status = service.get("status")
    known = STATUSES.get(key(status).removeprefix("fa "))
    return component_finding(text(service.get("name"), 120), text(status, 60), known)
