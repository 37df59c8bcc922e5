"""Parses Confluence Cloud pages (REST v2 or v1), judging each line by keywords.

The status has to be inferred, because these pages are written for people. It is `ok` only if a
reassuring line, or a line about our component, shows that the page was understood. An alarming line
that may be about our component makes it `unknown`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from itertools import accumulate, groupby
from operator import itemgetter
from typing import cast

from procedure.status_pages.dates import latest
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import MAX_MARKUP, TextLine, cut, lines
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.prose import (
    ALARMING,
    STATUS_OF_TONE,
    planned_work,
    tone_at,
    unclear,
)
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    summarise,
)
from procedure.status_pages.update_labels import (
    is_under_way,
    update_of,
    updates_of,
    without_stamp,
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
# Shorter headings, such as "Current incidents", appear even on quiet days.
MIN_HEADING_WORDS = 4
# Tones of lines about our component that show that the page was understood.
UNDERSTOOD = frozenset({LineTone.NOTHING, LineTone.CLOSED, LineTone.PLANNED, LineTone.ASIDE})
SOURCE = "feed:confluence"


@dataclass(frozen=True, slots=True)
class _TonedLine:
    """A line, its tone, and the name of our component in it, if any."""

    line: TextLine
    tone: LineTone
    name: str


def parse_confluence(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse one page, or a list of pages.

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
    context = replace(context, written=changed)
    toned = [
        _TonedLine(line, tone, context.components.matching_name(line.text))
        for line in _without_closed_incidents(page_lines)
        if (tone := tone_at(line.text, at, context)) is not None
    ]
    return summarise(
        [
            *_clear_findings(toned, at, context),
            *_unclear_findings(toned),
            PageFinding(PageStatus.OK, changed_at=changed),
        ]
    )


def _without_closed_incidents(page_lines: list[TextLine]) -> Iterator[TextLine]:
    """Leave out the headings of closed incidents and their earlier updates."""
    headings = list(accumulate(line.heading for line in page_lines))
    for _, section in groupby(zip(headings, page_lines, strict=True), key=itemgetter(0)):
        section_lines = [line for _, line in section]
        updates = updates_of(line.text for line in section_lines)
        closed = bool(updates) and updates[0].is_closing
        for line in section_lines:
            update = update_of(line.text)
            if not (closed and (line.heading or (update and not update.is_closing))):
                yield line


def _clear_findings(
    toned: list[_TonedLine], at: datetime, context: ParserContext
) -> Iterator[PageFinding]:
    """Yield the explicit findings about our component."""
    for line in toned:
        if not line.name or line.line.heading:
            continue
        if line.tone in STATUS_OF_TONE:
            yield PageFinding(STATUS_OF_TONE[line.tone], cut(line.line.text), line.name)
        elif line.tone is LineTone.PLANNED:
            work = planned_work(
                without_stamp(line.line.text),
                at,
                context,
                source=SOURCE,
                under_way=is_under_way(line.line.text),
            )
            yield from [work] if work else []


def _unclear_findings(toned: list[_TonedLine]) -> Iterator[PageFinding]:
    """Yield the findings that prevent the status from being `ok`."""
    yield from (
        unclear(line.line.text, line.name)
        for line in toned
        if line.name
        and line.tone in ALARMING
        and (line.line.heading or line.tone is LineTone.MIXED)
    )
    reassuring = [line for line in toned if line.tone is LineTone.NOTHING]
    if any(line.name for line in reassuring):
        return
    alarms = [
        line
        for line in toned
        if not line.name and line.tone in ALARMING and _is_informative(line.line)
    ]
    is_understood = any(
        line.name and line.tone in UNDERSTOOD and not line.line.heading for line in toned
    )
    if alarms or not (is_understood or reassuring):
        yield unclear(alarms[0].line.text if alarms else "")


def _is_informative(line: TextLine) -> bool:
    return not line.heading or len(line.text.split()) >= MIN_HEADING_WORDS


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
