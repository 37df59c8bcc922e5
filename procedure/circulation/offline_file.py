"""Alma's offline circulation file: loans to lines, lines to rows; the figures are in `Layout`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Literal, NamedTuple

from procedure.circulation.imports.file_text import CUT, as_utf8, is_ended
from procedure.circulation.offline_layout import (
    ITEM_AT,
    LINE_ENDS,
    STAMP,
    STAMP_WIDTH,
    USUAL,
    Layout,
)
from procedure.circulation.transactions import Loan, Return, Transaction, offline_file_problem
from procedure.errors import OfflineFileError
from procedure.local_time import instants, is_ambiguous, local

Kind = Literal["L", "R"]
# Longer than any layout: what follows is no line of such a file, and is not looked at.
LONGEST_LINE = 4096
# Where the identifier begins in the usual layout.
_USUAL = ITEM_AT + USUAL.item_width
_MINUTE = timedelta(minutes=1)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class UnwritableRow:
    """A loan that the file cannot hold; `row` counts from 1 in the order of the loans given.

    `reason` is the key of `procedure.circulation.transactions.offline_file_problem`.
    """

    row: int
    loan: Loan
    reason: str


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file's bytes, the loans in it in the order of its lines, and those it cannot hold.

    `returns` are its R rows, which stand among the loans by time: see `in_order`.

    `hour_twice` tells that a line falls into the hour that comes twice in October: its time reads
    the same in both, and only the order of the lines tells them apart.
    """

    content: bytes
    written: tuple[Loan, ...]
    unwritable: tuple[UnwritableRow, ...]
    hour_twice: bool
    returns: tuple[Return, ...] = ()


def render(
    loans: Sequence[Loan], layout: Layout = USUAL, *, returns: Sequence[Return] = ()
) -> RenderedFile:
    """Write loans, in the order given, as a file for Alma: local wall time, one line each.

    Returns are put among them by their own time; each has an item that the file can hold.
    """
    written, unwritable = _sorted_out(loans, layout)
    stamps = _Stamps()
    if returns:
        text = "".join(_lines(in_order(written, returns), layout, stamps))
    else:
        line = _loan_line(layout)
        text = "".join([line % (stamps.of(loan.at), loan.item, loan.patron) for loan in written])
    content = text.encode(layout.encoding)
    return RenderedFile(content, written, unwritable, stamps.hour_twice, tuple(returns))


def in_order(loans: Iterable[Loan], returns: Sequence[Return]) -> list[Transaction]:
    """Put returns among loans, each before the first loan of its own instant or of a later one."""
    waiting = sorted(returns, key=_ORDER, reverse=True)
    ordered: list[Transaction] = []
    for loan in loans:
        while waiting and _ORDER(waiting[-1]) <= _ORDER(loan):
            ordered.append(waiting.pop())
        ordered.append(loan)
    return [*ordered, *reversed(waiting)]


_ORDER = attrgetter("at", "sequence")


def _loan_line(layout: Layout) -> str:
    return f"%sL%-{layout.item_width}s%-{layout.patron_width}s{LINE_ENDS[layout.line_end]}"


def _lines(lines: Iterable[Transaction], layout: Layout, stamps: _Stamps) -> Iterable[str]:
    line, width = _loan_line(layout), layout.item_width if layout.pad_returns else 0
    back = f"%sR%-{width}s{LINE_ENDS[layout.line_end]}"
    for entry in lines:
        if isinstance(entry, Loan):
            yield line % (stamps.of(entry.at), entry.item, entry.patron)
        else:
            yield back % (stamps.of(entry.at), entry.item)


def _sorted_out(
    loans: Sequence[Loan], layout: Layout
) -> tuple[tuple[Loan, ...], tuple[UnwritableRow, ...]]:
    """Part the loans that the file can hold from the others."""
    items, patrons = [loan.item for loan in loans], [loan.patron for loan in loans]
    # Nearly always all of them fit: checking them together is much faster.
    if _fit(items, layout.item_width) and _fit(patrons, layout.patron_width or layout.patron_limit):
        return tuple(loans), ()
    doubts = [offline_file_problem(loan, layout) for loan in loans]
    return (
        tuple(loan for loan, reason in zip(loans, doubts, strict=True) if reason is None),
        tuple(
            UnwritableRow(number, loan, reason)
            for number, (loan, reason) in enumerate(zip(loans, doubts, strict=True), start=1)
            if reason is not None
        ),
    )


def _fit(values: Sequence[str], limit: int) -> bool:
    return "".join(values).isascii() and max(map(len, values), default=0) <= limit


class _Stamps:
    """Local wall times of whole minutes; the minute before is remembered, many loans share it."""

    def __init__(self) -> None:
        self._known: dict[datetime, str] = {}
        self._begin = self._end = _NEVER
        self._stamp = ""

    def of(self, at: datetime) -> str:
        if self._begin <= at < self._end:
            return self._stamp
        minute = at.replace(second=0, microsecond=0)
        stamp = self._known.get(minute)
        if stamp is None:
            stamp = self._known[minute] = local(minute).strftime(STAMP)
        self._begin, self._end, self._stamp = minute, minute + _MINUTE, stamp
        return stamp

    @property
    def hour_twice(self) -> bool:
        hours = {minute.replace(minute=0) for minute in self._known}
        return any(is_ambiguous(hour) for hour in hours)


