"""What waits for the writer: one caller's work, and the way the caller is told its fate."""

from __future__ import annotations

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

# Does several callers' items at one go: one value for each, in their order.
Together = Callable[[DatabaseConnection, Sequence[Any]], Sequence[Any]]


class BlockingResult:
    """Keeps one thread waiting until its job has been done.

    It does of a `Future` what a thread needs that waits at once, in half the time: of 64 threads
    at once that is felt.
    """

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open = Lock()
        self._open.acquire()

    def answer(self) -> None:
        """Let the thread go on."""
        self._open.release()

    def wait(self) -> None:
        """Wait until `answer` was called, once."""
        self._open.acquire()


@dataclass(eq=False, slots=True)
class WriteJob:
    """The item of one caller, and the future that gets its result.

    With a `BlockingResult` the caller waits in its own thread.

    Neighbours with the same `together` are done at one go; without it, `item` is itself the work.
    """

    item: Any
    future: Future[Any] | asyncio.Future[Any] | BlockingResult
    together: Together | None = None
    value: Any = None
    fault: Exception | None = None

    def tell(self) -> None:
        """Set the future, unless whoever waited has gone (a page was closed)."""
        if isinstance(self.future, BlockingResult):
            self.future.answer()
        elif self.future.done():
            return
        elif self.fault is not None:
            self.future.set_exception(self.fault)
        else:
            self.future.set_result(self.value)


Run = Sequence[WriteJob]


def runs(jobs: Iterable[WriteJob]) -> list[Run]:
    """Part the jobs, in their order, into runs that are done at one go."""
    return [list(run) for _, run in groupby(jobs, key=lambda job: job.together or job)]


def attempt(run: Run, connection: DatabaseConnection) -> None:
    """Do a run; `JournalMoved` of work done alone is an answer, since it has written nothing."""
    first = run[0]
    if first.together is None:
        _attempt_alone(first, connection)
        return
    values = first.together(connection, [job.item for job in run])
    for job, value in zip(run, values, strict=True):
        job.value = value


def _attempt_alone(job: WriteJob, connection: DatabaseConnection) -> None:
    job.fault = None  # of an attempt that was rolled back with the others of its batch
    try:
        job.value = job.item(connection)
    except JournalMoved as moved:
        job.fault = moved


def tell(jobs: Iterable[WriteJob]) -> None:
    """Tell every caller; a loop is woken once for all that it waits for."""
    waiting: dict[asyncio.AbstractEventLoop, list[WriteJob]] = {}
    for job in jobs:
        if isinstance(job.future, asyncio.Future):
            waiting.setdefault(job.future.get_loop(), []).append(job)
        else:
            job.tell()
    for loop, own in waiting.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_tell_all, own)


def _tell_all(jobs: Iterable[WriteJob]) -> None:
    for job in jobs:
        job.tell()
