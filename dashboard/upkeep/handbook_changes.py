"""Reloads changed handbook files while the server is running."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from dashboard.core.context import AppContext, addresses_of, intervals_of
from dashboard.translations.languages import use_lending_step
from dashboard.upkeep.repeated_tasks import update_ninety_days
from procedure.errors import Fault, ProcedureError
from procedure.handbook.model import Handbook
from procedure.io.handbook_watch import HandbookWatch
from procedure.io.task_runner import RepeatedTask

POLL_EVERY = 2.0  # seconds; a change takes effect after two to four

_log = logging.getLogger(__name__)


def follow_handbook(context: AppContext, prepare: Callable[[Handbook], Handbook]) -> None:
    """Apply the handbook named in the settings whenever its files have changed and are valid.

    `prepare` returns a handbook adapted to the settings.
    """
    watch = HandbookWatch(context.settings.handbook)

    async def poll() -> None:
        read = await asyncio.to_thread(watch.poll)
        if read is not None:
            handbook, faults = read
            await take_handbook(context, handbook and prepare(handbook), faults)

    context.upkeep.add("handbook", RepeatedTask(poll, POLL_EVERY))


async def take_handbook(
    context: AppContext, handbook: Handbook | None, faults: tuple[Fault, ...]
) -> None:
    """Switch to `handbook` or, if it is None, store `faults` for pages to show."""
    for fault in faults:
        _log.warning("the previous handbook stays in use: %s", fault)
    if handbook is None:
        context.handbook.refuse(faults)
        return
    differs = context.handbook.take(handbook)
    if context.handbook.needs_restart:
        keys = ", ".join(context.handbook.needs_restart)
        _log.warning("library.toml: restart the server to use the new value of %s", keys)
    if differs:
        _apply(context)
        await _change_history(context)


def _apply(context: AppContext) -> None:
    """Discard the results computed with the previous handbook, and use the new targets."""
    handbook = context.handbook.current
    targets = list(handbook.targets.values())
    use_lending_step(handbook.procedure.lending.key)
    context.computed_once.forget()
    context.watches.workstations.change_addresses(addresses_of(handbook))
    context.watches.probes.change_targets(targets)
    context.watches.pages.change_targets(targets)
    counts = len(targets), len(handbook.procedure.steps)
    _log.warning("the handbook was changed: %s targets, %s steps", *counts)


async def _change_history(context: AppContext) -> None:
    try:
        await asyncio.to_thread(
            context.store.history.set_intervals, intervals_of(context.handbook.current)
        )
    except ProcedureError as fault:  # a full disk, say; the next startup records the intervals
        _log.error("the intervals of the targets cannot be recorded: %s", fault)
    await context.upkeep.attempt("ninety_days", partial(update_ninety_days, context))
