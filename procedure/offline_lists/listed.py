"""Accounts and items as read from a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import Protocol

from procedure.circulation.list_advice import Reason
from procedure.offline_lists.list_layout import NEVER, ListKind, entry

# The identifiers of an account or item, and its entry in the list.
Listed = tuple[Sequence[str], int]


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """Facts that a file does not contain: the local day, and the length of short loans.

    `terms` maps the item policies of short loans to their loan periods.
    """

    today: date
    terms: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])

    def days(self, policy: str) -> int | None:
        """Return the length in days of a short loan under this policy, or None for other loans."""
        length = self.terms.get(policy)
        return None if length is None else max(1, ceil(length / timedelta(days=1)))


class ListReader(Protocol):
    """A file of accounts or items, which can be iterated over once.

    `is_complete` says whether the file lists all the library's accounts or items. This is known
    only after the iteration.
    """

    kind: ListKind

    @property
    def is_complete(self) -> bool: ...

    def __iter__(self) -> Iterator[Listed]: ...


def day_of(text: str) -> date | None:
    """Parse an expiry date such as 2027-12-31, with or without a time, or 31.12.2027.

    The result is None for an empty string and for Koha's placeholder dates.

    Raises:
        ValueError: the text is not in one of these formats; the message shows how to write a date.
    """
    text = text.strip()
    if not text or text.startswith(("0000-00-00", "9999-")):
        return None
    day, _, rest = text.partition(".")
    try:
        if day.isdecimal() and len(day) <= 2:
            month, _, year = rest.partition(".")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError("has an unreadable date: write it as 2027-12-31") from None


def item_entry(*, lends: bool, is_requested: bool, days: int | None) -> int:
    """Return the entry for an item; `days` is the length of a short loan, else None."""
    if not lends:
        return entry(Reason.ITEM_NOT_FOR_LOAN)
    if is_requested:
        return entry(Reason.ITEM_REQUESTED)
    return 0 if days is None else entry(Reason.ITEM_SHORT_LOAN, min(days, NEVER))
