"""HTML from a stranger, made plain text: no tag, no entity, no control character is left.

One pass in linear time over a bounded text: the standard HTML parser raises on some malformed
declarations and was quadratic on others until late patch releases of Python.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

LONGEST = 400_000
_MARKUP = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*>|<[!?/][^<>]*>|[^<]+|<")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS = _HEADINGS | frozenset(
    {"p", "div", "br", "hr", "li", "ul", "ol", "dt", "dd", "table", "tr"}
    | {"section", "article", "blockquote", "pre"}
)
_SILENT = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a page as a person sees it; a row of a table is one line.

    A row of header cells alone is a heading.
    """

    text: str
    heading: bool = False


def plain_text(markup: str, longest: int = 300) -> str:
    """Return the text on one line, cut with an ellipsis at `longest` characters."""
    return printable(" ".join(line.text for line in lines(markup[: 20 * longest])), longest)


def printable(text: str, longest: int = 300) -> str:
    """Return a text that is no markup on one line, without what cannot be seen, cut likewise."""
    return cut(_clean(text[: 20 * longest]), longest)


def cut(text: str, longest: int = 300) -> str:
    """Return the text, with an ellipsis for what does not fit."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def lines(markup: str) -> list[TextLine]:
    """Return the lines of a page that hold any text."""
    found = (TextLine(_clean(unescape(text)), heading) for text, heading in _pieces(markup))
    return [line for line in found if line.text]


def _pieces(markup: str) -> Iterator[tuple[str, bool]]:
    kept: list[str] = []
    seen: set[str] = set()
    in_row = False
    silent = ""
    for found in _MARKUP.finditer(_without_comments(markup[:LONGEST])):
        closing, tag = found[1], (found[2] or "").casefold()
        if silent:
            silent = "" if closing and tag == silent else silent
        elif not tag:
            kept.append(found[0] if not found[0].startswith(("<!", "<?", "</")) else " ")
        else:
            silent = tag if tag in _SILENT and not closing else ""
            if tag == "tr" or (tag in _BREAKS and not in_row):
                yield "".join(kept), _is_heading(seen)
                kept, seen = [], set()
            in_row = not closing if tag == "tr" else in_row
            seen.add(tag)
            kept.append(" " if tag in _BREAKS or tag in {"td", "th"} else "")
    yield "".join(kept), _is_heading(seen)


def _is_heading(tags: set[str]) -> bool:
    return bool(tags & _HEADINGS) or ("th" in tags and "td" not in tags)


def _without_comments(markup: str) -> str:
    first, *rest = markup.split("<!--")
    return " ".join([first, *(piece.partition("-->")[2] for piece in rest)])


def _clean(text: str) -> str:
    # Category C holds controls, lone surrogates and the marks that turn the reading direction.
    spaced = (" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    return " ".join("".join(spaced).split())
