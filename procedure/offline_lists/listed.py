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
# A column's heading, and what the column is read as, or "" if it is not read.
Column = tuple[str, str]

EARLIEST = 2000  # no library system has accounts that expired in an earlier year
_ACTIVE = frozenset({"", "active", "aktiv", "actif", "attivo", "attiva"})
INACTIVE = frozenset({"inactive", "inaktiv", "inactif", "inattivo", "inattiva"})


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
    only after the iteration. `columns` is empty if the file is not a table.
    """

    kind: ListKind
    columns: Sequence[Column]

    @property
    def is_complete(self) -> bool: ...

    def __iter__(self) -> Iterator[Listed]: ...


def is_active(status: str) -> bool:
    """Return whether an account with this status is active; an unknown status is not."""
    return status.strip().casefold() in _ACTIVE


def day_of(text: str) -> date | None:
    """Parse an expiry date such as 2027-12-31, with or without a time, or 31.12.2027 or 31.12.27.

    The result is None for an empty string and for Koha's placeholder dates.

    Raises:
        ValueError: the text is not in one of these formats, or the date is before `EARLIEST`; the
            message shows how to write a date.
    """
    day = _parsed(text)
    if day is not None and day.year < EARLIEST:
        raise ValueError(f"has a date before {EARLIEST}: write the date as 2027-12-31")
    return day


def _parsed(text: str) -> date | None:
    text = text.strip()
    if not text or text.startswith(("0000-00-00", "9999-")):
        return None
    day, _, rest = text.partition(".")
    try:
        if day.isdecimal() and len(day) <= 2:
            month, _, year = rest.partition(".")
            return date(int(f"20{year}" if len(year) == 2 else year), int(month), int(day))
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
