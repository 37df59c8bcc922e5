"""The composition root: on first use, it opens everything that all pages share."""

import atexit
import logging
from dataclasses import replace
from functools import cache, partial
from importlib.metadata import version
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from dashboard.core.alma_not_configured import AlmaNotConfigured
from dashboard.core.computed_once import ComputedOnce
from dashboard.core.context import AppContext, addresses_of, fold_journal, intervals_of
from dashboard.core.database_store import DatabaseStore, store_over
from dashboard.core.handbook_in_use import HandbookInUse
from dashboard.core.library_settings import apply_library_settings, unoffered_language
from dashboard.core.store import Store
from dashboard.core.watches import RecentPast, Watches
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.settings import Settings
from dashboard.translations.languages import use_lending_step
from dashboard.upkeep.backups import backup_before_migration
from dashboard.upkeep.handbook_changes import follow_handbook
from dashboard.upkeep.memory import keep_memory_small
from dashboard.upkeep.repeated_tasks import delete_stray_notes
from procedure.errors import JournalError
from procedure.handbook.model import Handbook
from procedure.io.alma.client import Keys, open_alma
from procedure.io.alma.service import AlmaService
from procedure.io.clock import SystemClock, utc_now
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import find_ambiguities, load_handbook, read_files
from procedure.io.http.prober import Prober, user_agent
from procedure.io.probe_scheduler import ProbeScheduler, TargetProber
from procedure.io.processes.latest import SharedWatch, SqlLatest
from procedure.io.remembered_accounts import RememberedAccounts
from procedure.io.spool.spool import Spool, spool_base
from procedure.io.status_page_reader import Credentials, PageReader
from procedure.io.status_page_scheduler import FeedReader, PageScheduler
from procedure.io.task_runner import RepeatedTask, Upkeep
from procedure.journal import Journal
from procedure.monitoring.recent import RecentStates
from procedure.monitoring.workstation_registry import WorkstationRegistry
from procedure.reconciliation.systems.library_system import library_system

READ_OTHERS_EVERY = 2.0  # seconds
STRAY_NOTES_EVERY = 24 * 3600.0  # seconds

_contexts: list[AppContext] = []
_log = logging.getLogger(__name__)


def app_context() -> AppContext:
    """Return the context that all pages share, opening it on the first call."""
    if not _contexts:
        _contexts.append(_context_of(Settings.from_env()))
    return _contexts[0]


def serve_instead(context: AppContext) -> None:
    """Use this context for all pages instead of opening one from the settings.

    Call this before `app_context`.
    """
    _contexts[:] = [context]


def _context_of(settings: Settings) -> AppContext:
    handbook = load_handbook(settings.handbook)
    for found in find_ambiguities(read_files(settings.handbook), handbook):
        _log.warning("the handbook: %s", found)
    handbook = with_probe_interval(handbook, settings)
    agent = user_agent(version("alma-relais"), settings.contact)
    reader = PageReader(
        httpx.AsyncClient(headers={"User-Agent": agent}, trust_env=False),
        now=utc_now,
        credentials=credentials(handbook, settings),
    )
    prober = Prober(agent=agent, timeout=settings.probe_timeout)
    opened = open_context(settings, handbook, prober, reader)

    def prepare(changed: Handbook) -> Handbook:
        reader.credentials = credentials(changed, settings)
        return with_probe_interval(changed, settings)

    follow_handbook(opened, prepare)
    return opened


def open_context(
    settings: Settings,
    handbook: Handbook,
    prober: TargetProber,
    reader: FeedReader,
    *,
    demo: str = "",
) -> AppContext:
    """Open the database given in the settings, and return a context for the handbook.

    If the data is made up, `demo` is "demo" or "drill".

    Raises:
        JournalError: see `open_database` and `_take_over`.
    """
    _use_library(settings, handbook)
    database = _open_database(settings, handbook)
    in_use = HandbookInUse(handbook, settings.offline_layout)
    store = _open_store(settings, database)
    upkeep, clock = Upkeep(), SystemClock()
    opened = AppContext(
        settings=settings,
        clock=clock,
        handbook=in_use,
        store=store,
        watches=_watches(handbook, prober, reader, database, upkeep),
        folds=fold_journal(store, settings, in_use),
        computed_once=ComputedOnce(clock.now),
        alma=_alma(settings, handbook, database.journal),
        leadership=database.leadership,
        upkeep=upkeep,
        demo=demo,
    )
    _take_over(opened, database.latest)
    keep_memory_small()
    return opened


def _open_store(settings: Settings, database: Database) -> DatabaseStore:
    """Return the store, after importing the entries that an earlier process left in the spool."""
    spool = Spool(
        spool_base(settings.database_url, settings.spool), database.journal, database.notes
    )
    atexit.register(spool.close)
    spool.bring_in()
    accounts = RememberedAccounts(database.backend, database.writer, utc_now)
    return store_over(database, settings, accounts, spool)


