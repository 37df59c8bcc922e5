"""The interface of a library system's offline file: its key, its limits, and how it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import ClassVar, Protocol

from procedure.circulation.transactions import Loan, Return, Transaction
from procedure.local_time import is_ambiguous


@dataclass(frozen=True, slots=True)
class UnwritableRow:
    """A loan that does not fit in the file; `row` counts from 1 in the order of the loans given.

    `reason` is the key that `OfflineFormat.problem` returns.
    """

    row: int
    loan: Loan
    reason: str


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file's bytes, its loans in the order of its lines, and the loans that do not fit in it.

    `returns` are its returns, which are placed among the loans by time: see `in_order`.

    `hour_twice` says whether a line falls into the hour that occurs twice in October: both passes
    look the same, and only the order of the lines tells them apart.
    """

    content: bytes
    written: tuple[Loan, ...]
    unwritable: tuple[UnwritableRow, ...]
    hour_twice: bool
    returns: tuple[Return, ...] = ()


class OfflineFormat(Protocol):
    """How one library system's offline file is written.

    `key` is stored with an export, and never changes; `suffix` is the end of the file's name. The
    same loans give the same bytes in every version of Relais, so that an earlier file can be
    written again.
    """

    key: ClassVar[str]
    suffix: ClassVar[str]

    def problem(self, loan: Loan) -> str | None:
        """Return the problem that keeps a loan out of the file (`item_too_long`, …), or None."""
        ...

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        """Write loans, in the order given, in local wall time, one line each.

        Returns are placed among them by their own time; the items of all returns fit in the file.
        """
        ...


def in_order(loans: Iterable[Loan], returns: Sequence[Return]) -> list[Transaction]:
    """Merge returns into loans, each before the first loan made at the same instant or later."""
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
    """Separate the loans that fit in the file from the others."""
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
    """Return whether any of these instants is in the hour that occurs twice in October."""
    hours = {minute.replace(minute=0, second=0, microsecond=0) for minute in minutes}
    return any(is_ambiguous(hour) for hour in hours)
