"""Writes Alma's offline circulation file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from procedure.circulation.offline_files.alma_layout import LINE_ENDS, STAMP, USUAL, Layout
from procedure.circulation.offline_files.offline_format import (
    RenderedFile,
    UnwritableRow,
    has_hour_twice,
    in_order,
    sort_out,
)
from procedure.circulation.transaction_checks import offline_file_problem
from procedure.circulation.transactions import Loan, Return, Transaction
from procedure.local_time import local

_MINUTE = timedelta(minutes=1)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AlmaFile:
    """Alma's file in a given layout; see `OfflineFormat`."""

    key: ClassVar[str] = "alma"
    suffix: ClassVar[str] = ".dat"

    layout: Layout = USUAL

    def problem(self, loan: Loan) -> str | None:
        return offline_file_problem(loan, self.layout)

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        """Write a line per transaction: its time, `L` or `R`, the item and, for a loan, the patron.

        The time is local, to the minute.
        """
        written, unwritable = self._sort_out(loans)
        stamps = _Stamps()
        if returns:
            text = "".join(_lines(in_order(written, returns), self.layout, stamps))
        else:
            line = _loan_line(self.layout)
            text = "".join(
                [line % (stamps.of(loan.at), loan.item, loan.patron) for loan in written]
            )
        content = text.encode(self.layout.encoding)
        return RenderedFile(content, written, unwritable, stamps.hour_twice, tuple(returns))

    def _sort_out(
        self, loans: Sequence[Loan]
    ) -> tuple[tuple[Loan, ...], tuple[UnwritableRow, ...]]:
        layout = self.layout
        items, patrons = [loan.item for loan in loans], [loan.patron for loan in loans]
        # Checking all rows at once is much faster, and nearly always they all fit.
        if _fit(items, layout.item_width) and _fit(
            patrons, layout.patron_width or layout.patron_limit
        ):
            return tuple(loans), ()
        return sort_out(loans, self)


ALMA_FILE = AlmaFile()


def render(
    loans: Sequence[Loan], layout: Layout = USUAL, *, returns: Sequence[Return] = ()
) -> RenderedFile:
    """Write loans, in the order given, as a file for Alma; see `AlmaFile.render`."""
    return AlmaFile(layout).render(loans, returns=returns)


def _loan_line(layout: Layout) -> str:
    return f"%sL%-{layout.item_width}s%-{layout.patron_width}s{LINE_ENDS[layout.line_end]}"


def _lines(lines: Iterable[Transaction], layout: Layout, stamps: "_Stamps") -> Iterable[str]:
    line, width = _loan_line(layout), layout.item_width if layout.pad_returns else 0
    returned = f"%sR%-{width}s{LINE_ENDS[layout.line_end]}"
    for entry in lines:
        if isinstance(entry, Loan):
            yield line % (stamps.of(entry.at), entry.item, entry.patron)
        else:
            yield returned % (stamps.of(entry.at), entry.item)


def _fit(values: Sequence[str], limit: int) -> bool:
    return "".join(values).isascii() and max(map(len, values), default=0) <= limit


class _Stamps:
    """Timestamps, cached because many loans share a minute."""

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
        return has_hour_twice(self._known)
