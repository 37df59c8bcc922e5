"""What runs once for all pages: watches, readings of the history, lists, a simulation."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from operator import attrgetter

from dashboard.core.context import AppContext, intervals_of
from dashboard.core.suspicion_counts import read_suspicion_counts
from procedure.errors import AlmaError, AlmaKeyRefused, ProcedureError
from procedure.io.offline_lists.list_import import ListImport
from procedure.io.offline_lists.list_record import ListRecord
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.history import History
from procedure.monitoring.model import Outcome
from procedure.monitoring.recent import RETENTION, RecentStates
from procedure.outages.ninety_days import read_ninety_days
from procedure.readiness.readiness import KeyState

RECENT_EVERY = 5  # seconds
NINETY_DAYS_EVERY = 180  # seconds
SUSPICIONS_EVERY = 900  # seconds
KEY_EVERY = 6 * 3600  # seconds
PURGE_EVERY = 24 * 3600  # seconds
BRING_IN_EVERY = 2  # seconds
LISTS_EVERY = 60  # seconds
STRAY_AFTER = 60  # seconds between two looks at a note without a loan

_log = logging.getLogger(__name__)
_tasks: set[asyncio.Task[None]] = set()


def start_background_tasks(context: AppContext) -> None:
    """Start the watches, the repeated readings and a simulation, unless they run already."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # `panel serve --warm` makes a page before the server runs
    context.leadership.ensure_started()
    for watch in (context.watch, context.feeds, context.neighbours):
        watch.ensure_started()
    if not _tasks:
        _tasks.add(loop.create_task(_repeat(update_recent_states, context, RECENT_EVERY)))
        _tasks.add(loop.create_task(_repeat(update_ninety_days, context, NINETY_DAYS_EVERY)))
        counted = _repeat(update_suspicion_counts, context, SUSPICIONS_EVERY)
        _tasks.add(loop.create_task(counted))
        _tasks.add(loop.create_task(_repeat(check_key, context, KEY_EVERY)))
        _tasks.add(loop.create_task(_repeat(purge, context, PURGE_EVERY)))
        _tasks.add(loop.create_task(_repeat(forget_purged, context, RECENT_EVERY)))
        _tasks.add(loop.create_task(_repeat(bring_in_spool, context, BRING_IN_EVERY)))
        _tasks.add(loop.create_task(_repeat(take_lists, context, LISTS_EVERY)))
        if context.follow_others is not None:
            _tasks.add(loop.create_task(context.follow_others()))
            _tasks.add(loop.create_task(delete_stray_notes(context)))
        if context.follow_handbook is not None:
            _tasks.add(loop.create_task(context.follow_handbook()))
        if context.play is not None:
            _tasks.add(loop.create_task(context.play()))


async def _repeat(
    update: Callable[[AppContext], Awaitable[None]], context: AppContext, pause: float
) -> None:
    while True:
        await update(context)
        await asyncio.sleep(pause)


async def delete_stray_notes(context: AppContext, pause: float = STRAY_AFTER) -> None:
    """Delete the notes of loans that a process which was killed has not recorded.

    Another process writes a note before its loan: what is no pending loan now may be one soon.
    """
    try:
        stray = context.notes.read().keys()
        await asyncio.sleep(pause)
        context.models.update()
        gone = stray - {loan.id for loan in context.models.loan_log.pending()}
        await asyncio.wrap_future(context.notes.forget(gone))
    except ProcedureError as fault:  # the next start tries again
        _log.error("the notes of loans that were not recorded cannot be deleted: %s", fault)


async def update_recent_states(context: AppContext) -> None:
    """Read new outcomes in a thread, the first time a week of them, and record page statuses.

    After another handbook was taken a week is read again, for its targets.
    """
    states, intervals = context.recent_states, intervals_of(context.handbook)
    if states.intervals != intervals:
        states = RecentStates(intervals)
    try:
        since = states.needed_since(context.now())
        read = await asyncio.to_thread(read_recent, context.history, since, context.now())
    except ProcedureError as fault:
        _log.error("the history cannot be read: %s", fault)
        return
    context.recent_states = states
    add_recent(context, *read)
    if not context.leadership.leads:
        return
    try:
        record_page_statuses(context)
    except ProcedureError as fault:
        _log.error("what the status pages report cannot be recorded: %s", fault)


def read_recent(
    history: History, since: datetime, until: datetime
) -> tuple[list[Outcome], tuple[BlindPeriod, ...]]:
    """Return the outcomes since an instant, and all blind periods that are kept."""
    outcomes = list(history.outcomes(since=since))
    return outcomes, history.blind_periods(since=until - RETENTION, until=until)


