"""The composition: the services are opened once, a page is made for every session."""

from __future__ import annotations

import asyncio
import atexit
import gc
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from itertools import count
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import httpx
import panel as pn
from bokeh.document import Document
from markupsafe import escape
from panel.io import document as panel_document
from panel.io.state import set_curdoc

from dashboard.core.background import start_background_tasks
from dashboard.core.context import AppContext
from dashboard.core.probe_watch import NoFeeds
from dashboard.core.request_priority import TURNS
from dashboard.core.rights import READER, Permission, User
from dashboard.core.session import session_from
from dashboard.first_view import FirstView
from dashboard.page import DashboardPage
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.settings import Settings
from dashboard.translations import language
from dashboard.ui.failure import page_failed, succeeds
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.shell import add_roots, frame
from procedure.handbook.model import Handbook
from procedure.io.alma.client import Keys, open_alma
from procedure.io.alma.service import AlmaService
from procedure.io.database.database import open_database
from procedure.io.handbook_files import load_handbook
from procedure.io.http.prober import Prober, user_agent
from procedure.io.last_times import last_times
from procedure.io.neighbour_scheduler import NeighbourScheduler
from procedure.io.probe_scheduler import ProbeScheduler, TargetProber
from procedure.io.status_page_reader import Credentials, PageReader
from procedure.io.status_page_scheduler import FeedReader, PageScheduler
from procedure.io.uuid7 import new_uuid7
from procedure.journal import Journal

TICK = 1.0  # seconds between two refreshes of a page


def now() -> datetime:
    """Return the aware UTC instant."""
    return datetime.now(UTC)


def app_context() -> AppContext:
    """Return what all pages share, opened at the first call."""
    if not _contexts:
        _contexts.append(_context_of(Settings.from_env()))
    return _contexts[0]


def serve_instead(context: AppContext) -> None:
    """Let all pages share this context instead of the one of the settings; call it first."""
    _contexts[:] = [context]


def _context_of(settings: Settings) -> AppContext:
    handbook = paced(load_handbook(settings.handbook), settings)
    agent = user_agent(version("alma-relais"), settings.contact)
    reader = PageReader(
        httpx.AsyncClient(headers={"User-Agent": agent}, trust_env=False),
        now=now,
        credentials=credentials(handbook, settings),
    )
    prober = Prober(agent=agent, timeout=settings.probe_timeout)
    return open_context(settings, handbook, prober, reader, neighbour_watch(handbook, agent))


def open_context(
    settings: Settings,
    handbook: Handbook,
    prober: TargetProber,
    reader: FeedReader,
    neighbours: NeighbourScheduler | NoFeeds,
    *,
    demo: str = "",
) -> AppContext:
    """Open the database of the settings, and watch the handbook's targets through these.

    Raises:
        JournalError: see `open_database`.
    """
    database = open_database(
        settings.database_url, role="server", now=now, keep=settings.keep_outcomes
    )
    atexit.register(database.close)
    database.history.set_intervals({key: one.interval for key, one in handbook.targets.items()})
    targets = list(handbook.targets.values())
    watch = ProbeScheduler(targets, prober, database.history, now=now)
    feeds = PageScheduler(targets, reader)
    opened = AppContext(
        *(settings, handbook, database.journal, database.history, watch, now, feeds),
        alma=alma_client(settings, database.journal),
        new_id=new_uuid7,
        notes=database.notes,
        accounts=database.accounts,
        neighbours=neighbours,
        storage=lambda: database.fault,
        demo=demo,
        last_times=partial(last_times, settings.database_url),
    )
    opened.models.update()
    if opened.models.unread is not None:
        raise opened.models.unread
    # A process that was killed may have left notes of loans that are not pending.
    opened.notes.keep_only({loan.id for loan in opened.models.loan_log.pending()})
    # A garbage collection over a long log would delay every page by a second.
    gc.freeze()
    return opened


@cache
def reconciliation_ledger() -> ReconciliationLedger:
    """Return the reconciliation that all pages share; it reads nothing until a page asks."""
    return ReconciliationLedger(app_context())


def alma_client(settings: Settings, journal: Journal) -> AlmaService:
    """Return the client of Alma's API; without a key it asks nothing."""
    keys = Keys(settings.alma_key, settings.alma_write_key, settings.alma_network_key)
    limits = {"rate": settings.alma_rate, "margin": settings.alma_margin}
    line = partial(open_alma, settings.alma_url, keys, **limits, now=now, new_id=uuid4)
    return AlmaService(line, keys, journal)


def neighbour_watch(handbook: Handbook, agent: str) -> NeighbourScheduler:
    """Return the watch over the other libraries of the handbook."""
    # Their own client: a neighbour that hangs must hold up no status page.
    client = httpx.AsyncClient(headers={"User-Agent": agent}, trust_env=False)
    return NeighbourScheduler(handbook.neighbours.values(), client, now=now)


