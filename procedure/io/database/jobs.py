"""Jobs queued for the writer: a caller's work and the future for its result."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from procedure.errors import JournalMoved
from procedure.io.database.backend import DatabaseConnection

# Writes the items of several callers together; returns one value per item, in order.
BatchWork = Callable[[DatabaseConnection, Sequence[Any]], Sequence[object]]


@dataclass(eq=False, slots=True)
class WriteJob:
    """A caller's item, and the future for its result.

    Adjacent jobs with the same `batch_work` run together. If `batch_work` is None, `item` is the
    work itself.
    """

    item: Any
    future: Future[Any] | asyncio.Future[Any]
    batch_work: BatchWork | None = None


Run = Sequence[WriteJob]
# A job with its value or its error.
Outcome = tuple[WriteJob, object]


def group_runs(jobs: Iterable[WriteJob]) -> list[Run]:
    """Group jobs, in order, into runs that are executed together."""
    return [list(run) for _, run in groupby(jobs, key=lambda job: job.batch_work or job)]


def execute(run: Run, connection: DatabaseConnection) -> Sequence[Any]:
    """Execute a run, and return the value of each job.

    If a job that runs alone raises `JournalMoved`, the error is returned as the job's value.

    Raises:
        Exception: any other error that the work raises.
    """
    first = run[0]
    if first.batch_work is not None:
        return first.batch_work(connection, [job.item for job in run])
    try:
        return [first.item(connection)]
    except JournalMoved as moved:
        return [moved]


def set_results(outcomes: Iterable[Outcome]) -> None:
    """Set the result of each job's future, waking each event loop only once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for job, value in outcomes:
        if isinstance(job.future, asyncio.Future):
            by_loop.setdefault(job.future.get_loop(), []).append((job, value))
        else:
            _set_result(job, value)
    for loop, own in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, so nobody is waiting any more
            loop.call_soon_threadsafe(_set_each, own)


def _set_each(outcomes: Iterable[Outcome]) -> None:
    for job, value in outcomes:
        if not job.future.done():  # closing the browser page may have cancelled it
            _set_result(job, value)


def _set_result(job: WriteJob, value: object) -> None:
    if isinstance(value, Exception):
        job.future.set_exception(value)
    else:
        job.future.set_result(value)
