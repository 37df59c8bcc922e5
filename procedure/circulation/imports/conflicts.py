"""Conflicts: rows that cannot all be true, or cannot all go into Alma.

| kind | what it means |
|---|---|
| `lent_twice` | an item lent again with no return recorded in between |
| `lent_and_on_cart` | an item that was lent and is also on a cart |
| `in_the_future` | a time in the future: the clock is wrong |
| `outside_outage` | a time before the outage began or after it ended |
| `two_desks_at_once` | one patron at two desks in the same minute: a clock or a card is wrong |
| `other_content` | another transaction has this row's id, so the import leaves the row out |
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from procedure.circulation.transactions import Loan, Return

TOLERANCE = timedelta(minutes=2)
_T = TypeVar("_T", Loan, Return)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict, with the ids of its rows in chronological order; it does not identify patrons.

    `item` is empty if the conflict does not concern a single item.
    """

    kind: str
    rows: tuple[UUID, ...]
    item: str
    desks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutagePeriod:
    """The time during which Alma was down (aware UTC); `end` is None if Alma is still down."""

    start: datetime
    end: datetime | None = None


def conflicts(
    loans: Iterable[Loan],
    returns: Iterable[Return],
    *,
    now: datetime,
    outage: OutagePeriod | None = None,
    among: Collection[UUID] | None = None,
) -> tuple[Conflict, ...]:
    """Return the conflicts; if `among` is given, only those that involve one of its ids.

    The caller leaves out voided loans, voided returns and repeats. If `outage` is None, rows older
    than a month are reported as `outside_outage`.
    """
    lent, back = sorted(loans, key=_ORDER), sorted(returns, key=_ORDER)
    outage = outage or OutagePeriod(now - timedelta(days=31))
    every = (
        *_lent_twice(lent, back),
        *_on_cart(lent, back),
        *_wrong_times([*lent, *back], now, outage),
        *_at_two_desks(lent),
    )
    if among is None:
        return every
    wanted = frozenset(among)
    return tuple(conflict for conflict in every if not wanted.isdisjoint(conflict.rows))


def _lent_twice(lent: Sequence[Loan], back: Sequence[Return]) -> Iterator[Conflict]:
    returned = _by_item(back)
    for item, loans in _by_item(lent).items():
        for first, second in pairwise(loans):
            if not any(first.at <= back.at <= second.at for back in returned.get(item, ())):
                yield _conflict("lent_twice", first, second)


def _on_cart(lent: Sequence[Loan], back: Sequence[Return]) -> Iterator[Conflict]:
    returned = _by_item(back)
    for item, loans in _by_item(lent).items():
        if item in returned:
            yield _conflict("lent_and_on_cart", *sorted([*loans, *returned[item]], key=_ORDER))


def _wrong_times(
    rows: Iterable[Loan | Return], now: datetime, outage: OutagePeriod
) -> Iterator[Conflict]:
    end = now if outage.end is None else outage.end
    for row in rows:
        if row.at > now + TOLERANCE:
            yield _conflict("in_the_future", row)
        elif not outage.start - TOLERANCE <= row.at <= end + TOLERANCE:
            yield _conflict("outside_outage", row)


def _at_two_desks(lent: Iterable[Loan]) -> Iterator[Conflict]:
    by_patron: dict[str, list[Loan]] = defaultdict(list)
    for loan in lent:
        by_patron[loan.patron].append(loan)
    for loans in by_patron.values():
        for _, same in groupby(loans, key=lambda loan: loan.at.replace(second=0, microsecond=0)):
            minute = list(same)
            if len({loan.desk for loan in minute}) > 1:
                yield _conflict("two_desks_at_once", *minute)


def _conflict(kind: str, *rows: Loan | Return) -> Conflict:
    items = {row.item for row in rows}
    return Conflict(
        kind,
        tuple(row.id for row in rows),
        items.pop() if len(items) == 1 else "",
        tuple(dict.fromkeys(row.desk for row in rows)),
    )


def _by_item(rows: Iterable[_T]) -> dict[str, list[_T]]:
    by_item: dict[str, list[_T]] = defaultdict(list)
    for row in rows:
        by_item[row.item].append(row)
    return by_item


_ORDER = attrgetter("at", "sequence")