def add_recent(
    context: AppContext, outcomes: Iterable[Outcome], recorded: Iterable[BlindPeriod]
) -> None:
    """Add what `read_recent` returned to the recent states."""
    # After a start the watch knows of no blind period until it has judged the week again.
    blind = sorted({*recorded, *context.watch.board.blind_periods}, key=attrgetter("start"))
    context.recent_states.update(outcomes, context.now(), blind)


def record_page_statuses(context: AppContext) -> None:
    """Record the status pages that report another status than before, for the dossiers."""
    context.models.update()
    last = context.models.last_page_status
    if changed := last.changes(context.feeds.latest, context.now(), context.new_id):
        context.journal.append(*changed)


async def update_ninety_days(context: AppContext) -> None:
    """Read the last ninety days in a thread; where that fails, the last reading stays."""
    announced = context.models.announcements.announcements()
    try:
        context.ninety_days = await asyncio.to_thread(
            read_ninety_days, context.history, context.handbook, announced, context.now()
        )
    except ProcedureError as fault:
        _log.error("the last ninety days cannot be read: %s", fault)
        context.ninety_days_failed = True
    else:
        context.ninety_days_failed = False


async def update_suspicion_counts(context: AppContext) -> None:
    """Count suspicions in a thread; where that fails, the last counts stay."""
    after, now = context.settings.suspect_after, context.now()
    try:
        context.suspicion_counts = await asyncio.to_thread(
            read_suspicion_counts, context.journal, context.history, context.handbook, after, now
        )
    except ProcedureError as fault:
        _log.error("the suspicions of the last ninety days cannot be counted: %s", fault)


async def purge(context: AppContext) -> None:
    """Delete in a thread identifiers and lists that are due; what could not be waits a day."""
    await context.leadership.turn()
    try:
        await asyncio.to_thread(context.purge)
    except (ProcedureError, OSError) as fault:
        _log.error("identifiers that are due cannot be deleted: %s", fault)
    await delete_old_lists(context)


async def forget_purged(context: AppContext) -> None:
    """Read the loans anew after a purge: those in memory have their identifiers still."""
    try:
        await context.models.forget_purged()
    except ProcedureError as fault:
        _log.error("the loans cannot be read anew after a purge: %s", fault)


async def bring_in_spool(context: AppContext) -> None:
    """Bring what waits in the spool into the database, once that can be written and read."""
    if context.spool is None or not context.spool.count:
        return
    try:
        await asyncio.to_thread(context.spool.check)
        context.models.update()
        if not context.unwritable:
            await asyncio.to_thread(context.spool.bring_in)
    except Exception as error:  # the loans stay in the spool; the next attempt may succeed
        _log.error("the spool cannot be brought into the database: %s", type(error).__name__)


async def check_key(context: AppContext) -> None:
    """Ask whether Alma accepts the key; where Alma does not answer, what was known stays."""
    if not context.alma.reads:
        context.key_state = KeyState.NONE
        return
    try:
        await context.alma.check_key()
    except AlmaKeyRefused:
        context.key_state = KeyState.REFUSED
    except AlmaError as fault:
        _log.warning("the key for Alma's API was not checked: %s", fault)
    else:
        context.key_state = KeyState.ACCEPTED


async def take_lists(context: AppContext) -> None:
    """Make lists of the exports that wait, in another process; what was refused stays."""
    if context.list_inbox is None:
        return
    await context.leadership.turn()
    plan = ListImport(context.handbook.scans, context.settings.short_loans)
    try:
        taken = await context.list_inbox.take(context.now(), plan)
        if taken:
            await asyncio.to_thread(_record(context).taken, taken)
    except (ProcedureError, OSError) as fault:
        _log.error("the lists cannot be taken: %s", fault)


async def delete_old_lists(context: AppContext) -> None:
    """Delete lists, and exports that were not taken, after the days that the handbook has."""
    if context.list_store is None:
        return
    older_than = context.now() - timedelta(days=context.handbook.lists.lists_kept)
    try:
        await asyncio.to_thread(_record(context).forget, context.list_store, older_than)
        if context.list_inbox is not None:
            await asyncio.to_thread(context.list_inbox.delete_old, older_than)
    except (ProcedureError, OSError) as fault:
        _log.error("the lists that are too old cannot be deleted: %s", fault)


def _record(context: AppContext) -> ListRecord:
    return ListRecord(context.journal, context.now, context.new_id)
