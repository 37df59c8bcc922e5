"""A queue in which desks' messages take precedence over pages that are being opened."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

PAUSE = 0.005  # seconds to pause between pages, so that messages that have arrived can be answered
LONGEST = 1.0  # maximum time in seconds that a page waits while desks keep sending


class PageQueue:
    """Lets pages be created and updated one at a time, while no desk is waiting for an answer."""

    def __init__(self) -> None:
        self._sending = 0
        self._made = asyncio.Lock()

    @property
    def is_free(self) -> bool:
        """Whether no desk is waiting for an answer."""
        return not self._sending

    @contextmanager
    def desk(self) -> Generator[None]:
        """Hold pages back while a desk's message is being answered."""
        self._sending += 1
        try:
            yield
        finally:
            self._sending -= 1

    @asynccontextmanager
    async def next(self) -> AsyncGenerator[None]:
        async with self._made:
            await self.wait_for_desks()
            yield

    async def wait_for_desks(self) -> None:
        """Wait until no desk is waiting for an answer, but no longer than about `LONGEST`."""
        for _ in range(round(LONGEST / PAUSE)):
            await asyncio.sleep(PAUSE)
            if self.is_free:
                break


PAGE_QUEUE = PageQueue()
