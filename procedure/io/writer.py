"""The one thread that writes: whatever waits goes into one transaction (group commit).

A caller's future is set only after COMMIT has come back: what is acknowledged is on the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar, cast

from procedure.errors import JournalMoved, JournalUnwritable
from procedure.io.backend import Backend, Connection

T = TypeVar("T")
Work = Callable[[Connection], T]
# A batch this large takes some ten milliseconds: nobody at its end waits noticeably.
LARGEST_BATCH = 1000


@dataclass(eq=False, slots=True)
class _Job(Generic[T]):
    """One caller's work and the future that tells its fate."""

    work: Work[T]
    future: Future[T] = field(default_factory=Future[T])
    value: T | None = None
    moved: JournalMoved | None = None

    def attempt(self, connection: Connection) -> None:
        """Do the work; `JournalMoved` is an answer, since such work has written nothing."""
        try:
            self.value = self.work(connection)
        except JournalMoved as moved:
            self.moved = moved

    def settle(self) -> None:
        """Tell the caller, once the transaction is on the disk."""
        if self.moved is not None:
            self.future.set_exception(self.moved)
        else:
            self.future.set_result(cast("T", self.value))


class Writer:
    """Owns the connection that writes, and does what is submitted in the order of submission."""

    def __init__(self, backend: Backend, connection: Connection) -> None:
        self._backend = backend
        self._connection = connection
        self._waiting: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._closed = False
        # A daemon: what it has not committed yet has not been acknowledged either.
        self._thread = Thread(target=self._run, name="relais-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue work for the next transaction; it is done when the future is."""
        if self._closed:
            raise JournalUnwritable("The database was closed: open it again.")
        job = _Job(work)
        # From here on it cannot be cancelled: a scan is kept even when its page has gone.
        job.future.set_running_or_notify_cancel()
        self._waiting.put(job)
        return job.future

    def close(self) -> None:
        """Finish what waits, then let go of the database."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        batch = self._next_batch()
        while batch:
            self._commit(batch)
            batch = self._next_batch()
        self._connection.close()

    def _next_batch(self) -> list[_Job[Any]]:
        first = self._waiting.get()
        if first is None:
            return []
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

    def _commit(self, batch: list[_Job[Any]]) -> None:
        """Commit the batch; work that fails is taken out, told, and the rest done again."""
        while batch:
            failed: list[_Job[Any]] = list(batch)
            try:
                self._begin()
                for job in batch:
                    failed = [job]
                    job.attempt(self._connection)
                failed = list(batch)
                self._connection.execute("COMMIT")
            except Exception as error:
                self._roll_back()
                self._tell(failed, error)
                batch = [job for job in batch if job not in failed]
            else:
                for job in batch:
                    job.settle()
                return

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

    def _tell(self, jobs: list[_Job[Any]], error: Exception) -> None:
        for job in jobs:
            job.future.set_exception(self._backend.explain(error) or error)
