"""Parses untrusted JSON within limits, without assuming a structure."""

import json
from collections.abc import Mapping
from typing import cast

from procedure.status_pages.html_text import plain_text, printable
from procedure.status_pages.status import UnreadablePage, UnreadReason

MAX_ROWS = 5000
Row = Mapping[str, object]


def read_json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise UnreadablePage(UnreadReason.SYNTAX, type(fault).__name__) from None


def row(value: object) -> Row:
    """Return a JSON object, or an empty one for any other value."""
    return cast("Row", value) if isinstance(value, dict) else {}


def rows(value: object) -> list[Row]:
    """Return the objects in a JSON list.

    Raises:
        UnreadablePage: the value is not a list, or has more than `MAX_ROWS` rows; part of a list
            would be misleading.
    """
    if not isinstance(value, list):
        raise UnreadablePage(UnreadReason.SHAPE)
    items = cast("list[object]", value)
    if len(items) > MAX_ROWS:
        raise UnreadablePage(UnreadReason.TOO_LARGE)
    return [row(item) for item in items]


def text(value: object, longest: int = 300) -> str:
    """Return a JSON string as plain text, or an empty string for any other value."""
    return plain_text(value, longest) if isinstance(value, str) else ""


def key(value: object) -> str:
    """Return a JSON string as a lookup key (one line, case-folded), empty for any other value."""
    return printable(value).casefold() if isinstance(value, str) else ""
