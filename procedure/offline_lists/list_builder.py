"""Building a list from its entries, in the memory that its fingerprints take."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from procedure.offline_lists.fingerprints import fingerprint, normalized
from procedure.offline_lists.list_layout import Header, ListKind


class ListBuilder:
    """Takes accounts or items one by one, and returns the file of their list.

    Of several entries about one identifier the highest counts (see `list_layout.REASONS`), for all
    identifiers of each account that has it: a block under one number is one under the others.
    """

    def __init__(self, kind: ListKind, key: bytes) -> None:
        self.kind = kind
        self.owners = 0
        self._key = key
        self._fingerprints, self._entries, self._owners = array("Q"), array("I"), array("I")

    def add(self, identifiers: Iterable[str], entry: int) -> None:
        """Add one account or item with its identifiers; blank ones are left out."""
        for identifier in identifiers:
            if normalized(identifier):
                self._fingerprints.append(fingerprint(self._key, identifier))
                self._entries.append(entry)
                self._owners.append(self.owners)
        self.owners += 1

    def build(self, as_of: datetime, *, is_complete: bool = True) -> list[bytes]:
        """Return the file of the list, in pieces; `as_of` is when it was exported (aware UTC)."""
        every = np.frombuffer(self._fingerprints, np.uint64)
        fingerprints, places = np.unique(every, return_inverse=True)
        entries = np.zeros(len(fingerprints), np.uint32)
        np.maximum.at(entries, places, np.frombuffer(self._entries, np.uint32))
        owners = np.frombuffer(self._owners, np.uint32)
        owned = np.zeros(self.owners, np.uint32)
        np.maximum.at(owned, owners, entries[places])
        np.maximum.at(entries, places, owned[owners])
        header = Header(self.kind, as_of, len(fingerprints), is_complete)
        return [header.pack(), fingerprints.tobytes(), entries.tobytes()]
