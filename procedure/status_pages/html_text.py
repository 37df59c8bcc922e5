"""Converts untrusted HTML to plain text without tags, entities or control characters.

The text is extracted in a single pass over a string of limited length, in linear time. Python's own
HTML parser is not used, because it raises an exception on some malformed declarations, and until
recent patch releases took quadratic time on others.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

MAX_MARKUP = 400_000
_MARKUP = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*>|<[!?/][^<>]*>|[^<]+|<")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS = _HEADINGS | frozenset(
    {"p", "div", "br", "hr", "li", "ul", "ol", "dt", "dd", "table", "tr"}
    | {"section", "article", "blockquote", "pre"}
)
_IGNORED = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a page as displayed; a table row is one line.

    A row with only header cells is a heading.
    """

    text: str
    heading: bool = False


def plain_text(markup: str, max_length: int = 300) -> str:
    """Return the text of the markup on one line, cut with an ellipsis at `max_length`."""
    return printable(" ".join(line.text for line in lines(markup[: 20 * max_length])), max_length)


def printable(text: str, max_length: int = 300) -> str:
    """Return plain text on one line, without invisible characters, cut at `max_length`."""
    return cut(_clean(text[: 20 * max_length]), max_length)


def cut(text: str, max_length: int = 300) -> str:
    """Return the text, cut with an ellipsis if it is longer than `max_length`."""
    return text if len(text) <= max_length else text[: max_length - 1] + "…"


def lines(markup: str) -> list[TextLine]:
    """Return the lines of a page that contain text."""
    return [
        TextLine(text, heading)
        for raw, heading in _raw_lines(markup)
        if (text := _clean(unescape(raw)))
    ]


def _raw_lines(markup: str) -> Iterator[tuple[str, bool]]:
    parts: list[str] = []
    tags: set[str] = set()
    in_row = False
    ignored = ""
    for match in _MARKUP.finditer(_without_comments(markup[:MAX_MARKUP])):
        closing, tag = match[1], (match[2] or "").casefold()
        if ignored:
            ignored = "" if closing and tag == ignored else ignored
        elif not tag:
            parts.append(match[0] if not match[0].startswith(("<!", "<?", "</")) else " ")
        else:
            ignored = tag if tag in _IGNORED and not closing else ""
            if tag == "tr" or (tag in _BREAKS and not in_row):
                yield "".join(parts), _is_heading(tags)
                parts, tags = [], set()
            in_row = not closing if tag == "tr" else in_row
            tags.add(tag)
            parts.append(" " if tag in _BREAKS or tag in {"td", "th"} else "")
    yield "".join(parts), _is_heading(tags)


def _is_heading(tags: set[str]) -> bool:
    return bool(tags & _HEADINGS) or ("th" in tags and "td" not in tags)


def _without_comments(markup: str) -> str:
    first, *rest = markup.split("<!--")
    return " ".join([first, *(piece.partition("-->")[2] for piece in rest)])


def _clean(text: str) -> str:
    # Category C includes control characters, lone surrogates and marks that reverse text direction.
    spaced = (
        " " if unicodedata.category(character)[0] in "CZ" else character for character in text
    )
    return " ".join("".join(spaced).split())
