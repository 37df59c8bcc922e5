"""An event loop whose clock jumps to the next timer, so that an hour passes in no time."""

from __future__ import annotations

import asyncio
import selectors
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


class _Impatient(selectors.DefaultSelector):
    """Moves the loop's clock instead of waiting for timers, but waits for threads."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        if self.loop.in_threads or timeout is None:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.loop.passed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.passed = 0.0
        self.in_threads = 0
        selector = _Impatient()
        selector.loop = self
        super().__init__(selector)
        self.threads = ThreadPoolExecutor(4)
        self.set_default_executor(self.threads)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Wait for the threads in real time, because asyncio's own limit would expire at once."""
        self.threads.shutdown(wait=True)

    def time(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        self.in_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._came_back)
        return future

    def _came_back(self, future: Any) -> None:
        self.in_threads -= 1


def now() -> datetime:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop.now()
