"""Atlassian's document format: a page as a tree of nodes, kept as JSON in a string."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from procedure.status_pages.html_text import TextLine, lines
from procedure.status_pages.json_reading import Row, read_json, row

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
