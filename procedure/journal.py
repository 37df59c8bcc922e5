"""The journal: append-only, the only memory; each screen is a fold over it.

Every entry has an id made where it happened, so that sending it twice changes nothing. A new kind
is one dataclass with its stored name, an `Act` if somebody did it at a workstation, and one row in
`procedure.io.database.entry_kinds`.
"""

from collections.abc import Awaitable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID


class Entry(Protocol):
    """What every kind of entry has: a name under which it is stored, an id, and its instant."""

    KIND: ClassVar[str]

    @property
    def id(self) -> UUID:
        """Where the entry was made, this id was made: sending it twice changes nothing."""
        ...

    @property
    def at(self) -> datetime:
        """When it happened (aware)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An entry of what somebody did; `at` is aware UTC.

    `operator` is the name that a sign-in checked or that the person gave, None without any.
    """

    id: UUID
    at: datetime
    workstation: str = ""
    operator: str | None = None


# The kinds that would make a decision stale, and the position up to which they were read.
Newest = tuple[tuple[str, ...], int]
MOVED = "something newer was recorded meanwhile: read again"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as the journal keeps it: its place in the order, and when it was committed (UTC)."""

    position: int
    recorded_at: datetime
    entry: Entry


class Journal(Protocol):
    """What every journal does, whether in memory, in SQLite or in PostgreSQL."""

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        """Commit the entries in one transaction and return them as kept.

        An entry whose id is known already is not written again: what was kept first comes back.
        `unless_newer=(kinds, position)` refuses the whole with `JournalMoved` when an entry of
        one of those kinds stands after that position: so one loan never goes into two files.

        Raises:
            JournalMoved: see above.
            JournalUnwritable: nothing was committed.
        """
        ...

    def submit(
        self, *entries: Entry, unless_newer: Newest | None = None
    ) -> Future[tuple[Recorded, ...]]:
        """Do as `append`, without waiting: a page awaits `asyncio.wrap_future` of the result.

        What was submitted is committed even when nobody waits for it any more.
        """
        ...

    def record(self, *entries: Entry) -> Awaitable[tuple[Recorded, ...]]:
        """Do as `append`, for a coroutine of the running loop to await.

        Cheaper than `submit` where many wait at once: their loop is woken once a transaction.
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
        """Return what was committed after `position`, in order.

        With `kinds`, only those; with `at_least`, only entries whose own `at` is not before it;
        with `until`, none after that position.
        """
        ...

    def position(self) -> int:
        """Return the place of the newest entry, 0 in an empty journal."""
        ...
