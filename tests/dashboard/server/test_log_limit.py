"""The log writes the first few of many similar records, and counts the rest."""

import logging
from collections.abc import Iterator

import pytest

from dashboard.server.log_limit import KINDS, LONGEST_ADDRESS, MOST, SPAN, RepeatLimit, cut_address


class Written(logging.Handler):
    """A handler that keeps its messages."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written(clock: Clock) -> Written:
    handler = Written()
    handler.addFilter(RepeatLimit(handler, clock))
    return handler


@pytest.fixture
def log(written: Written) -> Iterator[logging.Logger]:
    logger = logging.getLogger("test_log_limit")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(written)
    yield logger
    logger.removeHandler(written)


def test_repeated_line_is_counted(log: logging.Logger, written: Written, clock: Clock) -> None:
    for number in range(1000):
        log.error("cannot accept connection %d", number)
        traceback = f"Exception in callback <Handle at 0x7f{number:x}>"
        log.error(traceback)
    assert len(written.lines) == 2 * MOST
    log.error("another fault")
    assert written.lines[-1] == "another fault"
    clock.at += SPAN
    log.info("the next line, whatever it is")
    assert written.lines[2 * MOST + 1 :] == [
        "980 more lines like this one were left out: cannot accept connection 0",
        "980 more lines like this one were left out: Exception in callback <Handle at 0x7f0>",
        "the next line, whatever it is",
    ]
    log.error("cannot accept connection %d", 1000)
    assert written.lines[-1] == "cannot accept connection 1000"


def test_suppressed_lines_are_reported_at_the_end(log: logging.Logger, written: Written) -> None:
    for _ in range(MOST + 2):
        log.error("a fault")
    (limit,) = written.filters
    assert isinstance(limit, RepeatLimit)
    limit.report_all()
    assert written.lines[MOST:] == ["2 more lines like this one were left out: a fault"]


def test_different_status_is_a_different_line(log: logging.Logger, written: Written) -> None:
    for _ in range(100):
        log.warning("%d %s %.2fms", 404, "GET /a", 0.5)
    log.warning("%d %s %.2fms", 403, "GET /b", 0.5)
    assert written.lines == ["404 GET /a 0.50ms"] * MOST + ["403 GET /b 0.50ms"]


def test_oldest_of_many_kinds_is_reported_and_forgotten(
    log: logging.Logger, written: Written
) -> None:
    for _ in range(MOST + 1):
        log.error("first")
    for number in range(KINDS):
        kind = "x" * number
        log.info(kind)
    assert "1 more lines like this one were left out: first" in written.lines


def access_line(status: int, asked: str) -> str:
    """Return a line of the access log, in Tornado's format."""
    arguments = (status, f"{asked} (127.0.0.1)", 1.25)
    record = logging.LogRecord("tornado.access", 30, "", 0, "%d %s %.2fms", arguments, None)
    assert cut_address(record)
    return record.getMessage()


def test_shortened_address_of_a_404_keeps_the_client() -> None:
    long = "GET /" + "x" * 5000
    assert access_line(404, long) == f"404 {long[:LONGEST_ADDRESS]}… (127.0.0.1) 1.25ms"
    assert access_line(404, "GET /wp-login.php") == "404 GET /wp-login.php (127.0.0.1) 1.25ms"
    assert access_line(500, long) == f"500 {long} (127.0.0.1) 1.25ms"