class OfflineRow(NamedTuple):
    """One line of an offline file: its number from 1, its instant (UTC), and what was scanned.

    `patron` is empty in an R row.
    """

    line: int
    at: datetime
    kind: Kind
    item: str
    patron: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The good rows of a file and a fault for each of the others, both in the file's order."""

    rows: tuple[OfflineRow, ...]
    faults: tuple[OfflineFileError, ...]


def parse(content: bytes) -> ParsedFile:
    """Read an offline file made by any known program.

    CRLF or LF, R rows padded or not, the identifier at its column or shifted, ASCII, UTF-16 or
    what a Windows program writes, `l` and `r` as well as `L` and `R`. A time of the hour that comes
    twice is the first one until the times of the file go backward.
    """
    rows: list[OfflineRow] = []
    faults: list[OfflineFileError] = []
    times, number = _Times(), 0
    content = as_utf8(content)
    for number, text in enumerate(lines(content), start=1):
        if not text.strip("\0\x1a "):
            continue
        try:
            rows.append(_row(number, text, times))
        except OfflineFileError as fault:
            faults.append(fault)
    if _is_cut(content):
        rows = [row for row in rows if row.line != number]
        faults = [fault for fault in faults if fault.line != number]
        faults.append(OfflineFileError(CUT, line=number))
    return ParsedFile(tuple(rows), tuple(faults))


def _is_cut(content: bytes) -> bool:
    """Return whether the last line has no end and is shorter than an earlier line of its kind.

    What is left of a user identifier may be somebody else's.
    """
    before, _, last = content.rpartition(b"\n")
    if is_ended(content) or not last.strip(b"\0 "):
        return False
    kind = last[STAMP_WIDTH:ITEM_AT].upper()
    return any(
        len(line.rstrip(b"\r")) > len(last) and kind in (b"", line[STAMP_WIDTH:ITEM_AT].upper())
        for line in before.split(b"\n")
    )


def lines(content: bytes) -> Iterable[str]:
    """Yield the lines of a file without their ends; no line is much longer than `LONGEST_LINE`."""
    if content.isascii():
        for text in content.decode("ascii").split("\n"):
            yield text.removesuffix("\r") if len(text) <= LONGEST_LINE else text[: LONGEST_LINE + 1]
        return
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        yield _decoded(line[: LONGEST_LINE + 1]).removesuffix("\r")


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _row(number: int, text: str, times: _Times) -> OfflineRow:
    kind, item, patron = (
        text[STAMP_WIDTH:ITEM_AT],
        text[ITEM_AT:_USUAL].strip(),
        text[_USUAL:].strip(),
    )
    # A line of the usual layout, as nearly all are, needs no second check.
    if not (patron and item and kind == "L" and len(text) <= LONGEST_LINE):
        kind, item, patron = _parts(number, text)
    at = times.of(text[:STAMP_WIDTH], number)
    return OfflineRow(number, at, "L" if kind == "L" else "R", item, patron)


def _parts(number: int, text: str) -> tuple[str, str, str]:
    if len(text) > LONGEST_LINE:
        raise OfflineFileError("is far too long for a line of such a file", line=number)
    kind = text[STAMP_WIDTH:ITEM_AT]
    if kind not in ("L", "R", "l", "r"):
        raise OfflineFileError("has neither L nor R after the 12 digits of the time", line=number)
    item, patron = split_line(text)
    if not item:
        raise OfflineFileError("has no item barcode", line=number)
    if kind in "Ll" and not patron:
        raise OfflineFileError("has no user identifier after the item barcode", line=number)
    return kind.upper(), item, patron if kind in "Ll" else ""


def split_line(text: str) -> tuple[str, str]:
    """Return the item and the identifier of a line, whatever the width of the padding."""
    item, patron = text[ITEM_AT:_USUAL].strip(), text[_USUAL:].strip()
    if not patron:
        # A narrower item field: the padding is the first run of blanks.
        item, _, patron = (part.strip() for part in re.split(r"( {2,})", item + "  ", maxsplit=1))
    return item, patron


class _Times:
    """The instants of a file's times, in the order of its lines; each time is worked out once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, ...]] = {}
        self._before: datetime | None = None

    def of(self, stamp: str, number: int) -> datetime:
        moments = self._known.get(stamp)
        if moments is None:
            moments = self._known[stamp] = self._instants(stamp, number)
        first = moments[0]
        if len(moments) == 1:
            self._before = first
            return first
        last = moments[-1]
        self._before = last if self._before is not None and self._before > first else first
        return self._before

    @staticmethod
    def _instants(stamp: str, number: int) -> tuple[datetime, ...]:
        shown = _wall_clock(stamp)
        if shown is None:
            raise OfflineFileError("does not begin with a time YYYYMMDDHHMM", line=number)
        moments = instants(shown)
        if not moments:
            raise OfflineFileError("has a time that the clocks skipped in March", line=number)
        return moments


def _wall_clock(stamp: str) -> datetime | None:
    # Before 1900 or so, an offset of some seconds or the edge of the calendar comes in the way.
    if not re.fullmatch(r"(19|2\d)\d{2}[01]\d[0-3]\d[0-2]\d[0-5]\d", stamp, re.ASCII):
        return None
    try:
        return datetime.strptime(stamp, STAMP)  # noqa: DTZ007 - local, as in the file
    except ValueError:
        return None
