"""A log filter that hides pages' messages, because they may contain patrons' numbers.

If a message cannot be handled, Bokeh logs all of it, and an error that may quote it.
"""

import logging
from pathlib import Path
from traceback import extract_tb

LOGGERS = ("bokeh.server.views.ws", "bokeh.server.protocol_handler")
SHOWN = 3  # code locations logged for an error, the innermost last
_QUOTES = ("Bokeh Server protocol error", "Bokeh Server internal error")


class WithoutContent(logging.Filter):
    """Replaces the text of a failure with the error's type and location."""

    def filter(self, record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None:
            record.msg, record.args = (
                "A page's message could not be handled: %s",
                (_place_of(fault),),
            )
            record.exc_info = record.exc_text = None
        elif str(record.msg).startswith(_QUOTES):
            record.msg, record.args = (
                "A page sent something that is not a message: closing its websocket",
                (),
            )
        return True


def hide_content() -> None:
    """Add the filter to the Bokeh loggers that log messages."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, WithoutContent) for known in logger.filters):
            logger.addFilter(WithoutContent())


def _place_of(fault: BaseException) -> str:
    frames = extract_tb(fault.__traceback__)[-SHOWN:]
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(fault).__name__} ({', '.join(places)})"
