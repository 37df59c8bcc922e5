"""The thread that does all the writing and commits all queued jobs in one transaction.

A caller's future has a result only after COMMIT has returned, so whatever is acknowledged is on
disk. If the database cannot be written to, `procedure.io.spool` stores the loans instead.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from procedure.errors import JournalUnwritable, TransactionEnded, loggable
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.jobs import (
    BatchWork,
    Outcome,
    Run,
    WriteJob,
    execute,
    group_runs,
    set_results,
)

_log = logging.getLogger(__name__)
_NOT_WRITTEN = "The database refused writes"
_READ_ONLY = "The database is open read-only: nothing was written."

T = TypeVar("T")
Work = Callable[[DatabaseConnection], T]
# A batch of this size takes about ten milliseconds, so none of its callers waits noticeably.
LARGEST_BATCH = 1000
CHECK_INTERVAL = 1.0  # seconds between checks of the files while the queue is empty


class Writer:
    """Owns the writing connection, and runs the submitted jobs in order."""

    def __init__(
        self, backend: Backend, connection: DatabaseConnection, *, log_refusals: bool = True
    ) -> None:
        self._backend = backend
        self._connection = connection
        self._queue: SimpleQueue[WriteJob | None] = SimpleQueue()
        self._between: SimpleQueue[Work[None]] = SimpleQueue()
        self._closed = False
        self._process = os.getpid()
        self._log_refusals = log_refusals
        # It is safe to kill this thread at exit, because uncommitted jobs are not acknowledged.
        self._thread = Thread(target=self._run, name="relais-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue work for the next transaction; the future is done after the commit."""
        return self._submit(work)

    def submit_batched(self, batch_work: BatchWork, item: Any) -> Future[Any]:
        """Queue an item; adjacent items that have the same `batch_work` are written together."""
        return self._submit(item, batch_work)

    def await_batched(self, batch_work: BatchWork, item: Any) -> asyncio.Future[Any]:
        """Queue an item from a coroutine, whose loop is woken only once per transaction."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._enqueue(WriteJob(item, future, batch_work))
        return future

    def submit_between(self, work: Work[None]) -> None:
        """Queue work to run between transactions, within a second."""
        self._between.put(work)

    def close(self) -> None:
        """Finish the queued jobs, then close the connection."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _submit(self, item: object, batch_work: BatchWork | None = None) -> Future[Any]:
        future: Future[Any] = Future()
        # Prevent cancelling, because a scan must be recorded even if the browser page is closed.
        future.set_running_or_notify_cancel()
        self._enqueue(WriteJob(item, future, batch_work))
        return future

    def _enqueue(self, job: WriteJob) -> None:
        if self._closed:
            raise JournalUnwritable("The database was closed: open it again.")
        # The writing thread does not survive a fork, so nothing would ever commit the job.
        if os.getpid() != self._process:
            raise JournalUnwritable("The database was opened by another process: open it again.")
        self._queue.put(job)

    def _run(self) -> None:
        batch = self._next_batch()
        while batch is not None:
            self._commit(group_runs(batch))
            self._run_guarded(self._backend.guard.check_files)
            while not self._between.empty():
                self._run_guarded(self._between.get())
            batch = self._next_batch()
        self._run_guarded(self._backend.guard.close)
        self._connection.close()

    def _run_guarded(self, work: Work[None]) -> None:
        # An error in a check or in queued work must not end the writing thread.
        try:
            work(self._connection)
        except Exception as error:
            self._backend.guard.record_error(self._backend.explain(error) or error)

    def _next_batch(self) -> list[WriteJob] | None:
        """Return the queued jobs, an empty list after a timeout, or None once the writer closes."""
        try:
            first = self._queue.get(timeout=CHECK_INTERVAL)
        except Empty:
            return []
        if first is None:
            return None
        batch = [first]
        try:
            while len(batch) < LARGEST_BATCH:
                job = self._queue.get_nowait()
                if job is None:
                    self._queue.put(None)
                    break
                batch.append(job)
        except Empty:
            pass
        return batch

    def _commit(self, runs: Sequence[Run]) -> None:
        """Commit the runs in one transaction.

        - If a job fails, its future raises the error, and the other jobs are retried.
        - If the transaction itself fails, all futures raise the error.
        - If the database server ended the transaction, the transaction is first retried once.
          Without the retry, its loans would go to the spool, and another process could record a
          desk's next loan before them.
        """
        was_ended = False
        while runs:
            at_fault: Run | None = None
            try:
                self._backend.guard.check_before()
                self._begin()
                outcomes: list[Outcome] = []
                for run in runs:
                    at_fault = run
                    outcomes += zip(run, execute(run, self._connection), strict=True)
                at_fault = None
                self._connection.execute("COMMIT")
                self._backend.guard.check_after(self._connection)
            except Exception as error:
                self._roll_back()
                reason = self._backend.explain(error) or error
                if isinstance(reason, TransactionEnded) and not was_ended:
                    was_ended = True
                    continue
                self._backend.guard.record_error(reason)
                runs = self._fail_and_remove(at_fault, runs, reason)
            else:
                set_results(outcomes)
                return

    def _fail_and_remove(
        self, at_fault: Run | None, runs: Sequence[Run], error: Exception
    ) -> list[Run]:
        """Pass the error to the callers of jobs that are not retried, and return the runs to retry.

        If the run at fault has several jobs, each of these jobs is retried alone.
        """
        if at_fault is None:  # the transaction itself failed
            self._fail([job for run in runs for job in run], error)
            return []
        again = [[job] for job in at_fault] if len(at_fault) > 1 else []
        if not again:
            self._fail(at_fault, error)
        place = runs.index(at_fault)
        return [*runs[:place], *again, *runs[place + 1 :]]

    def _begin(self) -> None:
        try:
            self._connection.execute(self._backend.begin)
        except Exception:
            # The connection is closed if the database server was restarted, so connect again.
            if not getattr(self._connection, "closed", False):
                raise
            self._connection = self._backend.connect()
            self._connection.execute(self._backend.begin)
        if self._backend.lock_writers:
            self._connection.execute(self._backend.lock_writers)

    def _roll_back(self) -> None:
        try:
            self._connection.execute("ROLLBACK")
        except Exception:
            # The driver has already rolled back, or the connection is closed, which has the same
            # effect.
            return

    def _fail(self, failed: Run, error: Exception) -> None:
        if self._log_refusals:
            # Format the message before it is logged, because the server's log treats lines with the
            # same template as repeats.
            _log.error(f"{_NOT_WRITTEN} ({len(failed)}): {loggable(error)}")
        set_results((job, error) for job in failed)


class RefusingWriter(Writer):
    """The writer of a read-only database, which has neither a connection nor a thread."""

    def __init__(self) -> None:
        self._closed = True

    def _enqueue(self, job: WriteJob) -> None:
        del job
        raise JournalUnwritable(_READ_ONLY)
