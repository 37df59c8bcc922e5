"""What is kept up for all pages of the process: the watch, the chronicle, the long past."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from dashboard.core.context import AppContext
from procedure.errors import ProcedureError
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.history import History
from procedure.monitoring.model import Outcome
from procedure.monitoring.recent import RETENTION
from procedure.outages.ninety_days import read_ninety_days

CHRONICLE_EVERY = 5  # seconds
LONG_PAST_EVERY = 180  # seconds

_log = logging.getLogger(__name__)
_keepers: set[asyncio.Task[None]] = set()


def start_background_tasks(context: AppContext) -> None:
    """See that the watch runs, and that the chronicle follows it, once for the process."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # `panel serve --warm` makes a page before the server runs, which begins to watch
    context.watch.ensure_started()
    context.feeds.ensure_started()
    context.neighbours.ensure_started()
    if not _keepers:
        _keepers.add(loop.create_task(_keep_recent_states(context)))
        _keepers.add(loop.create_task(_keep_ninety_days(context)))


async def _keep_recent_states(context: AppContext) -> None:
    while True:
        await update_recent_states(context)
        await asyncio.sleep(CHRONICLE_EVERY)


async def update_recent_states(context: AppContext) -> None:
    """Read what came since the last time, in a thread: the first time it is a week of outcomes."""
    since = context.recent_states.needed_since(context.now())
    try:
        seen, kept = await asyncio.to_thread(read_recent, context.history, since, context.now())
    except ProcedureError as fault:
        _log.error("the history cannot be read: %s", fault)
    else:
        renew(context, seen, kept)
        _record_page_statuses(context)


def renew(context: AppContext, seen: Iterable[Outcome], kept: Iterable[BlindPeriod]) -> None:
    """Take into the chronicle what `read_recent` returned."""
    # After a start the watch knows of no stretch until it has judged the week again.
    cuts = sorted({*kept, *context.watch.board.blind_periods}, key=attrgetter("start"))
    context.recent_states.update(seen, context.now(), cuts)


async def _keep_ninety_days(context: AppContext) -> None:
    while True:
        await update_ninety_days(context)
        await asyncio.sleep(LONG_PAST_EVERY)


async def update_ninety_days(context: AppContext) -> None:
    """Read the last ninety days anew, in a thread; where that fails, what is known stays."""
    asked = (
        context.history,
        context.handbook,
        context.announcement_log.announcements(),
        context.now(),
    )
    try:
        context.ninety_days = await asyncio.to_thread(read_ninety_days, *asked)
    except ProcedureError as fault:
        _log.error("the last ninety days cannot be read: %s", fault)
        context.ninety_days_failed = True
    else:
        context.ninety_days_failed = False


def _record_page_statuses(context: AppContext) -> None:
    try:
        context.record_page_statuses()
    except ProcedureError as fault:
        _log.error("what the status pages say cannot be kept: %s", fault)


def read_recent(
    history: History, since: datetime, until: datetime
) -> tuple[list[Outcome], tuple[BlindPeriod, ...]]:
    """Return the outcomes since an instant, and all blind periods of the time that is kept."""
    seen = list(history.outcomes(since=since))
    return seen, history.blind_periods(since=until - RETENTION, until=until)
