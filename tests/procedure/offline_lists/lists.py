"""Lists for tests, and a reader that looks up codes as a browser does."""

import hashlib
from datetime import UTC, date, datetime

import msgspec

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.offline_lists.browser_list import BrowserHeader, browser_list
from procedure.offline_lists.list_builder import BuiltList, ListBuilder
from procedure.offline_lists.list_layout import Header, ListKind, digest
from procedure.offline_lists.list_lookup import OfflineList

KEY, BROWSER_KEY = b"k" * 32, b"b" * 32
AS_OF = datetime(2026, 11, 28, 1, 10, tzinfo=UTC)
TODAY = date(2026, 11, 29)
Rows = list[tuple[list[str], int]]


def built(kind: ListKind, rows: Rows) -> BuiltList:
    builder = ListBuilder(kind, KEY, BROWSER_KEY)
    for identifiers, packed in rows:
        builder.add(identifiers, packed)
    return builder.build()


def content(kind: ListKind, rows: Rows, *, is_complete: bool = True) -> bytes:
    made = built(kind, rows)
    return b"".join(made.pieces(Header(kind, AS_OF, len(made.entries), is_complete)))


def accounts(*rows: tuple[list[str], int], is_complete: bool = True) -> OfflineList:
    return OfflineList(content(ListKind.ACCOUNTS, list(rows), is_complete=is_complete), KEY)


def items(**entries: int) -> OfflineList:
    rows = [([barcode], packed) for barcode, packed in entries.items()]
    return OfflineList(content(ListKind.ITEMS, rows), KEY)


class BrowserList:
    """Looks up identifiers in the browser version of a list, as a browser does."""

    def __init__(self, content: bytes) -> None:
        size = int.from_bytes(content[:4], "big")
        self.header = msgspec.json.decode(content[4 : 4 + size], type=BrowserHeader)
        self._filters = content[4 + size :]

    def look_up(self, identifier: str, on: date) -> ListAdvice | None:
        header = self.header
        hashed = digest(header.key, identifier)[:8]
        if header.rounds:
            hashed = hashlib.pbkdf2_hmac("sha256", hashed, header.key, header.rounds, 8)
        a, b = int.from_bytes(hashed[:4], "big"), int.from_bytes(hashed[4:], "big") | 1
        for bloom in header.filters:
            bits = self._filters[bloom.offset : bloom.offset + bloom.bits // 8]
            places = [(a + i * b) % bloom.bits for i in range(bloom.hashes)]
            is_in = all(bits[n // 8] >> n % 8 & 1 for n in places)
            if is_in and (bloom.since is None or on >= bloom.since):
                return ListAdvice(bloom.reason, header.as_of, bloom.days)
        if any(bloom.reason is Reason.KNOWN for bloom in header.filters):
            return ListAdvice(Reason.ITEM_UNKNOWN, header.as_of)
        return None


def for_browsers(kind: ListKind, rows: Rows, *, is_complete: bool = True) -> BrowserList:
    made = built(kind, rows)
    return BrowserList(browser_list(made, AS_OF, BROWSER_KEY, is_complete=is_complete))
