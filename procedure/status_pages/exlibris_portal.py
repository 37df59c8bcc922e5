"""The Ex Libris status page as its ServiceNow portal serves it (shape C, seen in another's code).

Nobody has confirmed this address for Alma, nor any status but the one for "all is well": whatever
is not in the table is left for a person to read.
"""

from __future__ import annotations

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
    summarise,
)

# The first is the portal's icon; the others are the words of the vendor's API of 2015 to 2021.
WORDS = {
    "fa-check-circle": PageStatus.OK,
    "ok": PageStatus.OK,
    "perf": PageStatus.INCIDENT,
    "error": PageStatus.INCIDENT,
    "maint": PageStatus.PLANNED,
}
MOST_NODES = 200_000


def parse_exlibris_portal(body: bytes, at: datetime, lens: ParserContext) -> PageReport:
    """Read our service among those of every widget of the page.

    Raises:
        Unreadable: not JSON, no list of services in it, or none of them ours.
    """
    del at
    services = list(_services(row(read_json(body)).get("result")))
    if not services:
        raise UnreadablePage(UnreadReason.SHAPE)
    ours = [one for one in map(_finding, services) if lens.components.matches(one.component)]
    if not ours:
        raise UnreadablePage(UnreadReason.NO_COMPONENT, ", ".join(lens.components.names))
    return summarise(ours)


def _services(result: object) -> Iterator[Row]:
    """Find every `services` list: the page's layout decides at what depth they stand."""
    ahead, seen = deque[object]([result]), 0
    while ahead:
        seen += 1
        if seen > MOST_NODES:
            raise UnreadablePage(UnreadReason.TOO_LARGE)
        node = ahead.popleft()
        if isinstance(node, list):
            ahead.extend(cast("list[object]", node))
            continue
        for name, value in row(node).items():
            if name == "services" and isinstance(value, list):
                yield from (one for one in rows(cast("object", value)) if one.get("name"))
            else:
                ahead.append(value)


def _finding(service: Row) -> PageFinding:
    name = text(service.get("name"), 120)
    word = WORDS.get(key(service.get("status")).removeprefix("fa "), PageStatus.UNKNOWN)
    return PageFinding(
        word,
        f"{name}: {text(service.get('status'), 60)}",
        component=name,
        reason=UnreadReason.UNKNOWN_STATUS if word is PageStatus.UNKNOWN else None,
    )
