"""What is kept up for all pages of the process: the watch, the chronicle, the long past."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from dashboard.core.context import AppContext
from dashboard.history.ninety_days import read_ninety_days
from procedure.errors import ProcedureError
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.history import History
from procedure.monitoring.model import Outcome
from procedure.monitoring.recent import RETENTION

CHRONICLE_EVERY = 5  # seconds
LONG_PAST_EVERY = 180  # seconds

_log = logging.getLogger(__name__)
_keepers: set[asyncio.Task[None]] = set()


def start_background_tasks(shared: AppContext) -> None:
    """See that the watch runs, and that the chronicle follows it, once for the process."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # `panel serve --warm` makes a page before the server runs, which begins to watch
    shared.watch.ensure_started()
    shared.feeds.ensure_started()
    shared.neighbours.ensure_started()
    if not _keepers:
        _keepers.add(loop.create_task(_keep_chronicle(shared)))
        _keepers.add(loop.create_task(_keep_long_past(shared)))


async def _keep_chronicle(shared: AppContext) -> None:
    while True:
        await renew_chronicle(shared)
        await asyncio.sleep(CHRONICLE_EVERY)


async def renew_chronicle(shared: AppContext) -> None:
    """Read what came since the last time, in a thread: the first time it is a week of outcomes."""
    since = shared.chronicle.needed_since(shared.now())
    try:
        seen, kept = await asyncio.to_thread(read_recent, shared.history, since, shared.now())
    except ProcedureError as fault:
        _log.error("the history cannot be read: %s", fault)
    else:
        renew(shared, seen, kept)
        _keep_words(shared)


def renew(shared: AppContext, seen: Iterable[Outcome], kept: Iterable[BlindPeriod]) -> None:
    """Take into the chronicle what `read_recent` returned."""
    # After a start the watch knows of no stretch until it has judged the week again.
    cuts = sorted({*kept, *shared.watch.board.blind_periods}, key=attrgetter("start"))
    shared.chronicle.update(seen, shared.now(), cuts)


async def _keep_long_past(shared: AppContext) -> None:
    while True:
        await renew_long_past(shared)
        await asyncio.sleep(LONG_PAST_EVERY)


async def renew_long_past(shared: AppContext) -> None:
    """Read the last ninety days anew, in a thread; where that fails, what is known stays."""
    asked = shared.history, shared.handbook, shared.official.announcements(), shared.now()
    try:
        shared.long_past = await asyncio.to_thread(read_ninety_days, *asked)
    except ProcedureError as fault:
        _log.error("the last ninety days cannot be read: %s", fault)
        shared.long_past_fault = True
    else:
        shared.long_past_fault = False


def _keep_words(shared: AppContext) -> None:
    try:
        shared.keep_words()
    except ProcedureError as fault:
        _log.error("what the status pages say cannot be kept: %s", fault)


def read_recent(
    history: History, since: datetime, until: datetime
) -> tuple[list[Outcome], tuple[BlindPeriod, ...]]:
    """Return the outcomes since an instant, and all blind periods of the time that is kept."""
    seen = list(history.outcomes(since=since))
    return seen, history.blind_periods(since=until - RETENTION, until=until)
