"""A task's error is logged once, and stops neither that task nor any other."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from procedure.errors import ProcedureError
from procedure.io.task_runner import RepeatedTask, TaskState, Upkeep

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


class Turns:
    """A task that raises these errors in turn, and then succeeds.

    `had_four` is set on the fourth turn.
    """

    def __init__(self, *errors: Exception) -> None:
        self.count = 0
        self.had_four = asyncio.Event()
        self._errors: Iterator[Exception] = iter(errors)

    async def take(self) -> None:
        self.count += 1
        if self.count == 4:
            self.had_four.set()
        for error in self._errors:
            raise error


@pytest.fixture
def upkeep() -> Upkeep:
    return Upkeep(lambda: NOON)


async def test_repeat_goes_on_after_any_error(
    upkeep: Upkeep, caplog: pytest.LogCaptureFixture
) -> None:
    turns, others = Turns(ValueError("card 15017974011"), ProcedureError("full")), Turns()
    upkeep.add("purge", RepeatedTask(turns.take, 0.001, after_failure=0.002))
    upkeep.add("lists", RepeatedTask(others.take, 0.001))
    upkeep.ensure_started()
    await turns.had_four.wait()
    await others.had_four.wait()
    assert upkeep.failing == ()
    logged = [record.getMessage().partition("\n")[0] for record in caplog.records]
    assert logged == [
        "task 'purge' failed: ValueError",
        "task 'purge' failed: full",
        "task 'purge' works again",
    ]
    assert "15017974011" not in caplog.text


async def test_attempt_logs_a_lasting_failure_once(
    upkeep: Upkeep, caplog: pytest.LogCaptureFixture
) -> None:
    turns = Turns(*(ProcedureError("full") for _ in range(3)))
    assert [await upkeep.attempt("purge", turns.take) for _ in range(3)] == [False] * 3
    assert upkeep.failing == ("purge",)
    assert upkeep.table == {"purge": TaskState(failing_since=NOON, fault="full")}
    assert caplog.record_tuples == [
        ("procedure.io.task_runner", logging.ERROR, "task 'purge' failed: full")
    ]
    assert await upkeep.attempt("purge", turns.take)
    assert upkeep.table == {"purge": TaskState(succeeded_at=NOON)}


async def test_table_has_the_period_and_the_last_success(upkeep: Upkeep) -> None:
    turns = Turns()
    upkeep.add("purge", RepeatedTask(turns.take, 3600.0))
    assert upkeep.table == {"purge": TaskState(every=3600.0)}
    await upkeep.attempt("purge", turns.take)
    assert upkeep.table == {"purge": TaskState(every=3600.0, succeeded_at=NOON)}


async def test_failed_attempt_keeps_the_unreached_recipients(upkeep: Upkeep) -> None:
    turns = Turns(ValueError("full"))
    upkeep.keep_unreached("alerts", ["mail (1)"])
    await upkeep.attempt("alerts", turns.take)
    assert upkeep.state("alerts") == TaskState(
        failing_since=NOON, fault="ValueError", unreached=("mail (1)",)
    )
    await upkeep.attempt("alerts", turns.take)
    assert upkeep.state("alerts") == TaskState(succeeded_at=NOON)


async def test_attempt_lets_cancellation_through(upkeep: Upkeep) -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    waiting = asyncio.create_task(upkeep.attempt("lists", wait))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert upkeep.table == {}


async def test_add_keeps_the_first_task_with_a_name(upkeep: Upkeep) -> None:
    first, second = Turns(), Turns()
    for turns in (first, second):
        upkeep.add("lists", RepeatedTask(turns.take, 0.001))
        upkeep.ensure_started()
    await first.had_four.wait()
    assert second.count == 0
