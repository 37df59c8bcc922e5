"""Limits repeated log lines, so they do not fill the disk."""

import atexit
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

MOST = 20  # similar records written per span
SPAN = 60.0  # seconds
KINDS = 200  # kinds of records counted at the same time

_VARIES = re.compile(r"0x[0-9a-fA-F]+|\d+")


@dataclass(slots=True)
class _Count:
    since: float
    first: str
    records: int = 0


class RepeatLimit(logging.Filter):
    """Lets `MOST` similar records through per `SPAN` seconds, then logs how many it dropped.

    Records with the same logger and level are similar if their messages, before arguments are
    filled in, differ only in numbers; access lines must also have the same HTTP status. `handler`
    has this filter, and writes the number of dropped records.
    """

    def __init__(
        self, handler: logging.Handler, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._handler, self._clock = handler, clock
        self._counts: OrderedDict[tuple[str, int, str], _Count] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write the record, after reporting the records dropped earlier."""
        with self._handler.lock or nullcontext():  # records come from several threads
            now = self._clock()
            self._report(now)
            kind = _kind(record)
            count = self._counts.get(kind)
            if count is None:
                count = self._counts[kind] = _Count(now, _first_line(record))
            count.records += 1
            return count.records <= MOST

    def report_all(self) -> None:
        """Report how many records have been dropped so far."""
        with self._handler.lock or nullcontext():
            self._report(float("inf"))

    def _report(self, now: float) -> None:
        """Report and forget counts older than a span and, if there are too many, the oldest."""
        while self._counts:
            (name, level, _), count = next(iter(self._counts.items()))
            if now - count.since < SPAN and len(self._counts) < KINDS:
                return
            self._counts.popitem(last=False)
            if count.records > MOST:
                self._handler.emit(_left_out(name, level, count))


def _kind(record: logging.LogRecord) -> tuple[str, int, str]:
    # asyncio's tracebacks contain memory addresses
    text = _VARIES.sub("#", str(record.msg))
    if text.startswith("%d %s") and record.args and isinstance(record.args, tuple):
        text += f" {record.args[0]}"  # for an access line: the status
    return record.name, record.levelno, text[:500]


def _first_line(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
    except (TypeError, ValueError):  # the arguments are wrong, which the handler reports
        text = str(record.msg)
    return text.partition("\n")[0][:200]


def _left_out(name: str, level: int, count: _Count) -> logging.LogRecord:
    message = "%d more lines like this one were left out: %s"
    arguments = (count.records - MOST, count.first)
    return logging.LogRecord(name, level, __file__, 0, message, arguments, None)


LONGEST_ADDRESS = 100


def cut_address(record: logging.LogRecord) -> bool:
    """Shorten the URL in the access line of a 404: a stranger may have chosen it."""
    if isinstance(record.args, tuple) and len(record.args) == 3 and record.args[0] == 404:
        status, asked, took = record.args
        address, _, client = str(asked).rpartition(" ")
        if len(address) > LONGEST_ADDRESS:
            record.args = (status, f"{address[:LONGEST_ADDRESS]}… {client}", took)
    return True


def cut_addresses() -> None:
    access = logging.getLogger("tornado.access")
    if cut_address not in access.filters:
        access.addFilter(cut_address)


def limit_repeats() -> None:
    """Add the limit to the log handlers of the process and of Panel."""
    for logger in (logging.getLogger(), logging.getLogger("panel")):
        for handler in logger.handlers:
            if not any(isinstance(known, RepeatLimit) for known in handler.filters):
                limit = RepeatLimit(handler)
                handler.addFilter(limit)
                atexit.register(limit.report_all)
