"""The append-only journal, from which all state is computed.

To add a kind of entry, write a dataclass (a subclass of `Act` for actions by people), and add it to
`procedure.io.database.entry_kinds`.
"""

from collections.abc import Awaitable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID


class Entry(Protocol):
    """The fields that all kinds of entry have; `KIND` is the stored name of the kind."""

    KIND: ClassVar[str]

    @property
    def id(self) -> UUID:
        """The id, made where the event happened: an entry sent twice is recorded only once."""
        ...

    @property
    def at(self) -> datetime:
        """The time of the event (aware)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An entry that records an action by a person; `at` is aware UTC.

    `operator` is the person's name, from the sign-in or as typed. It is None if the name is
    unknown.
    """

    id: UUID
    at: datetime
    workstation: str = ""
    operator: str | None = None


# The kinds of entry that could make a decision stale, and the position up to which the journal had
# been read when the decision was made.
Newest = tuple[tuple[str, ...], int]
MOVED = "something newer has been recorded in the meantime: read again"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded entry, with its position and the time at which it was committed (UTC)."""

    position: int
    recorded_at: datetime
    entry: Entry


class Journal(Protocol):
    """The interface of a journal."""

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        """Commit the entries in one transaction, and return them as recorded.

        An entry whose id is already in the journal is not written again; its first record is
        returned. With `unless_newer=(kinds, position)`, nothing is committed if the journal has an
        entry of one of these kinds after that position. This prevents, for example, two processes
        from writing the same loan to two files for Alma.

        Raises:
            JournalMoved: the journal has an entry that `unless_newer` excludes.
            JournalUnwritable: nothing was committed.
        """
        ...

    def submit(
        self, *entries: Entry, unless_newer: Newest | None = None
    ) -> Future[tuple[Recorded, ...]]:
        """Append the entries without waiting; `asyncio.wrap_future` lets a page await the result.

        The entries are committed even if nobody is waiting for the result any more.
        """
        ...

    def record(self, *entries: Entry) -> Awaitable[tuple[Recorded, ...]]:
        """Append the entries from a coroutine on the running loop.

        This method is cheaper than `submit` if many coroutines are waiting, because the loop is
        woken only once per transaction.
        """
        ...

    def since(
        self,
        position: int = 0,
        *,
        kinds: Collection[str] | None = None,
        at_least: datetime | None = None,
        until: int | None = None,
    ) -> Sequence[Recorded]:
        """Return the entries committed after `position`, in order.

        Each of these arguments limits the result, unless it is None:

        - `kinds`: the kinds of entry to return.
        - `at_least`: the earliest `at` to return.
        - `until`: the last position to return.
        """
        ...

    def position(self) -> int:
        """Return the position of the newest entry, or 0 if the journal is empty."""
        ...
