"""A long job, which every page shows.

A job either asks Alma about loans (before the upload or to verify them) or writes files for Alma.
Only one job of each sort runs at a time. A job that queries Alma can be stopped from any page.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from procedure.errors import (
    AlmaError,
    AlmaKeyRefused,
    AlmaQuotaUsedUp,
    AlmaUnavailable,
    JournalError,
)

Progress = Callable[[int, int], None]  # called with the number of answered requests and the total

_log = logging.getLogger(__name__)
# The reason for stopping early, by type of error.
_STOPS: tuple[tuple[type[Exception], str], ...] = (
    (AlmaQuotaUsedUp, "spent"),
    (AlmaKeyRefused, "shut"),
    (AlmaUnavailable, "silent"),
    (AlmaError, "silent"),
    (JournalError, "unwritable"),
)


@dataclass(frozen=True, slots=True)
class AlmaJob:
    """The progress of a job: `done` of `total` requests have been answered.

    `kind` is `preflight`, `proof`, `sign` or `files`; `files` sends no requests.

    `stopped` is the reason for an early end (`person`, `silent`, `spent`, `shut`, `unwritable` or
    `failed`), or empty. `unanswered` counts the requests that got no answer.
    """

    kind: str
    began: datetime
    done: int = 0
    total: int = 0
    ended: datetime | None = None
    stopped: str = ""
    unanswered: int = 0

    @property
    def running(self) -> bool:
        return self.ended is None


class AlmaJobRunner:
    """The job that this process is running or ran last.

    Stopping a job or the process loses nothing: the answers are in the journal, and the next job
    asks only about loans without an answer.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.job: AlmaJob | None = None
        self.was_refused = False  # another job was requested while this one ran
        self._now = now
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self.job is not None and self.job.running

    def begin(self, kind: str, ask: Callable[[Progress], Awaitable[int]]) -> bool:
        """Start a job on the running loop; return False if one is running already."""
        if self.running:
            self.was_refused = True
            return False
        self.was_refused = False
        self.job = AlmaJob(kind, self._now())
        self._task = asyncio.get_running_loop().create_task(self._run(ask))
        return True

    def stop(self) -> None:
        """Stop the job; its answers so far are kept."""
        if self._task is not None:
            self._task.cancel()

    async def over(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])

    def _tell(self, done: int, total: int) -> None:
        self._change(done=done, total=total)

    async def _run(self, ask: Callable[[Progress], Awaitable[int]]) -> None:
        stopped, unanswered = "", 0
        try:
            unanswered = await ask(self._tell)
        except asyncio.CancelledError:
            stopped = "person"
        except Exception as fault:
            stopped = next((key for kind, key in _STOPS if isinstance(fault, kind)), "failed")
            if stopped == "failed":
                # Log only the type: the message may contain an identifier.
                _log.error("a reconciliation job failed: %s", type(fault).__name__)
        self._change(stopped=stopped, unanswered=unanswered, ended=self._now())

    def _change(self, **values: object) -> None:
        assert self.job is not None
        self.job = replace(self.job, **values)
