"""Pages of Confluence Cloud, by REST v2 or v1: prose, judged line by line with the keyword table.

All of it is inferred: such a page is written for people. It is "nothing reported" only where it
says so in words, and anything alarming that is not clearly another's is left for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from procedure.status_pages.dates import latest
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import LONGEST, TextLine, cut, lines
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.prose import WORDS, planned_work, unclear
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    summarise,
)

BLOCKS = frozenset({"paragraph", "heading", "listItem", "tableRow"})


def document_lines(document: str) -> Iterator[TextLine]:
    """Read the lines of a document; a row of a table is one line.

    Raises:
        Unreadable: it is not JSON.
    """
    ahead = [row(read_json(document.encode("utf-8", "replace")))]
    while ahead:
        node = ahead.pop()
        if node.get("type") not in BLOCKS:
            ahead.extend(reversed(_content(node)))
            continue
        for line in lines(_escaped(_text(node))):
            yield TextLine(line.text, heading=_is_heading(node))


def _content(node: Row) -> list[Row]:
    content = node.get("content")
    return list(map(row, cast("list[object]", content))) if isinstance(content, list) else []


def _is_heading(node: Row) -> bool:
    cells = {one.get("type") for one in _content(node)}
    return node.get("type") == "heading" or ("tableHeader" in cells and "tableCell" not in cells)


def _text(node: Row) -> str:
    """Join the text under a node; a status lozenge keeps its own among its attributes."""
    ahead, words = [node], list[str]()
    while ahead:
        here = ahead.pop()
        for holder in (here, row(here.get("attrs"))):
            said = holder.get("text")
            words += [said] if isinstance(said, str) else []
        ahead.extend(reversed(_content(here)))
    return " ".join(words)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


BODIES = ("view", "export_view", "styled_view", "storage")
# A shorter heading ("Current incidents") stands there on quiet days too.
TELLING_HEADING = 4  # words
ALARMING = frozenset({LineTone.INCIDENT, LineTone.MIXED})
SOURCE = "feed:confluence"


@dataclass(frozen=True, slots=True)
class _Toned:
    """A line with its tone, and our name in it if it has one."""

    line: TextLine
    tone: LineTone
    name: str


def parse_confluence(body: bytes, at: datetime, lens: ParserContext) -> PageReport:
    """Read one page, or a list of pages.

    Raises:
        Unreadable: not JSON, longer than such a page is, or no page with a body in it.
    """
    answer = row(read_json(body))
    pages = rows(answer["results"]) if "results" in answer else [answer]
    current = [page for page in pages if key(page.get("status")) in {"", "current"}]
    read = [line for page in current for line in _lines(page)]
    if not read:
        raise UnreadablePage(UnreadReason.SHAPE)
    toned = [
        _Toned(line, tone, lens.components.found(line.text))
        for line in read
        if (tone := lens.keywords.tone(line.text)) is not None
    ]
    versions = [row(page.get("version")) for page in current]
    changed = latest((one.get("createdAt") or one.get("when") for one in versions), lens.zone)
    return summarise(
        [*_clear(toned, at, lens), *_doubts(toned), PageFinding(PageStatus.OK, changed_at=changed)]
    )


def _clear(toned: list[_Toned], at: datetime, lens: ParserContext) -> Iterator[PageFinding]:
    """Find what is said of our component in so many words."""
    for one in toned:
        if not one.name or one.line.heading:
            continue
        if one.tone in WORDS:
            yield PageFinding(WORDS[one.tone], cut(one.line.text), one.name)
        elif one.tone is LineTone.PLANNED:
            work = planned_work(one.line.text, at, lens, source=SOURCE)
            yield from [work] if work else []


def _doubts(toned: list[_Toned]) -> Iterator[PageFinding]:
    """Find what keeps the page from being taken as "nothing reported"."""
    yield from (
        unclear(one.line.text, one.name)
        for one in toned
        if one.name and one.tone in ALARMING and (one.line.heading or one.tone is LineTone.MIXED)
    )
    calm = [one for one in toned if one.tone is LineTone.NOTHING]
    if any(one.name for one in calm):
        return
    alarms = [one for one in toned if not one.name and one.tone in ALARMING and _tells(one.line)]
    if alarms or not calm:
        yield unclear(alarms[0].line.text if alarms else "")


def _tells(line: TextLine) -> bool:
    return not line.heading or len(line.text.split()) >= TELLING_HEADING


def _lines(page: Row) -> list[TextLine]:
    body = row(page.get("body"))
    title = [TextLine(text(page.get("title")), heading=True)]
    for name in BODIES:
        value = row(body.get(name)).get("value")
        if isinstance(value, str):
            if len(value) > LONGEST:
                raise UnreadablePage(UnreadReason.TOO_LARGE)
            return title + lines(value)
    document = row(body.get("atlas_doc_format")).get("value")
    return [*title, *document_lines(document)] if isinstance(document, str) else []
