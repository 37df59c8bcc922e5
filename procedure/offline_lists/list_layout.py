"""The layout of a list's file: a header, the sorted fingerprints, and their entries.

A fingerprint takes eight bytes. An entry takes four: a reason (one byte) and a number (three
bytes). For an account, the number is the day on which it expires (`date.toordinal`); for a short
loan, it is the length in days.
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
    """Trim an identifier and convert it to upper case, so that it can be compared."""
    return identifier.strip().upper()


def digest(key: bytes, identifier: str) -> bytes:
    """Return the HMAC-SHA-256 of an identifier (32 bytes)."""
    return hmac.digest(key, normalized(identifier).encode("utf-8", "replace"), "sha256")


def fingerprint(key: bytes, identifier: str) -> int:
    """Return the first eight bytes of the digest, as a number."""
    return int.from_bytes(digest(key, identifier)[:FINGERPRINT_SIZE])


class ListKind(StrEnum):
    """The contents of a list."""

    ACCOUNTS = "accounts"
    ITEMS = "items"


# If there are several entries about an account or item, the highest one applies. Never change the
# order, because entries contain the indices.
REASONS = (
    Reason.KNOWN,
    Reason.ITEM_SHORT_LOAN,
    Reason.ITEM_REQUESTED,
    Reason.ITEM_NOT_FOR_LOAN,
    Reason.CARD_BLOCKED,
)
_CODES = {reason: code for code, reason in enumerate(REASONS)}
_BITS = 24
NEVER = (1 << _BITS) - 1  # for accounts that never expire


def entry(reason: Reason, number: int = 0) -> int:
    """Return an entry as a 32-bit number.

    Raises:
        ValueError: the number needs more than 24 bits.
    """
    if not 0 <= number <= NEVER:
        raise ValueError(f"{number} is not between 0 and {NEVER}")
    return _CODES[reason] << _BITS | number


def account_entry(expires: date | None, *, is_blocked: bool = False) -> int:
    """Return the entry for an account; `expires` is None if it never expires."""
    number = NEVER if expires is None else expires.toordinal()
    return entry(Reason.CARD_BLOCKED if is_blocked else Reason.KNOWN, number)


def reason_and_number(packed: int) -> tuple[Reason, int]:
    """Return the two parts of an entry."""
    return REASONS[packed >> _BITS], packed & NEVER


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a list's file; `count` is the number of fingerprints.

    `is_complete` says whether an identifier that is not on the list is unknown to the library; it
    is false for a list that contains only blocked accounts.
    """

    kind: ListKind
    as_of: datetime
    count: int
    is_complete: bool = True

    def pack(self) -> bytes:
        seconds = int(self.as_of.timestamp())
        return _HEADER.pack(_MAGIC, self.kind.value.encode(), seconds, self.count, self.is_complete)

    @classmethod
    def unpack(cls, content: bytes | memoryview, size: int) -> "Header":
        """Parse the header of a file of `size` bytes.

        Raises:
            OfflineListError: the file is not a list, or is incomplete.
        """
        if len(content) < HEADER_SIZE:
            raise OfflineListError(_NO_LIST)
        magic, kind, seconds, count, is_complete = _HEADER.unpack_from(content)
        if magic != _MAGIC or size != HEADER_SIZE + count * ENTRY_SIZE:
            raise OfflineListError(_NO_LIST)
        as_of = datetime.fromtimestamp(seconds, UTC)
        return cls(ListKind(kind.rstrip(b"\0").decode()), as_of, count, is_complete)


_NO_LIST = "is not a list, or is only part of one"
# Files are in native byte order; on a machine with another byte order, `_MAGIC` does not match.
_MAGIC = 0x52454C4149533031
_HEADER = struct.Struct("=Q8sqQ?7x")
HEADER_SIZE = _HEADER.size
ENTRY_SIZE = 8 + 4
