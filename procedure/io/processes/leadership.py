"""The role of a process among the processes on a database: whether it leads or watches."""

import asyncio
from typing import Protocol


class Leadership(Protocol):
    """The role of this process among all processes that share the database.

    At most one process leads: it watches, records its readings, and sends everything that must be
    sent only once. A process that cannot ask the database which process leads does not lead, but
    it watches, so that its pages have something to show. Check `leads` or `watches` again before
    each action, because they may change at any time.
    """

    @property
    def leads(self) -> bool:
        """Whether this process acts for all processes."""
        ...

    @property
    def watches(self) -> bool:
        """Whether this process probes by itself, instead of reading the leader's outcomes."""
        ...

    def ensure_started(self) -> None:
        """Start on the running loop unless already started."""
        ...

    async def until_watching(self) -> None: ...

    async def announcement(self, longest: float) -> None:
        """Wait until a process announces an entry (see `ANNOUNCED`), or for `longest` seconds."""
        ...


class SoleProcess:
    """The leadership of a sole process: with SQLite, the server lock keeps others out."""

    leads = watches = True

    def ensure_started(self) -> None:
        """Do nothing."""

    async def until_watching(self) -> None:
        """Do nothing."""

    async def announcement(self, longest: float) -> None:
        await asyncio.sleep(longest)
