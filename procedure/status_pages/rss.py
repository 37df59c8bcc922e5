"""Parses RSS and Atom feeds, in which each item is a notice.

The vendor's label of the newest update gives the status of a notice. A notice without a label is
quoted for a person to read.

A body with a document type declaration is refused before parsing, because the entities that it
declares can expand a small body enormously. Without them, the standard parser is safe.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET  # document types are refused below, before parsing

from procedure.status_pages.dates import latest
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import cut, lines, plain_text
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    summarise,
)
from procedure.status_pages.update_labels import is_under_way, updates_of

ROOTS = frozenset({"rss", "RDF", "feed"})
ITEMS = frozenset({"item", "entry"})
PROSE = frozenset({"description", "summary", "content", "encoded"})
DATES = frozenset({"pubDate", "published", "updated", "date"})
MAX_ITEMS = 500
# Vendors forget to close notices, so a notice older than this is ignored.
MAX_AGE = timedelta(days=7)


def parse_rss(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse the notices that name our component, except those older than seven days.

    If all notices are about other components, the status is `ok`.

    Raises:
        UnreadablePage: the body is not XML in UTF-8, has a document type, is neither RSS nor Atom,
            or has too many notices or none.
    """
    root = _parse_xml(body)
    if _local_name(root) not in ROOTS:
        raise UnreadablePage(UnreadReason.SHAPE, _local_name(root)[:60])
    items = [notice for notice in root.iter() if _local_name(notice) in ITEMS]
    if len(items) > MAX_ITEMS:
        raise UnreadablePage(UnreadReason.TOO_LARGE)
    if not items:
        raise UnreadablePage(UnreadReason.EMPTY)
    return summarise(finding for item in items for finding in _findings(item, at, context))


def _parse_xml(body: bytes) -> ET.Element:
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            raise UnreadablePage(UnreadReason.SYNTAX, "document type declarations are not accepted")
        return ET.fromstring(text)  # noqa: S314 (no document type, no entity)
    except (ET.ParseError, ValueError) as fault:
        raise UnreadablePage(UnreadReason.SYNTAX, type(fault).__name__) from None


def _local_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _findings(item: ET.Element, at: datetime, context: ParserContext) -> Iterator[PageFinding]:
    parts = [(_local_name(element), "".join(element.itertext())) for element in item]
    title = " ".join(plain_text(value) for name, value in parts if name == "title")
    prose = [line.text for name, value in parts if name in PROSE for line in lines(value)]
    written = latest((value for name, value in parts if name in DATES), context.zone)
    name = context.components.matching_name(" ".join([title, *prose]))
    if not name or (written is not None and at - written > MAX_AGE):
        return
    status = _labelled_status(title, prose)
    if status is PageStatus.OK:
        yield PageFinding(status, component=name, changed_at=written)
    else:
        reason = UnreadReason.UNCLEAR if status is PageStatus.UNKNOWN else None
        yield PageFinding(status, cut(title), name, changed_at=written, reason=reason)


def _labelled_status(title: str, prose: list[str]) -> PageStatus:
    updates = updates_of(prose) or updates_of([title])
    if not updates:
        return PageStatus.PLANNED if any(map(is_under_way, prose)) else PageStatus.UNKNOWN
    return PageStatus.OK if updates[0].is_closing else PageStatus.INCIDENT
