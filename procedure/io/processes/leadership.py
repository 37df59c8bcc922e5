"""Which of the processes on one database watches: probes, reads status pages, sends alerts."""

import asyncio
from typing import Protocol


class Leadership(Protocol):
    """What this process does for all of them.

    `leads` is true for one process at most: it records what it sees, and sends what is sent once.
    `watches` is true for it too, and for a process that cannot ask the database who leads: its own
    pages would else know nothing. Both are to be asked anew whenever something is done.
    """

    @property
    def leads(self) -> bool:
        """Whether this process does what one process does for all."""
        ...

    @property
    def watches(self) -> bool:
        """Whether this process looks for itself, in place of reading what another one recorded."""
        ...

    def ensure_started(self) -> None:
        """Start on the running loop, unless it is already running."""
        ...

    async def turn(self) -> None:
        """Wait until this process watches."""
        ...

    async def announcement(self, longest: float) -> None:
        """Wait until another process has written something of `ANNOUNCED`, or so many seconds."""
        ...


class SoleProcess:
    """The leadership of the only process: the lock of SQLite's server keeps others out."""

    leads = watches = True

    def ensure_started(self) -> None:
        """Have nothing to start."""

    async def turn(self) -> None:
        """Have nothing to wait for."""

    async def announcement(self, longest: float) -> None:
        await asyncio.sleep(longest)
