"""Runs a server's task, and makes it fail or succeed."""

import asyncio

from procedure.errors import ProcedureError
from procedure.io.task_runner import Upkeep


def fail(upkeep: Upkeep, task: str) -> None:
    asyncio.run(upkeep.attempt(task, _refuse))


def succeed(upkeep: Upkeep, task: str) -> None:
    asyncio.run(upkeep.attempt(task, _do_nothing))


async def _refuse() -> None:
    raise ProcedureError("the disk is full")


async def _do_nothing() -> None:
    pass
