"""The one thread that writes: whatever waits goes into one transaction (group commit).

A caller's future is set only after COMMIT has come back: what is acknowledged is on the disk.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

from procedure.errors import JournalUnwritable
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.jobs import BlockingResult, Run, Together, WriteJob, attempt, runs, tell
from procedure.refusals import RefusalLog, loggable

_READ_ONLY = "The database is open for reading only: nothing was written."

T = TypeVar("T")
Work = Callable[[DatabaseConnection], T]
# A batch this large takes some ten milliseconds: nobody at its end waits noticeably.
LARGEST_BATCH = 1000
LOOK_EVERY = 1.0  # seconds between two looks at the database while nothing waits


class Writer:
    """Owns the connection that writes, and does what is submitted in the order of submission."""

    def __init__(
        self, backend: Backend, connection: DatabaseConnection, *, log_refusals: bool = True
    ) -> None:
        self._backend = backend
        self._connection = connection
        self._waiting: SimpleQueue[WriteJob | None] = SimpleQueue()
        self._closed = False
        self._process = os.getpid()
        self._log_refusals = log_refusals
        self._refusals = RefusalLog("The database did not take what was to be written")
        # A daemon: what it has not committed yet has not been acknowledged either.
        self._thread = Thread(target=self._run, name="relais-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue work for the next transaction; it is done when the future is."""
        future: Future[T] = Future()
        # From here on it cannot be cancelled: a scan is kept even when its page has gone.
        future.set_running_or_notify_cancel()
        self._queue(WriteJob(work, future))
        return future

    def submit_together(self, together: Together, item: Any) -> Future[Any]:
        """Queue an item that is done at one go with those beside it that name the same work."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        self._queue(WriteJob(item, future, together))
        return future

    def do_together(self, together: Together, item: Any) -> Any:
        """Do as `submit_together`, and wait for it in this thread."""
        call = BlockingResult()
        job = WriteJob(item, call, together)
        self._queue(job)
        call.wait()
        if job.fault is not None:
            raise job.fault
        return job.value

    def await_together(self, together: Together, item: Any) -> asyncio.Future[Any]:
        """Do as `submit_together`, for the running loop: woken once for all it waits for."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue(WriteJob(item, future, together))
        return future

    def close(self) -> None:
        """Finish what waits, then let go of the database."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._thread.join()

    def _queue(self, job: WriteJob) -> None:
        if self._closed:
            raise JournalUnwritable("The database was closed: open it again.")
        # Threads do not survive a fork: nobody would ever commit this, nor answer.
        if os.getpid() != self._process:
            raise JournalUnwritable("The database was opened by another process: open it again.")
        self._waiting.put(job)

    def _run(self) -> None:
        batch = self._next_batch()
        while batch is not None:
            self._commit(runs(batch))
            self._beside(self._backend.guard.look)
            batch = self._next_batch()
        self._beside(self._backend.guard.close)
        self._connection.close()

    def _beside(self, work: Work[None]) -> None:
        # Of what is done for its own sake, no error may end the thread that writes.
        try:
            work(self._connection)
        except Exception as error:
            self._backend.guard.failed(self._backend.explain(error) or error)

    def _next_batch(self) -> list[WriteJob] | None:
        """Return what waits, an empty batch when nothing came for a while, None at the end."""
        try:
            first = self._waiting.get(timeout=LOOK_EVERY)
        except Empty:
            return []
        if first is None:
            return None
        batch = [first]
        try:
            while len(batch) < LARGEST_BATCH:
                job = self._waiting.get_nowait()
                if job is None:
                    self._waiting.put(None)
                    break
                batch.append(job)
        except Empty:
            pass
        return batch

    def _commit(self, waiting: Sequence[Run]) -> None:
        """Commit the runs; work that fails is taken out, told, and the rest done again."""
        while waiting:
            at_fault: Run | None = None
            try:
                self._backend.guard.before()
                self._begin()
                for run in waiting:
                    at_fault = run
                    attempt(run, self._connection)
                at_fault = None
                self._connection.execute("COMMIT")
                self._backend.guard.after()
            except Exception as error:
                self._roll_back()
                reason = self._backend.explain(error) or error
                self._backend.guard.failed(reason)
                waiting = self._without(at_fault, waiting, reason)
            else:
                tell(job for run in waiting for job in run)
                return

    def _without(self, at_fault: Run | None, waiting: Sequence[Run], error: Exception) -> list[Run]:
        """Return what is to be done again; a run of many comes back job by job."""
        if at_fault is None:  # the transaction itself failed, and everybody with it
            self._tell([job for run in waiting for job in run], error)
            return []
        again = [[job] for job in at_fault] if len(at_fault) > 1 else []
        if not again:
            self._tell(at_fault, error)
        place = waiting.index(at_fault)
        return [*waiting[:place], *again, *waiting[place + 1 :]]

    def _begin(self) -> None:
        try:
            self._connection.execute(self._backend.begin)
        except Exception:
            # A server that was restarted has closed the connection; a new one may do.
            if not getattr(self._connection, "closed", False):
                raise
            self._connection = self._backend.connect()
            self._connection.execute(self._backend.begin)

    def _roll_back(self) -> None:
        try:
            self._connection.execute("ROLLBACK")
        except Exception:
            # The driver has rolled back already, or the connection is gone: the same in effect.
            return

    def _tell(self, failed: Run, error: Exception) -> None:
        if self._log_refusals:
            self._refusals.add(loggable(error), len(failed), monotonic())
        for job in failed:
            job.fault = error
        tell(failed)


class RefusingWriter(Writer):
    """The writer of a database that is open for reading only: it has no connection or thread."""

    def __init__(self) -> None:
        self._closed = True

    def _queue(self, job: WriteJob) -> None:
        del job
        raise JournalUnwritable(_READ_ONLY)
