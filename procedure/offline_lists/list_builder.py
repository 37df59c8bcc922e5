"""Builds offline lists in arrays of numbers, to save memory."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from procedure.circulation.list_advice import Reason
from procedure.errors import OfflineListError
from procedure.offline_lists.list_layout import (
    NEVER,
    Header,
    ListKind,
    entry,
    fingerprint,
    normalized,
)

MOST_IDENTIFIERS = 10_000_000  # building a list of this size takes 600 MB

Fingerprints = NDArray[np.uint64]
Entries = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class BuiltList:
    """A list, as sorted distinct fingerprints and their entries.

    `for_browsers` holds the fingerprints of the same identifiers under the key for browsers.
    """

    kind: ListKind
    fingerprints: Fingerprints
    for_browsers: Fingerprints
    entries: Entries

    def pieces(self, header: Header) -> tuple[bytes, memoryview, memoryview]:
        """Return the content of the list's file, in pieces."""
        return header.pack(), self.fingerprints.data, self.entries.data


def share_barred(entries: Entries, on: date) -> float:
    """Return the share (0 to 1) of accounts that are blocked or expired on a day."""
    expired = (entries & NEVER) < on.toordinal()
    is_barred = (entries >= entry(Reason.CARD_BLOCKED)) | expired
    return float(is_barred.mean()) if len(entries) else 0.0


class ListBuilder:
    """Builds a list from accounts or items added one by one.

    If an identifier has several entries, the highest one applies (see `list_layout.REASONS`). An
    account's highest entry applies to all its identifiers, so that a block recorded for one
    identifier applies to all.
    """

    def __init__(self, kind: ListKind, key: bytes, browser_key: bytes) -> None:
        self.kind = kind
        self.count = 0
        self._keys = key, browser_key
        self._fingerprints, self._for_browsers = array("Q"), array("Q")
        self._entries, self._owners = array("I"), array("I")

    def add(self, identifiers: Iterable[str], entry: int) -> None:
        """Add an account or item, ignoring blank identifiers.

        Raises:
            OfflineListError: there are more than `MOST_IDENTIFIERS` identifiers.
        """
        if len(self._fingerprints) > MOST_IDENTIFIERS:
            raise OfflineListError(f"has more than {MOST_IDENTIFIERS:,} identifiers")
        key, browser_key = self._keys
        for identifier in identifiers:
            if normalized(identifier):
                self._fingerprints.append(fingerprint(key, identifier))
                self._for_browsers.append(fingerprint(browser_key, identifier))
                self._entries.append(entry)
                if self.kind is ListKind.ACCOUNTS:
                    self._owners.append(self.count)
        self.count += 1

    def build(self) -> BuiltList:
        """Return the list, and release the builder's large arrays."""
        order = np.argsort(np.frombuffer(self._fingerprints, np.uint64)).astype(np.uint32)
        fingerprints = np.frombuffer(self._fingerprints, np.uint64)[order]
        self._fingerprints = array("Q")
        is_first = np.ones(len(order), np.bool_)
        np.not_equal(fingerprints[1:], fingerprints[:-1], out=is_first[1:])
        firsts = np.flatnonzero(is_first).astype(np.uint32)
        fingerprints = fingerprints[is_first]
        entries = np.frombuffer(self._entries, np.uint32)[order]
        self._entries = array("I")
        if len(order):
            entries = np.maximum.reduceat(entries, firsts)
        if self.kind is ListKind.ACCOUNTS:
            entries = self._joined(entries, firsts, order)
        for_browsers = np.frombuffer(self._for_browsers, np.uint64)[order[firsts]]
        self._for_browsers = array("Q")
        return BuiltList(self.kind, fingerprints, for_browsers, entries)

    def _joined(self, entries: Entries, firsts: Entries, order: Entries) -> Entries:
        """Return the entries, with each account's highest entry applied to all its identifiers."""
        owners = np.frombuffer(self._owners, np.uint32)[order]
        rows = np.repeat(np.arange(len(firsts)), np.diff(np.r_[firsts, len(order)]))
        owned = np.zeros(self.count, np.uint32)
        np.maximum.at(owned, owners, entries[rows])
        joined = entries.copy()
        np.maximum.at(joined, rows, owned[owners])
        return joined
