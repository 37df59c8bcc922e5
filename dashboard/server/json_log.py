"""Logs one JSON object per line, for log collectors (`RELAIS_LOG=json`)."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from io import TextIOBase
from typing import TYPE_CHECKING, TextIO

from dashboard.server.request_id import current_request

if TYPE_CHECKING:
    from structlog.typing import EventDict

_log = logging.getLogger(__name__)


def write_json() -> None:
    """Make the process log and print JSON; call this again after adding handlers.

    Each line has `at` (UTC), `level`, `logger` and `event`. If it was logged during a request,
    `request` is that request's id. If an exception was logged, `exception` is its traceback,
    without the values of variables. For printed lines, `logger` is the name of the stream.
    """
    # This import takes 30 ms, and is needed only with this setting.
    from structlog import processors, stdlib  # noqa: PLC0415

    formatter = stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            stdlib.add_log_level,
            stdlib.add_logger_name,
            _add_request,
            processors.TimeStamper(fmt="iso", utc=True, key="at"),
            processors.format_exc_info,
        ],
        processors=[
            stdlib.ProcessorFormatter.remove_processors_meta,
            processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for logger in (root, logging.getLogger("panel")):
        for handler in logger.handlers:
            handler.setFormatter(formatter)
    _log_what_is_printed()


def writes_json() -> bool:
    """Return whether `write_json` has taken effect, whatever the environment says now."""
    return isinstance(sys.stderr, JsonLines) or isinstance(sys.stdout, JsonLines)


def _add_request(logger: object, method: str, event: EventDict) -> EventDict:
    del logger, method
    if request := current_request():
        event["request"] = request
    return event


def _log_what_is_printed() -> None:
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda _, error, __: _log_uncaught(error)
    threading.excepthook = lambda failed: _log_uncaught(failed.exc_value)
    if sys.stdout is not None and not isinstance(sys.stdout, JsonLines):
        sys.stdout = JsonLines(sys.stdout, "stdout", "info")
    if sys.stderr is not None and not isinstance(sys.stderr, JsonLines):
        sys.stderr = JsonLines(sys.stderr, "stderr", "error")


def _log_uncaught(error: BaseException | None) -> None:
    _log.critical("An error ended a thread or the process", exc_info=error)


class JsonLines(TextIOBase):
    """A stream that writes each line as a JSON object, except empty lines, which it drops.

    A line that is already a JSON object is written unchanged.
    """

    def __init__(self, stream: TextIO, name: str, level: str) -> None:
        self._stream, self._fields = stream, {"level": level, "logger": name}
        self._begun = ""
        self._writing = threading.RLock()

    encoding = "utf-8"
    errors = "strict"

    def write(self, text: str, /) -> int:
        """Write the complete lines; keep an incomplete last line until its end arrives."""
        with self._writing:
            *lines, self._begun = (self._begun + text).split("\n")
            for line in filter(str.strip, lines):
                self._stream.write(f"{self._object(line)}\n")
            if lines:
                self._stream.flush()
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def _object(self, line: str) -> str:
        try:
            if isinstance(json.loads(line), dict):
                return line
        except ValueError:
            pass
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        return json.dumps({"event": line, **self._fields, "at": at}, ensure_ascii=False)
