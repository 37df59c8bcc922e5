"""The offline file of any library system: a key, limits, and how it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import ClassVar, Protocol

from procedure.circulation.transactions import Loan, Return, Transaction
from procedure.local_time import is_ambiguous


@dataclass(frozen=True, slots=True)
class UnwritableRow:
    """A loan that the file cannot hold; `row` counts from 1 in the order of the loans given.

    `reason` is the key that `OfflineFormat.problem` returns.
    """

    row: int
    loan: Loan
    reason: str


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file's bytes, the loans in it in the order of its lines, and those it cannot hold.

    `returns` are its rows of returns, which stand among the loans by time: see `in_order`.

    `hour_twice` says that a line falls into the hour that comes twice in October: both passes read
    the same, and only the order of the lines tells them apart.
    """

    content: bytes
    written: tuple[Loan, ...]
    unwritable: tuple[UnwritableRow, ...]
    hour_twice: bool
    returns: tuple[Return, ...] = ()


class OfflineFormat(Protocol):
    """How one library system's offline file is written.

    `key` is stored with an export, and never changes; `suffix` ends the file's name. Equal loans
    give equal bytes in every version of Relais, so that an earlier file can be written again.
    """

    key: ClassVar[str]
    suffix: ClassVar[str]

    def problem(self, loan: Loan) -> str | None:
        """Return what keeps a loan out of the file (`item_too_long`, …), None when nothing."""
        ...

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        """Write loans, in the order given, in local wall time, one line each.

        Returns are put among them by their own time; each has an item that the file can hold.
        """
        ...


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


def sort_out(
    loans: Sequence[Loan], file_format: OfflineFormat
) -> tuple[tuple[Loan, ...], tuple[UnwritableRow, ...]]:
    """Separate the loans that the file can hold from the others."""
    problems = [file_format.problem(loan) for loan in loans]
    return (
        tuple(loan for loan, reason in zip(loans, problems, strict=True) if reason is None),
        tuple(
            UnwritableRow(number, loan, reason)
            for number, (loan, reason) in enumerate(zip(loans, problems, strict=True), start=1)
            if reason is not None
        ),
    )


def has_hour_twice(minutes: Iterable[datetime]) -> bool:
    """Return whether one of these instants lies in the hour that comes twice in October."""
    hours = {minute.replace(minute=0, second=0, microsecond=0) for minute in minutes}
    return any(is_ambiguous(hour) for hour in hours)
