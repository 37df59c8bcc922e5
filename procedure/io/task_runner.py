"""The tasks that a server repeats, and the state of each."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from procedure.errors import ProcedureError, loggable
from procedure.io.clock import utc_now

_log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class TaskState:
    """The state of a task, as shown in the task table; times are aware UTC.

    - `every`: the seconds between its runs, or None for a task that events trigger.
    - `succeeded_at`: when it last succeeded, or None before the first success.
    - `failing_since`: when it first failed after its last success, or None while it succeeds.
    - `fault`: a description of its last failure, without personal data; empty while it succeeds.
    - `unreached`: the recipients that it could not reach, such as alert channels. A failure leaves
      this list unchanged, and a success clears it.
    """

    every: float | None = None
    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    fault: str = ""
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepeatedTask:
    """A task and the seconds between its runs: at least `after_failure` seconds after a failure."""

    work: Work
    every: float
    after_failure: float = 0.0


class Upkeep:
    """Repeats named tasks. A task's error is logged, and the task is run again."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._tasks: dict[str, RepeatedTask] = {}
        self._states: dict[str, TaskState] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    @property
    def table(self) -> Mapping[str, TaskState]:
        return MappingProxyType(self._states)

    @property
    def failing(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, state in self._states.items() if state.fault))

    def state(self, name: str) -> TaskState:
        return self._states.get(name, TaskState())

    def keep_unreached(self, name: str, unreached: Iterable[str]) -> None:
        """Record which recipients a task could not reach, replacing the earlier record."""
        self._states[name] = replace(self.state(name), unreached=tuple(unreached))

    def add(self, name: str, task: RepeatedTask) -> None:
        """Register a task for `ensure_started`, unless the name already has a task."""
        self._tasks.setdefault(name, task)
        self._states.setdefault(name, TaskState(self._tasks[name].every))

    def ensure_started(self) -> None:
        """Start the registered tasks that are not running yet, on the running loop."""
        for name in self._tasks.keys() - self._running.keys():
            repeated = self.repeat(name, self._tasks[name])
            self._running[name] = asyncio.get_running_loop().create_task(repeated, name=name)

    async def repeat(self, name: str, task: RepeatedTask) -> None:
        """Run a task again and again until cancelled."""
        self._states.setdefault(name, TaskState(task.every))
        while True:
            succeeded = await self.attempt(name, task.work)
            await asyncio.sleep(task.every if succeeded else max(task.every, task.after_failure))

    async def attempt(self, name: str, work: Work) -> bool:
        """Run a task once and return whether it succeeded; only cancellation propagates."""
        try:
            await work()
        except Exception as error:
            self._fail(name, error)
            return False
        if self.state(name).fault:
            _log.warning("task %r works again", name)
        self._states[name] = TaskState(self.state(name).every, succeeded_at=self._now())
        return True

    def _fail(self, name: str, error: Exception) -> None:
        """Record a failure, and log it unless the previous run failed in the same way."""
        state = self.state(name)
        fault = loggable(error)
        if fault != state.fault:
            _log.error("task %r failed: %s", name, _described(error))
        since = state.failing_since or self._now()
        self._states[name] = replace(state, failing_since=since, fault=fault)


def _described(error: Exception) -> str:
    """Return the message of one of our own errors, or the type and traceback of another error.

    The message of any other error is left out, because it may quote personal data.
    """
    if isinstance(error, ProcedureError):
        return str(error)
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
    return f"{type(error).__name__}\n{''.join(frames).rstrip()}"
