"""Many small questions to Alma, a few at a time, each kept as it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from procedure.errors import AlmaUnavailable

Errand = Callable[[], Awaitable[None]]
# Enough for eight requests a second at half a second each.
WORKERS = 4
# One odd answer concerns one row; several in a row mean that Alma is out again.
PATIENCE = 5


async def run_errands(
    errands: Sequence[Errand], *, tell: Callable[[int, int], None], workers: int = WORKERS
) -> int:
    """Run them all, telling how many of how many are done; return how many had no answer.

    Stopping in between loses nothing: each errand keeps what it learnt before it ends.

    Raises:
        AlmaSilent: several in a row had no answer.
        AlmaError: any other one, at once.
    """
    waiting = iter(errands)
    done, silent, in_a_row = 0, 0, 0

    async def work() -> None:
        nonlocal done, silent, in_a_row
        for errand in waiting:
            try:
                await errand()
                in_a_row = 0
            except AlmaUnavailable:
                silent, in_a_row = silent + 1, in_a_row + 1
                if in_a_row >= PATIENCE:
                    raise
            done += 1
            tell(done, len(errands))

    tasks = [asyncio.create_task(work()) for _ in range(workers)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return silent
