"""JSON from a stranger: read within limits, and looked into without trusting its shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from procedure.status_pages.html_text import plain_text, printable
from procedure.status_pages.status import UnreadablePage, UnreadReason

MOST_ROWS = 5000
Row = Mapping[str, object]


def read_json(body: bytes) -> object:
    """Return what the body holds.

    Raises:
        Unreadable: it is not JSON, or nested deeper than the interpreter can follow.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise UnreadablePage(UnreadReason.SYNTAX, type(fault).__name__) from None


def row(value: object) -> Row:
    """Return a JSON object, empty when it is something else."""
    return cast("Row", value) if isinstance(value, dict) else {}


def rows(value: object) -> list[Row]:
    """Return the objects of a JSON list.

    Raises:
        Unreadable: it is no list, or longer than any honest page: a part of it would mislead.
    """
    if not isinstance(value, list):
        raise UnreadablePage(UnreadReason.SHAPE)
    found = cast("list[object]", value)
    if len(found) > MOST_ROWS:
        raise UnreadablePage(UnreadReason.TOO_LARGE)
    return [row(one) for one in found]


def text(value: object, longest: int = 300) -> str:
    """Return a JSON string as plain text, empty when it is something else."""
    return plain_text(value, longest) if isinstance(value, str) else ""


def key(value: object) -> str:
    """Return a JSON string as a key of a table: one line in small letters, empty if none."""
    return printable(value).casefold() if isinstance(value, str) else ""
