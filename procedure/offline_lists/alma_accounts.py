"""Reads accounts exported from Alma as XML: all users, or only users with blocks.

The export of users contains the elements of the users API (version 2). The layout of the export of
user blocks is a guess: an account is any element with a `userId` child, and it is blocked if it
contains a non-empty element with "block" in its name.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO

from procedure.errors import OfflineListError
from procedure.offline_lists.list_layout import ListKind, account_entry
from procedure.offline_lists.listed import INACTIVE, Column, Listed, day_of, is_active
from procedure.offline_lists.xml_stream import parse_in_pieces

_OWN_NUMBERS = ("primaryid", "userid")
_MOST_IDENTIFIERS = 500  # per account
_USUAL_DEPTH = 2  # assumed depth of an account's element, until the first account


class AlmaAccounts:
    """The accounts in an export; an export of users with blocks is not complete.

    Accounts that are not active count as blocked. Identifiers that are not active are ignored, and
    so are inactive blocks and blocks that ended before `today`.

    Raises:
        OfflineListError: the file is not an export of users or of user blocks, or is incomplete.
    """

    kind = ListKind.ACCOUNTS
    columns: Sequence[Column] = ()

    def __init__(self, stream: IO[bytes], today: date) -> None:
        self._stream = stream
        self._accounts = _AccountElements(today)

    @property
    def is_complete(self) -> bool:
        return self._accounts.number_element == "primaryid"

    def __iter__(self) -> Iterator[Listed]:
        found = self._accounts.found
        for _ in parse_in_pieces(self._stream, self._accounts):
            yield from found
            found.clear()
        if not self._accounts.number_element:
            raise OfflineListError("has no accounts: no element has a primary_id or a userId")


class _AccountElements:
    """Collects the parts of each account; `found` holds the accounts that are complete."""

    def __init__(self, today: date) -> None:
        self.found: list[Listed] = []
        self.number_element = ""
        self._today = today
        self._path: list[str] = []
        self._depth = 0  # depth of an account's element, or 0 before the first account
        self._forget()

    def _forget(self) -> None:
        self._identifiers: list[str] = []
        self._expires: date | None = None
        self._blocked = False
        self._value = self._status = ""  # of the current identifier
        self._in_block = self._block_ended = False

    def start(self, name: str) -> None:
        self._path.append(name)

    def end(self, name: str, text: str) -> None:
        self._path.pop()
        depth = len(self._path)
        if not self._depth and name in _OWN_NUMBERS and text:
            self._depth, self.number_element = depth, name
        if depth < self._depth:
            if depth == self._depth - 1:
                self._add_account()
            return
        inner = self._path[self._depth or _USUAL_DEPTH :]
        if "block" in name or any("block" in element for element in inner):
            self._take_of_block(name, text, inner)
        elif name == "useridentifier":
            self._add_identifier()
        elif inner and inner[-1] == "useridentifier":
            self._take_of_identifier(name, text)
        elif depth == self._depth:
            self._take_of_account(name, text)

    def _take_of_account(self, name: str, text: str) -> None:
        if name == self.number_element:
            self._identifiers.append(text)
        elif name == "expirydate":
            self._expires = _day(text)
        elif name == "status":
            self._blocked |= not is_active(text)

    def _take_of_identifier(self, name: str, text: str) -> None:
        if name == "value":
            self._value = text
        elif name == "status":
            self._status = text

    def _add_identifier(self) -> None:
        if is_active(self._status):
            self._identifiers.append(self._value)
        if len(self._identifiers) > _MOST_IDENTIFIERS:
            raise OfflineListError(f"an account has more than {_MOST_IDENTIFIERS} identifiers")
        self._value = self._status = ""

    def _take_of_block(self, name: str, text: str, inner: list[str]) -> None:
        self._in_block |= bool(text)
        if name in ("blockstatus", "status"):
            self._block_ended |= text.casefold() in INACTIVE
        elif name == "expirydate":
            ends = _day(text)
            self._block_ended |= ends is not None and ends < self._today
        if name.endswith("block") or not any("block" in element for element in inner):
            self._blocked |= self._in_block and not self._block_ended
            self._in_block = self._block_ended = False

    def _add_account(self) -> None:
        entry = account_entry(self._expires, is_blocked=self._blocked)
        self.found.append((self._identifiers, entry))
        self._forget()


def _day(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError as fault:
        raise OfflineListError(f"an account {fault}") from None
