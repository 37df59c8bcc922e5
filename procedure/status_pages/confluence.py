"""Parses Confluence Cloud pages (REST v2 or v1), which are quoted for a person to read.

These pages are written for people, so the status is always `unknown`: the report quotes the entry
about our component, or the first entry, with the time at which the page last changed.
"""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import cast

from procedure.status_pages.dates import latest
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import MAX_MARKUP, TextLine, cut, lines
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    summarise,
)

BLOCK_NODES = frozenset({"paragraph", "heading", "listItem", "tableRow"})


def document_lines(document: str) -> Iterator[TextLine]:
    """Yield the lines of text in an Atlassian Document Format document; a table row is one line.

    Raises:
        UnreadablePage: the document is not JSON.
    """
    pending = [row(read_json(document.encode("utf-8", "replace")))]
    while pending:
        node = pending.pop()
        if node.get("type") not in BLOCK_NODES:
            pending.extend(reversed(_content(node)))
            continue
        for line in lines(escape(_text(node), quote=False)):
            yield TextLine(line.text, heading=_is_heading(node))


def _content(node: Row) -> list[Row]:
    content = node.get("content")
    return list(map(row, cast("list[object]", content))) if isinstance(content, list) else []


def _is_heading(node: Row) -> bool:
    cells = {child.get("type") for child in _content(node)}
    return node.get("type") == "heading" or ("tableHeader" in cells and "tableCell" not in cells)


def _text(node: Row) -> str:
    """Return the text below a node; a status lozenge has its text in `attrs`."""
    pending, words = [node], list[str]()
    while pending:
        below = pending.pop()
        for holder in (below, row(below.get("attrs"))):
            value = holder.get("text")
            words += [value] if isinstance(value, str) else []
        pending.extend(reversed(_content(below)))
    return " ".join(words)


BODIES = ("view", "export_view", "styled_view", "storage")


def parse_confluence(body: bytes, _at: datetime, context: ParserContext) -> PageReport:
    """Quote the entry about our component on one page, or on a list of pages.

    Raises:
        UnreadablePage: the body is not JSON, is too long, or has no page with a body.
    """
    document = row(read_json(body))
    pages = rows(document["results"]) if "results" in document else [document]
    current = [page for page in pages if key(page.get("status")) in {"", "current"}]
    page_lines = [line for page in current for line in _lines(page)]
    if not page_lines:
        raise UnreadablePage(UnreadReason.SHAPE)
    versions = [row(page.get("version")) for page in current]
    changed = latest(
        (version.get("createdAt") or version.get("when") for version in versions), context.zone
    )
    entries = [line.text for line in page_lines if not line.heading] or [page_lines[0].text]
    ours = filter(context.components.matches, entries)
    entry = next(ours, entries[0])
    name = context.components.matching_name(entry)
    unclear = PageFinding(
        PageStatus.UNKNOWN, cut(entry), name, changed_at=changed, reason=UnreadReason.UNCLEAR
    )
    return summarise([unclear])


def _lines(page: Row) -> list[TextLine]:
    body = row(page.get("body"))
    title = [TextLine(text(page.get("title")), heading=True)]
    for name in BODIES:
        value = row(body.get(name)).get("value")
        if isinstance(value, str):
            if len(value) > MAX_MARKUP:
                raise UnreadablePage(UnreadReason.TOO_LARGE)
            return title + lines(value)
    document = row(body.get("atlas_doc_format")).get("value")
    return [*title, *document_lines(document)] if isinstance(document, str) else []
