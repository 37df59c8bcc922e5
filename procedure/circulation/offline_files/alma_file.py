"""Alma's offline circulation file: loans to lines, lines to rows; the figures are in `Layout`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from procedure.circulation.offline_files.alma_layout import LINE_ENDS, STAMP, USUAL, Layout
from procedure.circulation.transaction_checks import offline_file_problem
from procedure.circulation.transactions import Loan, Return, Transaction
from procedure.local_time import is_ambiguous, local

_MINUTE = timedelta(minutes=1)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class UnwritableRow:
    """A loan that the file cannot hold; `row` counts from 1 in the order of the loans given.

    `reason` is the key of `procedure.circulation.transaction_checks.offline_file_problem`.
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
    """Merge returns into loans, each before the first loan of its own instant or of a later one."""
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
