"""A queue that handles desks' messages before pages that are being opened."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

PAUSE = 0.005  # seconds between two pages, in which messages that arrived meanwhile are answered
LONGEST = 1.0  # seconds that a page waits at most, if desks keep sending


class PageQueue:
    """Creates and updates pages one at a time, and none while a desk waits for an answer."""

    def __init__(self) -> None:
        self._sending = 0
        self._made = asyncio.Lock()

    @property
    def is_free(self) -> bool:
        """Whether no desk is waiting for an answer."""
        return not self._sending

    @contextmanager
    def desk(self) -> Generator[None]:
        """Hold pages back while a desk's message is answered."""
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
        """Wait until the messages that have arrived are answered, those from desks first."""
        for _ in range(round(LONGEST / PAUSE)):
            await asyncio.sleep(PAUSE)
            if self.is_free:
                break


PAGE_QUEUE = PageQueue()
