"""The interface of offline file formats."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import ClassVar, Protocol

from procedure.circulation.transactions import Loan, Return, Transaction
from procedure.local_time import is_ambiguous


@dataclass(frozen=True, slots=True)
class UnwritableRow:
    """A loan that cannot be written to an offline file.

    `row` is its number (from 1) among the loans meant for the file. `reason` is the key that
    `OfflineFormat.problem` returns.
    """

    row: int
    loan: Loan
    reason: str


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """The bytes of a file, the loans in it (in line order), and the loans that cannot be written.

    `returns` holds the returns in the file, whose lines are placed among the loans by time; see
    `in_order`.

    `hour_twice` says whether the file has a time in the hour that occurs twice in October. Only the
    order of the lines then shows which of the two hours a time belongs to.
    """

    content: bytes
    written: tuple[Loan, ...]
    unwritable: tuple[UnwritableRow, ...]
    hour_twice: bool
    returns: tuple[Return, ...] = ()


class OfflineFormat(Protocol):
    """The format of a library system's offline file.

    `key` is stored with an export and must never change; `suffix` is the file's extension. Every
    version of Relais must write the same bytes for the same loans, so that an earlier file can be
    written again.
    """

    key: ClassVar[str]
    suffix: ClassVar[str]

    def problem(self, loan: Loan) -> str | None:
        """Return the problem that keeps a loan out of the file (`item_too_long`, …), or None."""
        ...

    def render(self, loans: Sequence[Loan], *, returns: Sequence[Return] = ()) -> RenderedFile:
        """Write the loans in the given order, one per line, with their local times.

        Returns are placed among them by time. The caller ensures that the barcodes of all returned
        items fit.
        """
        ...


def in_order(loans: Iterable[Loan], returns: Sequence[Return]) -> list[Transaction]:
    """Return the loans, with each return placed before the first loan that is not earlier.

    Transactions at the same time are compared by `sequence`.
    """
    later = sorted(returns, key=_ORDER, reverse=True)
    ordered: list[Transaction] = []
    for loan in loans:
        while later and _ORDER(later[-1]) <= _ORDER(loan):
            ordered.append(later.pop())
        ordered.append(loan)
    return [*ordered, *reversed(later)]


_ORDER = attrgetter("at", "sequence")


def sort_out(
    loans: Sequence[Loan], file_format: OfflineFormat
) -> tuple[tuple[Loan, ...], tuple[UnwritableRow, ...]]:
    """Split loans into those that can be written to the file and those that cannot."""
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
