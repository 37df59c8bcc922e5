"""How a list is laid out in its file: a header, the sorted fingerprints, their entries.

A fingerprint takes eight bytes, an entry four: what is known (one byte), and a number (three
bytes): the day on which an account expires, or the days of a short loan.
"""

import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from procedure.circulation.list_advice import Reason
from procedure.errors import OfflineListError

KEY_SIZE = 32  # bytes
FINGERPRINT_SIZE = 8  # bytes


def normalized(identifier: str) -> str:
    """Return the identifier as lists compare it: trimmed, in capital letters.

    So a scan is found whichever way the source, the scanner or the handbook writes its letters.
    """
    return identifier.strip().upper()


def digest(key: bytes, identifier: str) -> bytes:
    """Return the HMAC-SHA-256 of an identifier: 32 bytes."""
    return hmac.digest(key, normalized(identifier).encode("utf-8", "replace"), "sha256")


def fingerprint(key: bytes, identifier: str) -> int:
    """Return the first eight bytes of the digest, as a number."""
    return int.from_bytes(digest(key, identifier)[:FINGERPRINT_SIZE])


class ListKind(StrEnum):
    """What a list is of."""

    ACCOUNTS = "accounts"
    ITEMS = "items"


# Where two entries are about one account or item, the higher one counts. Stored: never reordered.
REASONS = (
    Reason.KNOWN,
    Reason.ITEM_SHORT_LOAN,
    Reason.ITEM_REQUESTED,
    Reason.ITEM_NOT_FOR_LOAN,
    Reason.CARD_BLOCKED,
)
_CODES = {reason: code for code, reason in enumerate(REASONS)}
_BITS = 24
NEVER = (1 << _BITS) - 1  # the day of expiry of an account that does not expire


def entry(reason: Reason, number: int = 0) -> int:
    """Return what the list holds about an identifier, as a number of 32 bits.

    Raises:
        ValueError: the number needs more than 24 bits.
    """
    if not 0 <= number <= NEVER:
        raise ValueError(f"{number} is not from 0 to {NEVER}")
    return _CODES[reason] << _BITS | number


def account_entry(expires: date | None, *, is_blocked: bool = False) -> int:
    """Return the entry of an account and its day of expiry, None for never."""
    number = NEVER if expires is None else expires.toordinal()
    return entry(Reason.CARD_BLOCKED if is_blocked else Reason.KNOWN, number)


def reason_and_number(packed: int) -> tuple[Reason, int]:
    """Return the two parts of an entry."""
    return REASONS[packed >> _BITS], packed & NEVER


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its list; `count` is of fingerprints.

    `is_complete` is whether an identifier that is not on the list is unknown to the library: false
    for a list of blocked accounts alone.
    """

    kind: ListKind
    as_of: datetime
    count: int
    is_complete: bool = True

    def pack(self) -> bytes:
        """Return the bytes at the beginning of the file."""
        seconds = int(self.as_of.timestamp())
        return _HEADER.pack(_MAGIC, self.kind.value.encode(), seconds, self.count, self.is_complete)

    @classmethod
    def unpack(cls, content: bytes | memoryview, size: int) -> "Header":
        """Return the header at the beginning of a file of `size` bytes.

        Raises:
            OfflineListError: it is no list, or a part of one.
        """
        if len(content) < HEADER_SIZE:
            raise OfflineListError(_NO_LIST)
        magic, kind, seconds, count, is_complete = _HEADER.unpack_from(content)
        if magic != _MAGIC or size != HEADER_SIZE + count * ENTRY_SIZE:
            raise OfflineListError(_NO_LIST)
        as_of = datetime.fromtimestamp(seconds, UTC)
        return cls(ListKind(kind.rstrip(b"\0").decode()), as_of, count, is_complete)


_NO_LIST = "not a list, or a part of one"
# In the byte order of this machine: a file from one of another order has another beginning.
_MAGIC = 0x52454C4149533031
_HEADER = struct.Struct("=Q8sqQ?7x")
HEADER_SIZE = _HEADER.size
ENTRY_SIZE = 8 + 4
