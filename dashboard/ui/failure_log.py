"""Logs failures on a page, with one traceback per kind of error; it does not import Panel."""

import logging
import traceback
from collections.abc import Callable, Iterator

_log = logging.getLogger(__name__)
_counts: dict[str, int] = {}  # by traceback; bounded by the number of paths through the code


def succeeds(act: Callable[[], object]) -> bool:
    """Call the function and return True; if it raises, log the error and return False."""
    try:
        act()
    except Exception as error:
        log_failure(error)
        return False
    return True


def log_failure(error: Exception) -> None:
    """Log an error with its traceback the first time, and briefly the 10th, 100th, … time.

    A page is updated every second, so the same error would fill the log. The error's message is
    left out, because it may quote a patron identifier.
    """
    lines = "".join(_lines(error)).rstrip()
    count = _counts[lines] = _counts.get(lines, 0) + 1
    if count == 1:
        _log.error("part of the page failed\n%s", lines)
    elif count == 10 ** (len(str(count)) - 1):
        _log.error("part of the page failed %d times: %s", count, lines.rpartition("  File ")[2])


def failure_count() -> int:
    """Return the number of errors since startup."""
    return sum(_counts.values())


def _lines(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before)
    yield from traceback.format_list(traceback.extract_tb(error.__traceback__))
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
