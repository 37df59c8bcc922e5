"""Keeps a log from being filled by one line again and again: a disk is finite."""

from __future__ import annotations

import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST = 20  # alike records that are written within a span
SPAN = 60.0  # seconds
KINDS = 200  # kinds of records that are counted at once

_VARIES = re.compile(r"0x[0-9a-fA-F]+|\d+")


@dataclass(slots=True)
class _Count:
    since: float
    seen: int = 0


class RepeatLimit(logging.Filter):
    """Lets `MOST` alike records through within `SPAN` seconds, then says how many it left out.

    Alike are records of one logger and level with one text, whatever numbers are in it. `handler`
    is whose filter it is: it writes how many were left out.
    """

    def __init__(
        self, handler: logging.Handler, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._handler, self._clock = handler, clock
        self._counts: OrderedDict[tuple[str, int, str], _Count] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is written; write what was left out before."""
        self._handler.acquire()  # records come from several threads
        try:
            now = self._clock()
            self._report(now)
            count = self._counts.setdefault(_kind(record), _Count(now))
            count.seen += 1
            return count.seen <= MOST
        finally:
            self._handler.release()

    def _report(self, now: float) -> None:
        """Write and forget the counts whose span is over, and the oldest ones of too many."""
        while self._counts:
            (name, level, text), count = next(iter(self._counts.items()))
            if now - count.since < SPAN and len(self._counts) < KINDS:
                return
            self._counts.popitem(last=False)
            if count.seen > MOST:
                self._handler.emit(_left_out(name, level, text, count.seen - MOST))


def _kind(record: logging.LogRecord) -> tuple[str, int, str]:
    # Of a traceback logged by asyncio the text itself has the address of an object.
    text = _VARIES.sub("#", str(record.msg))
    if text.startswith("%d %s") and isinstance(record.args, tuple):
        text += f" {record.args[0]}"  # a line of access: the status
    return record.name, record.levelno, text[:500]


def _left_out(name: str, level: int, text: str, number: int) -> logging.LogRecord:
    message = "%d more lines like this one were left out: %s"
    first = text.partition("\n")[0][:200]
    return logging.LogRecord(name, level, __file__, 0, message, (number, first), None)


def limit_repeats() -> None:
    """Limit what the process logs: by its own handlers, and by Panel's."""
    for logger in (logging.getLogger(), logging.getLogger("panel")):
        for handler in logger.handlers:
            if not any(isinstance(one, RepeatLimit) for one in handler.filters):
                handler.addFilter(RepeatLimit(handler))
