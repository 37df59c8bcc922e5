"""Jobs queued for the writer: one caller's work, and how its result reaches the caller."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from threading import Lock
from typing import Any

from procedure.errors import JournalMoved
from procedure.io.database.backend import DatabaseConnection

# Writes the items of several callers together: returns one value for each, in their order.
BatchWork = Callable[[DatabaseConnection, Sequence[Any]], Sequence[Any]]


class BlockingResult:
    """Blocks one thread until its job is done.

    It does what a thread needs of a `Future` that waits at once, in half the time: with 64 threads
    this is noticeable.
    """

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open = Lock()
        self._open.acquire()

    def set_done(self) -> None:
        self._open.release()

    def wait(self) -> None:
        """Wait until `set_done` was called, once."""
        self._open.acquire()


@dataclass(eq=False, slots=True)
class WriteJob:
    """The item of one caller, and the future that gets its result.

    With a `BlockingResult` the caller waits in its own thread. Adjacent jobs with the same
    `batch_work` are done together; without it, `item` is itself the work.
    """

    item: Any
    future: Future[Any] | asyncio.Future[Any] | BlockingResult
    batch_work: BatchWork | None = None
    value: Any = None
    fault: Exception | None = None

    def set_result(self) -> None:
        """Set the future, unless its caller has cancelled it (a page was closed)."""
        if isinstance(self.future, BlockingResult):
            self.future.set_done()
        elif self.future.done():
            return
        elif self.fault is not None:
            self.future.set_exception(self.fault)
        else:
            self.future.set_result(self.value)


Run = Sequence[WriteJob]


def group_runs(jobs: Iterable[WriteJob]) -> list[Run]:
    """Group the jobs, in their order, into runs that are done together."""
    return [list(run) for _, run in groupby(jobs, key=lambda job: job.batch_work or job)]


def execute(run: Run, connection: DatabaseConnection) -> None:
    """Do a run and set the jobs' values; `JournalMoved` of single work is set as its fault.

    Raises:
        Exception: whatever the work raises; `JournalMoved` has written nothing.
    """
    first = run[0]
    if first.batch_work is None:
        first.fault = None  # from an execution that was rolled back with its batch
        try:
            first.value = first.item(connection)
        except JournalMoved as moved:
            first.fault = moved
        return
    values = first.batch_work(connection, [job.item for job in run])
    for job, value in zip(run, values, strict=True):
        job.value = value


def set_results(jobs: Iterable[WriteJob]) -> None:
    """Set every job's result; an event loop is woken once for all its jobs."""
    by_loop: dict[asyncio.AbstractEventLoop, list[WriteJob]] = {}
    for job in jobs:
        if isinstance(job.future, asyncio.Future):
            by_loop.setdefault(job.future.get_loop(), []).append(job)
        else:
            job.set_result()
    for loop, own in by_loop.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_set_each, own)


def _set_each(jobs: Iterable[WriteJob]) -> None:
    for job in jobs:
        job.set_result()
