"""Runs many small requests to Alma, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from procedure.errors import AlmaUnavailable

Request = Callable[[], Awaitable[None]]
Progress = Callable[[int, int], None]  # called with the number of requests done and the total
# Enough for eight requests a second if each takes half a second.
WORKERS = 4
# One unanswered request concerns one row; several in succession mean that Alma is down again.
MOST_UNANSWERED = 5


async def run_batch(
    requests: Sequence[Request], *, on_progress: Progress, workers: int = WORKERS
) -> int:
    """Run all requests; return how many got no answer.

    A batch can be interrupted at any time, because each request records its own result.

    Raises:
        AlmaUnavailable: `MOST_UNANSWERED` requests in succession got no answer.
        AlmaError: a request failed for any other reason, which ends the batch at once.
    """
    queue = iter(requests)
    done, unanswered, in_a_row = 0, 0, 0

    async def work() -> None:
        nonlocal done, unanswered, in_a_row
        for request in queue:
            try:
                await request()
                in_a_row = 0
            except AlmaUnavailable:
                unanswered, in_a_row = unanswered + 1, in_a_row + 1
                if in_a_row >= MOST_UNANSWERED:
                    raise
            done += 1
            on_progress(done, len(requests))

    tasks = [asyncio.create_task(work()) for _ in range(workers)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return unanswered
