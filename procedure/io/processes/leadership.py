"""Decides which process on a database probes, reads status pages and sends alerts."""

import asyncio
from typing import Protocol


class Leadership(Protocol):
    """The role of this process among all processes on the database.

    `leads` is true for at most one process, which records its readings and sends everything that is
    sent once. `watches` is also true for a process that cannot ask the database who leads, so that
    its own pages still know something. Check both again before each act.
    """

    @property
    def leads(self) -> bool:
        """Whether this process acts for all processes."""
        ...

    @property
    def watches(self) -> bool:
        """Whether this process probes itself instead of reading another's records."""
        ...

    def ensure_started(self) -> None:
        """Start on the running loop, unless it is already running."""
        ...

    async def until_watching(self) -> None:
        """Wait until this process watches."""
        ...

    async def announcement(self, longest: float) -> None:
        """Wait until another process writes an entry of `ANNOUNCED`, at most this many seconds."""
        ...


class SoleProcess:
    """The leadership of a sole process: SQLite's server lock keeps others out."""

    leads = watches = True

    def ensure_started(self) -> None:
        """Do nothing: there is nothing to start."""

    async def until_watching(self) -> None:
        """Do nothing: there is nothing to wait for."""

    async def announcement(self, longest: float) -> None:
        await asyncio.sleep(longest)
