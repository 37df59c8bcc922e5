"""The format of the lists for browsers: Bloom filters, one or more for each `Reason`.

    four bytes     the length of the header, big-endian
    header         JSON, see `BrowserHeader`
    filters        one after the other

To look up an identifier:

1. Take the first eight bytes of the HMAC-SHA-256 of the normalized identifier under `key`.
2. If `rounds` is not 0, compute the PBKDF2-HMAC-SHA-256 of these eight bytes, with `key` as the
   salt and `rounds` iterations. Use the first eight bytes of the result instead.
3. Let `a` and `b` be the two halves of the eight bytes (big-endian), and set the last bit of `b`.
4. The identifier is in a filter if the bits `(a + i * b) mod bits` are set for all i below
   `hashes`. Bit n of a filter is bit `n mod 8` (the lowest first) of byte `n div 8`.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from procedure.circulation.list_advice import Reason
from procedure.local_time import local_day
from procedure.offline_lists.list_builder import BuiltList, Fingerprints
from procedure.offline_lists.list_layout import (
    NEVER,
    REASONS,
    ListKind,
    entry,
    reason_and_number,
)

# The share of identifiers without a warning that the filters wrongly flag: one in 20,000.
FALSE_DOUBTS = 5e-5
# The share of unknown barcodes that are mistaken for known barcodes: one in 100.
FALSE_KNOWN = 0.01
LARGEST_KNOWN = 4 * 1024 * 1024  # bytes
ROUNDS = 1000  # of the key derivation for cards
SOON = 15  # days; an account that expires this soon is an exception (see `browser_list`)
_AT_ONCE = 1 << 18  # hashes processed at a time, to save memory
_FEWEST = 1 << 16  # bits; in a smaller filter, too many identifiers would share all their bits


@dataclass(frozen=True, slots=True)
class BloomFilter:
    """A filter of `bits` bits for one `reason`, beginning `offset` bytes after the header.

    In filters for short loans, `days` is the length of the loans. In filters for expired accounts,
    `since` is the first local day on which the accounts count as expired, or None if they had
    already expired when the list was exported. Other filters have neither.
    """

    reason: Reason
    bits: int
    hashes: int
    offset: int
    days: int | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class BrowserHeader:
    """The header before the filters; the first filter that contains an identifier applies to it.

    An identifier that is not in any filter is unknown if there is a filter for `Reason.KNOWN`;
    otherwise, the list says nothing about it. `rounds` is 0 if there is no key derivation.
    """

    kind: ListKind
    as_of: datetime
    key: bytes
    rounds: int
    filters: tuple[BloomFilter, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """The entries from `first` to `last` (inclusive), whose identifiers go into one filter."""

    reason: Reason
    first: int
    last: int
    days: int | None = None
    since: date | None = None


def browser_list(built: BuiltList, as_of: datetime, key: bytes, *, is_complete: bool) -> bytes:
    """Return the file for browsers; `key` is the key of `BuiltList.for_browsers`.

    The file contains only the exceptions: the identifiers about which the list warns, or will warn
    within `SOON` days. For a complete list of items, the file also contains all known barcodes, if
    the size of the filter for them is at most `LARGEST_KNOWN`.
    """
    rounds = ROUNDS if built.kind is ListKind.ACCOUNTS else 0
    groups = list(_exceptions(built, local_day(as_of).toordinal()))
    filters: list[tuple[BloomFilter, bytes]] = []
    offset = 0
    for group in groups:
        hashed = _stretched(built.for_browsers[_is_in(built, group)], key, rounds)
        if len(hashed):
            filters.append(_filter(group, hashed, FALSE_DOUBTS / len(groups), offset))
            offset += len(filters[-1][1])
    if built.kind is ListKind.ITEMS and is_complete:
        known = _Group(Reason.KNOWN, 0, entry(REASONS[-1], NEVER))
        filters.append(_filter(known, built.for_browsers, FALSE_KNOWN, offset))
        if len(filters[-1][1]) > LARGEST_KNOWN:
            filters.pop()
    header = BrowserHeader(
        built.kind, as_of, key, rounds, tuple(list_filter for list_filter, _ in filters)
    )
    encoded = msgspec.json.encode(header)
    return b"".join((len(encoded).to_bytes(4, "big"), encoded, *(bits for _, bits in filters)))


def _exceptions(built: BuiltList, today: int) -> Iterator[_Group]:
    """Yield the exceptions in a list, the most serious first."""
    for reason in (Reason.CARD_BLOCKED, Reason.ITEM_NOT_FOR_LOAN, Reason.ITEM_REQUESTED):
        yield _Group(reason, entry(reason), entry(reason, NEVER))
    if built.kind is ListKind.ACCOUNTS:
        yield _Group(Reason.CARD_EXPIRED, 0, today - 1)
        for day in range(today, today + SOON):
            yield _Group(Reason.CARD_EXPIRED, day, day, since=date.fromordinal(day + 1))
        return
    short = _Group(
        Reason.ITEM_SHORT_LOAN, entry(Reason.ITEM_SHORT_LOAN), entry(Reason.ITEM_SHORT_LOAN, NEVER)
    )
    for packed in np.unique(built.entries[_is_in(built, short)]).tolist():
        reason, days = reason_and_number(packed)
        yield _Group(reason, packed, packed, days)


def _is_in(built: BuiltList, group: _Group) -> NDArray[np.bool_]:
    return (group.first <= built.entries) & (built.entries <= group.last)


def _stretched(hashed: Fingerprints, key: bytes, rounds: int) -> Fingerprints:
    if not rounds:
        return hashed
    slow = (
        hashlib.pbkdf2_hmac("sha256", fingerprint.to_bytes(8, "big"), key, rounds, 8)
        for fingerprint in hashed.tolist()
    )
    return np.frombuffer(b"".join(slow), ">u8").astype(np.uint64)


def _filter(
    group: _Group, hashed: Fingerprints, false: float, offset: int
) -> tuple[BloomFilter, bytes]:
    """Return a filter for these hashes and its bits; `false` is the rate of false positives."""
    least = len(hashed) * -math.log(false) / math.log(2) ** 2
    bits = -(-max(math.ceil(least), _FEWEST) // 8) * 8
    hashes = max(1, round(-math.log2(false)))
    is_set = np.zeros(bits, np.bool_)
    for start in range(0, len(hashed), _AT_ONCE):
        part = hashed[start : start + _AT_ONCE]
        first, second = part >> np.uint64(32), part & np.uint64(0xFFFFFFFF) | np.uint64(1)
        for number in range(hashes):
            is_set[(first + np.uint64(number) * second) % np.uint64(bits)] = True
    packed = np.packbits(is_set, bitorder="little").tobytes()
    return BloomFilter(group.reason, bits, hashes, offset, group.days, group.since), packed
