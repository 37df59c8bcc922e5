"""Looks up cards and items in lists."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from mmap import mmap

import numpy as np

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.scan_classification import classify_scan
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import Loan, PendingLoan
from procedure.local_time import local_day
from procedure.offline_lists.list_builder import share_barred
from procedure.offline_lists.list_layout import (
    HEADER_SIZE,
    Header,
    ListKind,
    fingerprint,
    reason_and_number,
)

_UNKNOWN = {ListKind.ACCOUNTS: Reason.CARD_UNKNOWN, ListKind.ITEMS: Reason.ITEM_UNKNOWN}


class OfflineList:
    """A list, read from the bytes of its file without copying them.

    Raises:
        OfflineListError: the content is not a list, or is incomplete.
    """

    def __init__(self, content: bytes | mmap, key: bytes) -> None:
        self._key = key
        whole = memoryview(content)
        self.header = Header.unpack(whole, len(whole))
        middle = HEADER_SIZE + 8 * self.header.count
        self._fingerprints = whole[HEADER_SIZE:middle].cast("Q")
        self._entries = whole[middle:].cast("I")

    @property
    def as_of(self) -> datetime:
        """The time at which the list was exported (aware UTC)."""
        return self.header.as_of

    def look_up(self, identifier: str, on: date) -> ListAdvice | None:
        """Return the list's advice on an identifier, as of a local day.

        The reason is `Reason.KNOWN` if there is no warning. If the identifier is not on the list,
        the result is None for an incomplete list; for a complete list, the reason says that the
        identifier is unknown.
        """
        wanted = fingerprint(self._key, identifier)
        place = bisect_left(self._fingerprints, wanted)
        if place == self.header.count or self._fingerprints[place] != wanted:
            unknown = _UNKNOWN[self.header.kind]
            return ListAdvice(unknown, self.as_of) if self.header.is_complete else None
        reason, number = reason_and_number(self._entries[place])
        if reason is Reason.ITEM_SHORT_LOAN:
            return ListAdvice(reason, self.as_of, number)
        is_account = self.header.kind is ListKind.ACCOUNTS
        if is_account and reason is Reason.KNOWN and number < on.toordinal():
            reason = Reason.CARD_EXPIRED
        return ListAdvice(reason, self.as_of)

    def share_in(self, others: Sequence[int]) -> float:
        """Return the share (0 to 1) of the list's fingerprints that are in `others` (sorted)."""
        return _share(self._fingerprints, others)

    def share_of(self, others: Sequence[int]) -> float:
        """Return the share (0 to 1) of `others` (sorted) that are among the list's fingerprints."""
        return _share(others, self._fingerprints)

    def share_barred(self, on: date) -> float:
        """Return the share (0 to 1) of the list's accounts that are blocked or expired on a day."""
        return share_barred(np.frombuffer(self._entries, np.uint32), on)


def _share(some: Sequence[int], others: Sequence[int]) -> float:
    """Return the share of `some` that are in `others`, estimated from the first ten thousand.

    The first ten thousand are a random sample, because fingerprints are sorted hashes.
    """
    sample = list(some[:10_000])
    places = (bisect_left(others, hashed) for hashed in sample)
    shared = sum(
        place < len(others) and others[place] == hashed
        for place, hashed in zip(places, sample, strict=True)
    )
    return shared / max(len(sample), 1)


@dataclass(frozen=True, slots=True)
class OfflineLists:
    """The lists of accounts and of items; either may be missing (None)."""

    accounts: OfflineList | None = None
    items: OfflineList | None = None

    def of(self, kind: ListKind) -> OfflineList | None:
        return self.accounts if kind is ListKind.ACCOUNTS else self.items

    def patron(self, identifier: str, at: datetime) -> ListAdvice | None:
        """Return the account list's advice on a card scanned at `at` (aware).

        See `OfflineList.look_up`; the result is also None if there is no list.
        """
        return self.accounts and self.accounts.look_up(identifier, local_day(at))

    def item(self, barcode: str, at: datetime) -> ListAdvice | None:
        """Return the item list's advice on an item scanned at `at` (aware).

        See `OfflineList.look_up`; the result is also None if there is no list.
        """
        return self.items and self.items.look_up(barcode, local_day(at))

    def advice_on_item(self, scan: Loan | PendingLoan, rules: ScanRules) -> ListAdvice | None:
        """Return the item list's advice on a scanned item, or None; see `item`."""
        return self.item(classify_scan(scan.item, "item", rules).text, scan.at)

    def advice_on_loan(self, loan: Loan, rules: ScanRules) -> list[ListAdvice | None]:
        """Return the lists' advice on a loan.

        Warnings that the desk showed at the scan (`Loan.told`) come first, as they were shown. The
        advice of these lists follows, first on the item and then on the card, unless the desk
        has already shown it.
        """
        identifier = classify_scan(loan.patron, "patron", rules).text
        looked_up = (self.advice_on_item(loan, rules), self.patron(identifier, loan.at))
        shown_reasons = {advice.reason for advice in loan.told}
        return [
            *loan.told,
            *(
                advice
                for advice in looked_up
                if advice is None or advice.reason not in shown_reasons
            ),
        ]
