"""The journal: append-only, the only memory; each screen is a fold over it.

Every entry has an id that is made where the event happened, so that sending it twice changes
nothing. A new kind is one dataclass with its stored name (an `Act` if a person did it at a
workstation), and one row in `procedure.io.database.entry_kinds`.
"""

from collections.abc import Awaitable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID


class Entry(Protocol):
    """The base of every kind of entry: the stored name of the kind, an id, and an instant."""

    KIND: ClassVar[str]

    @property
    def id(self) -> UUID:
        """Made together with the entry, so that sending it twice changes nothing."""
        ...

    @property
    def at(self) -> datetime:
        """The time at which it happened (aware)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An entry about a person's act; `at` is aware UTC.

    `operator` is the person's name, from the sign-in or as given, or None if there is none.
    """

    id: UUID
    at: datetime
    workstation: str = ""
    operator: str | None = None


# The kinds that would make a decision stale, and the position up to which they have been read.
Newest = tuple[tuple[str, ...], int]
MOVED = "something newer was recorded meanwhile: read again"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as recorded: its position, and when it was committed (UTC)."""

    position: int
    recorded_at: datetime
    entry: Entry


class Journal(Protocol):
    """The interface of a journal, in memory, SQLite or PostgreSQL."""

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        """Commit the entries in one transaction and return them as recorded.

        An entry whose id is already known is not written again: the first record is returned.
        `unless_newer=(kinds, position)` refuses all entries with `JournalMoved` when there is an
        entry of one of those kinds after that position, so that no loan goes into two files.

        Raises:
            JournalMoved: see above.
            JournalUnwritable: nothing was committed.
        """
        ...

    def submit(
        self, *entries: Entry, unless_newer: Newest | None = None
    ) -> Future[tuple[Recorded, ...]]:
        """Append without waiting: a page awaits `asyncio.wrap_future` of the result.

        Submitted entries are committed even if nobody is waiting for them any more.
        """
        ...

    def record(self, *entries: Entry) -> Awaitable[tuple[Recorded, ...]]:
        """Append from a coroutine of the running loop.

        This is cheaper than `submit` if many wait at once: their loop is woken once per
        transaction.
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

        With `kinds`, return only entries of those kinds; with `at_least`, only entries whose own
        `at` is not earlier; with `until`, no entries after that position.
        """
        ...

    def position(self) -> int:
        """Return the position of the newest entry, or 0 if the journal is empty."""
        ...
