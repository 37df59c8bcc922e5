"""Quotes Confluence Cloud pages (REST v2 or v1) for a person to read.

These pages are written for people, so they are never interpreted and the status is always
`unknown`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from html import escape
from itertools import pairwise
from typing import cast

from procedure.status_pages.dates import read_instant
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import MAX_MARKUP, TextLine, lines
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.periods import day_of
from procedure.status_pages.status import (
    PageReport,
    UnreadablePage,
    UnreadReason,
    summarise,
    to_read,
)

LONG_AGO = datetime.min.replace(tzinfo=UTC)
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


def parse_confluence(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Quote the newest line that names our component, on one page or on a list of pages.

    A page's newest line is assumed to be its first. If the first line has a date, the line with the
    latest date that has come is the newest. A heading that names our component is quoted with the
    line below it, if no line does. Without a line about our component, nothing is quoted.

    Raises:
        UnreadablePage: the body is not JSON, is too long, or has no page with a body.
    """
    document = row(read_json(body))
    pages = rows(document["results"]) if "results" in document else [document]
    current = [page for page in pages if key(page.get("status")) in {"", "current"}]
    read = [(_changed_at(page, context), _lines(page)) for page in current]
    if not any(page_lines for _, page_lines in read):
        raise UnreadablePage(UnreadReason.SHAPE)
    newest_first = sorted(read, key=lambda page: page[0] or LONG_AGO, reverse=True)
    quotes = (
        (line, changed_at)
        for changed_at, page_lines in newest_first
        if (line := _newest_line(page_lines, at, context))
    )
    line, changed_at = next(quotes, ("", newest_first[0][0]))
    return summarise([to_read(line, context.components.matching_name(line), changed_at)])


def _changed_at(page: Row, context: ParserContext) -> datetime | None:
    version = row(page.get("version"))
    return read_instant(version.get("createdAt") or version.get("when"), context.zone)


def _newest_line(page_lines: Sequence[TextLine], at: datetime, context: ParserContext) -> str:
    """Return the newest line that names our component, or an empty string."""
    matches = context.components.matches
    named = [line.text for line in page_lines if not line.heading and matches(line.text)] or [
        f"{heading.text} – {line.text}"
        for heading, line in pairwise(page_lines)
        if heading.heading and not line.heading and matches(heading.text)
    ]
    days = [day_of(line, at, context.zone) for line in named]
    if not named or days[0] is None:
        return next(iter(named), "")
    return max(zip(days, named, strict=True), key=lambda dated: dated[0] or date.min)[1]


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