def _alma(
    settings: Settings, handbook: Handbook, journal: Journal
) -> AlmaService | AlmaNotConfigured:
    has_api = library_system(handbook.library.system).has_api
    return alma_client(settings, journal) if has_api else AlmaNotConfigured()


def _watches(
    handbook: Handbook,
    prober: TargetProber,
    reader: FeedReader,
    database: Database,
    upkeep: Upkeep,
) -> Watches:
    targets, leadership = list(handbook.targets.values()), database.leadership
    probes = ProbeScheduler(
        targets, prober, database.history, now=utc_now, leadership=leadership, upkeep=upkeep
    )
    workstations = WorkstationRegistry(database.history)
    workstations.change_addresses(addresses_of(handbook))
    return Watches(
        probes,
        RecentPast(RecentStates(intervals_of(handbook))),
        workstations,
        PageScheduler(targets, reader, leadership, upkeep),
    )


def _use_library(settings: Settings, handbook: Handbook) -> None:
    apply_library_settings(handbook.library, settings.handbook)
    use_lending_step(handbook.procedure.lending.key)
    if unoffered := unoffered_language(settings.language):
        _log.warning(unoffered)


def _open_database(settings: Settings, handbook: Handbook) -> Database:
    database = open_database(
        settings.database_url,
        role="server",
        now=utc_now,
        keep=settings.keep_outcomes,
        before_migration=backup_before_migration(settings, utc_now),
    )
    atexit.register(database.close)
    database.history.set_intervals(intervals_of(handbook))
    return database


def _take_over(opened: AppContext, latest: SqlLatest | None) -> None:
    """Read the journal, and clean up after earlier processes.

    Raises:
        JournalError: an entry cannot be read.
    """
    _delete_due_identifiers(opened.store)
    opened.folds.update()
    if opened.folds.unread is not None:
        raise opened.folds.unread
    if latest is None:
        # A killed process may have left notes on loans that are no longer pending.
        opened.store.notes.keep_only({loan.id for loan in opened.folds.loan_log.pending()})
    else:
        _read_other_processes(opened, latest)


def _read_other_processes(opened: AppContext, latest: SqlLatest) -> None:
    """Schedule tasks that read other processes' observations and delete stray notes."""
    pages = opened.watches.pages
    assert isinstance(pages, PageScheduler)  # `_watches` creates one
    shared = SharedWatch(latest, pages, opened.watches.workstations)
    opened.upkeep.add("other_processes", RepeatedTask(shared.read_new, READ_OTHERS_EVERY))
    stray = RepeatedTask(partial(delete_stray_notes, opened), STRAY_NOTES_EVERY)
    opened.upkeep.add("stray_notes", stray)


def _delete_due_identifiers(store: Store) -> None:
    # A restored backup may contain identifiers that have been purged since it was made.
    try:
        store.purge()
    except (JournalError, OSError) as fault:
        # Start all the same: the server is needed even if the disk is full.
        _log.error("identifiers due for deletion cannot be deleted: %s", fault)


@cache
def reconciliation_ledger() -> ReconciliationLedger:
    """Return the ledger that all pages share; it reads nothing until a page needs it."""
    return ReconciliationLedger(app_context())


def alma_client(settings: Settings, journal: Journal) -> AlmaService:
    """Return the client for Alma's API; if there is no key, its `reads` is False."""
    keys = Keys(settings.alma_key, settings.alma_write_key, settings.alma_network_key)
    limits = {"rate": settings.alma_rate, "margin": settings.alma_margin}
    line = partial(open_alma, settings.alma_url, keys, **limits, now=utc_now, new_id=uuid4)
    return AlmaService(line, keys, journal)


def credentials(handbook: Handbook, settings: Settings) -> Credentials:
    """Return the ServiceNow user and password, keyed by the origin of each feed.

    Only feeds in ServiceNow's format are included. The result is empty if no user is set.
    """
    if not settings.servicenow_user:
        return {}
    user = (settings.servicenow_user, settings.servicenow_password)
    feeds = [target.feed for target in handbook.targets.values() if target.feed is not None]
    hosts = [urlsplit(feed.url) for feed in feeds if feed.format == "exlibris-servicenow"]
    return {f"{host.scheme}://{host.netloc.casefold()}": user for host in hosts}


def with_probe_interval(handbook: Handbook, settings: Settings) -> Handbook:
    """Apply the probe interval from the settings, if any, to the targets probed most often.

    These are the targets that the diagnosis needs.
    """
    if settings.probe_interval is None:
        return handbook
    needed = min(target.interval for target in handbook.targets.values())
    targets = {
        key: replace(target, interval=settings.probe_interval)
        if target.interval == needed
        else target
        for key, target in handbook.targets.items()
    }
    return replace(handbook, targets=targets)