def credentials(handbook: Handbook, settings: Settings) -> Credentials:
    """Return the ServiceNow user for the hosts whose feeds are of that format, and for no other."""
    if not settings.servicenow_user:
        return {}
    user = (settings.servicenow_user, settings.servicenow_password)
    feeds = [target.feed for target in handbook.targets.values() if target.feed is not None]
    hosts = [urlsplit(feed.url) for feed in feeds if feed.format == "exlibris-servicenow"]
    return {f"{host.scheme}://{host.netloc.casefold()}": user for host in hosts}


def paced(handbook: Handbook, settings: Settings) -> Handbook:
    """Return the handbook with the settings' interval for the targets that the diagnosis needs."""
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


def page_frame(
    arguments: Mapping[str, list[bytes]], cookies: Mapping[str, str], token: str, user: User
) -> str:
    """Return the page that a request asks for, before it has a session."""
    context = app_context()
    query, usual = _query(arguments), context.settings.language
    session = session_from(arguments, cookies, language=usual, query=query, user=user)
    view = first_view(session.language, user.acts)
    parts, to_bring = view.parts(session), view.to_bring
    return frame(
        *(session, language(session.language), context.handbook, token),
        first=parts,
        to_bring=to_bring,
        demo=context.demo,
    )


@cache
def first_view(code: str, acts: frozenset[Permission]) -> FirstView:
    """Return what frames in a language show before their session is there, by what one may do."""
    return FirstView(reconciliation_ledger(), language(code), User(acts=acts))


def open_page() -> None:
    """Fill the document of the session that is being opened."""
    context = app_context()
    start_background_tasks(context)
    session = session_from(
        pn.state.session_args,
        pn.state.cookies,
        language=context.settings.language,
        query=_query(pn.state.session_args),
        user=_visitor(pn.state.curdoc),
    )
    session.stands = context.stands
    session.without_claim = context.enrolled_names.without_claim
    session.name_workstation(session.workstation)
    page_language = language(session.language)
    try:
        opened = DashboardPage(reconciliation_ledger(), session, page_language)
    except Exception as error:  # else Panel would put the traceback on the page
        add_roots(pn.state.curdoc, {"outage": LiveHTML(escape(page_failed(error, page_language)))})
        return
    # Before the line is open an update waits its turn, and an older one would overtake a newer.
    document = pn.state.curdoc
    pn.state.onload(partial(_start_ticking, opened, document))
    pn.state.on_session_destroyed(lambda _: leave(opened))
    add_roots(pn.state.curdoc, opened.parts)


def _start_ticking(page: DashboardPage, document: Document) -> None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # `panel serve --warm` makes a page before the server runs
    _opened[page] = document
    if not _tickers:
        _tickers.add(loop.create_task(_keep_ticking(page.updates.context)))


async def _keep_ticking(context: AppContext) -> None:
    """Update all open pages once a second, or as often as their turns come, until none is open."""
    try:
        while _opened:
            await asyncio.sleep(TICK)
            # Once for all of them: without what is committed no page is updated, nor hears a beat.
            for page, document in list(_opened.items()) if succeeds(context.models.update) else ():
                await TURNS.give_way()
                if page in _opened:
                    succeeds(partial(document.add_next_tick_callback, partial(_tick, page)))
    finally:
        _tickers.clear()


def _tick(page: DashboardPage) -> None:
    if (document := _opened.get(page)) is None:
        return
    if not page.session.stands(page.session.user):
        leave(page)  # its browser misses the heartbeat, and opens it anew: that asks to sign in
        return
    with set_curdoc(document):
        page.tick()


_tickers: set[asyncio.Task[None]] = set()
_opened: dict[DashboardPage, Document] = {}
_contexts: list[AppContext] = []
_closed = count(1)
# A closed page is a ring of some 9,000 objects, which only a full collection frees; with a hundred
# pages open that holds everything up for half a second. Panel does it after each page.
COLLECT_EVERY = 50  # closed pages
panel_document.GC_DEBOUNCE = 600  # seconds without a closed page


def leave(closed: DashboardPage) -> None:
    """Forget a closed page, and its workstation when no other page of it is open."""
    _opened.pop(closed, None)
    name = closed.session.workstation
    if all(page.session.workstation != name for page in _opened):
        closed.diagnosis.context.workstations.remove(name)
    if next(_closed) % COLLECT_EVERY == 0:
        gc.collect()


def _visitor(document: Document) -> User:
    """Return who opens a session; with the least rights where no request does (`--warm`)."""
    context = document.session_context
    request = context.request if context else None
    return getattr(request, "visitor", None) or READER


def _query(arguments: Mapping[str, list[bytes]]) -> str:
    first = {key: values[0].decode("utf-8", "replace") for key, values in arguments.items()}
    return urlencode(first)
