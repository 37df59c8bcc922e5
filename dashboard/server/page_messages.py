"""Checks that a page's websocket messages are not too large and contain no bytes or arrays.

When Bokeh decodes a message, a few bytes of gzip can become gigabytes, and each object becomes a
model. So `PageSocket` in `dashboard.server.page_handler` runs these checks before Bokeh decodes a
message. It closes the websocket if a message fails a check, or arrives after the sign-in has ended.
"""

from collections.abc import Iterator
from typing import Any

from dashboard.core.visitor import Permission, Visitor

WITH_FILES = 20 * 1024 * 1024  # characters in a message: a 12 MB file in base64, and its name
WITHOUT_FILES = 256 * 1024
MOST_VALUES = 200_000
MOST_OBJECTS = 100  # a message about a part that was just replaced contains the whole part
MESSAGES = frozenset({"PULL-DOC-REQ", "PATCH-DOC", "SERVER-INFO-REQ"})
CHANGES = frozenset({"ModelChanged", "MessageSent"})
FORMS = frozenset({"event", "map", "number", "object", "set"})


def largest_message(visitor: Visitor | None) -> int:
    """Return the maximum number of characters in a message from this visitor."""
    takes_files = visitor is not None and (
        visitor.may(Permission.LEND) or visitor.may(Permission.COORDINATE)
    )
    return WITH_FILES if takes_files else WITHOUT_FILES


def has_too_many_values(text: str) -> bool:
    """Return whether JSON may have more values than any page sends, without parsing it."""
    return sum(text.count(sign) for sign in ",[{") > MOST_VALUES


def find_foreign_part(message_type: str, content: Any) -> str:
    """Return the first part of a message that no page sends, or an empty string.

    `content` is the message's JSON, parsed but not decoded.
    """
    if message_type not in MESSAGES:
        return f"message {message_type}"
    if message_type != "PATCH-DOC":
        return ""
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list):
        return "a change without a list of events"
    for event in events:
        if not isinstance(event, dict) or event.get("kind") not in CHANGES:
            return "an event of another kind"
    objects = 0
    for form in _forms(events):
        objects += form == "object"
        if form not in FORMS or objects > MOST_OBJECTS:
            return f"form {form}"
    return ""


def _forms(content: object) -> Iterator[str]:
    """Yield the form of each encoded value, which Bokeh calls its type."""
    unseen = [content]
    while unseen:
        value = unseen.pop()
        if isinstance(value, dict):
            if "type" in value:
                yield str(value["type"])
            unseen += value.values()
        elif isinstance(value, list):
            unseen += value
