"""The tasks that a server repeats for all its pages.

Some modules add their own tasks: `backups` and `handbook_changes` in this package, and
`dashboard.outage.alert_sending`. `procedure.io.task_runner` runs the tasks, and keeps the last
error of each task.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from dashboard.core.context import AppContext, intervals_of
from procedure.errors import AlmaError, AlmaKeyRefused
from procedure.io.offline_lists.list_record import ListRecord
from procedure.io.task_runner import RepeatedTask
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.history import History
from procedure.monitoring.model import Outcome
from procedure.monitoring.recent import RETENTION, RecentStates
from procedure.outages.ninety_days import read_ninety_days

RECENT_EVERY = 5  # seconds
NINETY_DAYS_EVERY = 180  # seconds
KEY_EVERY = 6 * 3600  # seconds
PURGE_EVERY = 24 * 3600  # seconds
BRING_IN_EVERY = 2  # seconds
STRAY_AFTER = 60  # seconds within which a note's pending loan must be recorded

_log = logging.getLogger(__name__)


def start_background_tasks(context: AppContext) -> None:
    """Start the watches and the repeated tasks, unless they are already running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return  # `panel serve --warm` creates a page before the server runs
    context.leadership.ensure_started()
    context.watches.probes.ensure_started()
    context.watches.pages.ensure_started()
    for name, (work, every) in TASKS.items():
        context.upkeep.add(name, RepeatedTask(partial(work, context), every))
    context.upkeep.ensure_started()


async def delete_stray_notes(context: AppContext, pause: float = STRAY_AFTER) -> None:
    """Delete notes on loans that a process did not record before it was killed.

    A process writes the note before the pending loan. A note is therefore deleted only if it still
    has no pending loan after `pause` seconds.

    Raises:
        JournalError: the notes cannot be read or deleted.
    """
    stray = context.store.notes.read().keys()
    await asyncio.sleep(pause)
    context.folds.update()
    orphaned = stray - {loan.id for loan in context.folds.loan_log.pending()}
    await asyncio.wrap_future(context.store.notes.forget(orphaned))


async def update_recent_states(context: AppContext) -> None:
    """Read new outcomes in a thread, and record changes on status pages.

    The first call reads all outcomes of the last `RETENTION`. They are read again after a change to
    the targets or their intervals.

    Raises:
        JournalError: the history cannot be read, or the statuses cannot be recorded.
    """
    states, intervals = context.watches.recent.states, intervals_of(context.handbook.current)
    if states.intervals != intervals:
        states = RecentStates(intervals)
    since = states.needed_since(context.clock.now())
    read = await asyncio.to_thread(read_recent, context.store.history, since, context.clock.now())
    context.watches.recent.states = states
    add_recent(context, *read)
    if context.leadership.leads:
        record_page_statuses(context)


def read_recent(
    history: History, since: datetime, until: datetime
) -> tuple[list[Outcome], tuple[BlindPeriod, ...]]:
    """Return the outcomes since `since`, and the blind periods of the last `RETENTION`."""
    outcomes = list(history.outcomes(since=since))
    return outcomes, history.blind_periods(since=until - RETENTION, until=until)


def add_recent(
    context: AppContext, outcomes: Iterable[Outcome], recorded: Iterable[BlindPeriod]
) -> None:
    """Add the outcomes and blind periods from `read_recent` to the recent states."""
    # After startup, the probe watch knows of no blind periods until it has processed the past
    # week's outcomes.
    blind = sorted(
        {*recorded, *context.watches.probes.board.blind_periods}, key=attrgetter("start")
    )
    context.watches.recent.states.update(outcomes, context.clock.now(), blind)


def record_page_statuses(context: AppContext) -> None:
    """Record each change in the status of a status page, for the dossiers."""
    context.folds.update()
    last = context.folds.last_page_status
    if changed := last.changes(
        context.watches.pages.latest, context.clock.now(), context.clock.new_id
    ):
        context.store.journal.append(*changed)


async def update_ninety_days(context: AppContext) -> None:
    """Read the last ninety days in a thread; until that is done, pages show the previous result.

    Raises:
        JournalError: the history cannot be read.
    """
    announced, handbook = context.folds.announcements.announcements(), context.handbook.current
    context.watches.recent.ninety_days = await asyncio.to_thread(
        read_ninety_days, context.store.history, handbook, announced, context.clock.now()
    )


async def purge(context: AppContext) -> None:
    """Delete the identifiers that are due for deletion; after a failure, try again a day later."""
    await context.leadership.until_watching()
    await asyncio.to_thread(context.store.purge)


async def forget_purged(context: AppContext) -> None:
    """Read the loans again after a purge: the loans in memory still have their identifiers."""
    await context.folds.forget_purged()


async def bring_in_spool(context: AppContext) -> None:
    """Move the spool's entries to the database if the database can be read and written to."""
    spool = context.store.spool
    if spool is None or not spool.count:
        return
    await asyncio.to_thread(spool.check)
    context.folds.update()
    if not context.unwritable:
        await asyncio.to_thread(spool.bring_in)


async def check_key(context: AppContext) -> None:
    """Ask Alma whether it accepts the API key; if Alma does not answer, keep the last result."""
    if not context.alma.reads:
        return
    try:
        await context.alma.check_key()
    except AlmaKeyRefused:
        pass  # `key_state` reports it
    except AlmaError as fault:
        _log.warning("the key for Alma's API could not be checked: %s", fault)


async def delete_old_lists(context: AppContext) -> None:
    """Delete the lists that are older than the handbook's `lists_kept` days."""
    await context.leadership.until_watching()
    older_than = context.clock.now() - timedelta(days=context.handbook.current.lists.lists_kept)
    record = ListRecord(context.store.journal, context.clock.now, context.clock.new_id)
    await asyncio.to_thread(record.forget, context.store.lists, older_than)


# Each task and its interval in seconds, keyed by the task's name. The log, the metrics and the
# readiness page show this name.
TASKS: Mapping[str, tuple[Callable[[AppContext], Awaitable[object]], float]] = {
    "recent_states": (update_recent_states, RECENT_EVERY),
    "ninety_days": (update_ninety_days, NINETY_DAYS_EVERY),
    "alma_key": (check_key, KEY_EVERY),
    "purge": (purge, PURGE_EVERY),
    "old_lists": (delete_old_lists, PURGE_EVERY),
    "purged_loans": (forget_purged, RECENT_EVERY),
    "spool": (bring_in_spool, BRING_IN_EVERY),
}
