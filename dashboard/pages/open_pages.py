"""The open pages: each is created for its session, updated in turn, and forgotten once closed."""

import asyncio
from collections.abc import Mapping
from functools import cache, partial
from itertools import count
from urllib.parse import urlencode

import panel as pn
from bokeh.document import Document
from markupsafe import escape
from tornado.httputil import HTTPServerRequest

from dashboard.app import app_context, reconciliation_ledger
from dashboard.core.allowed_clients import is_forwarded
from dashboard.core.context import AppContext
from dashboard.core.page_queue import PAGE_QUEUE
from dashboard.core.session import session_from
from dashboard.core.visitor import READ_ONLY, Permission, Visitor
from dashboard.page import DashboardPage
from dashboard.pages.first_view import FirstView
from dashboard.reconciliation.reconciliation_text import steps
from dashboard.server.panel_internals import change_pages_on_the_loop, collect_garbage_after
from dashboard.translations import language
from dashboard.ui.failure_log import succeeds
from dashboard.ui.live_html import LiveHTML, LiveStack
from dashboard.ui.shell import add_roots, frame
from dashboard.ui.view import page_failure
from dashboard.upkeep.memory import free_garbage
from dashboard.upkeep.repeated_tasks import start_background_tasks

TICK = 1.0  # seconds between refreshes of a page


def page_frame(
    arguments: Mapping[str, list[bytes]],
    cookies: Mapping[str, str],
    accepts: str,
    token: str,
    visitor: Visitor,
) -> str:
    """Return the frame of the requested page as HTML; the page has no session yet.

    `accepts` is the request's `Accept-Language`.
    """
    context = app_context()
    query, usual = _query(arguments), context.language_for(accepts=accepts).code
    session = session_from(arguments, cookies, language=usual, query=query, visitor=visitor)
    view = first_view(session.language, visitor.acts)
    parts, to_bring = view.parts(session), view.to_bring
    return frame(
        session,
        language(session.language),
        context.handbook.current,
        token,
        first=parts,
        to_bring=to_bring,
        transfer_steps=steps(language(session.language)).values(),
        demo=context.demo,
    )


@cache
def first_view(code: str, acts: frozenset[Permission]) -> FirstView:
    """Return the first view that frames share if their language and permissions are the same."""
    return FirstView(reconciliation_ledger(), language(code), Visitor(acts=acts))


def open_page() -> None:
    """Fill the document of a new session."""
    context, document = app_context(), pn.state.curdoc
    assert document is not None  # Bokeh calls this for a session
    start_background_tasks(context)
    session = session_from(
        pn.state.session_args,
        pn.state.cookies,
        language=context.language_for(
            accepts=str(pn.state.headers.get("Accept-Language", ""))
        ).code,
        query=_query(pn.state.session_args),
        visitor=_visitor(document),
    )
    session.origin = _origin(document)
    session.is_signed_in = context.is_signed_in
    session.without_claim = context.store.enrolled_names.without_claim
    session.name_workstation(session.workstation)
    page_language = language(session.language)
    try:
        opened = DashboardPage(reconciliation_ledger(), session, page_language)
    except Exception as error:  # otherwise Panel would put the traceback on the page
        error_message = LiveHTML(escape(page_failure(error, page_language)))
        add_roots(document, {"head": LiveStack([error_message], ["outage"])})
        return
    # Do not tick until the connection is open: before that, updates are queued and could be sent
    # out of order.
    pn.state.onload(partial(_start_ticking, opened, document))
    pn.state.on_session_destroyed(lambda _: close_page(opened))
    add_roots(document, opened.parts)


def _start_ticking(page: DashboardPage, document: Document) -> None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # `panel serve --warm` creates a page before the server runs
    _opened[page] = document
    if not _tickers:
        _tickers.add(loop.create_task(_keep_ticking(page.updates.context)))


async def _keep_ticking(context: AppContext) -> None:
    """Update all open pages once a second, or less often under load, until none is open.

    Announcements from other processes are shown at once.
    """
    try:
        while _opened:
            if not await context.upkeep.attempt("pages", partial(_update_pages, context)):
                await asyncio.sleep(TICK)
    finally:
        _tickers.clear()


async def _update_pages(context: AppContext) -> None:
    """Update each open page; if the journal cannot be read, no page gets a heartbeat.

    Raises:
        JournalError: the journal cannot be read.
    """
    await context.leadership.announcement(TICK)
    await context.folds.catch_up()
    for page, document in list(_opened.items()):
        await PAGE_QUEUE.wait_for_desks()
        if page in _opened:
            succeeds(partial(document.add_next_tick_callback, partial(_tick, page)))


def _tick(page: DashboardPage) -> None:
    if page not in _opened:
        return
    if not page.session.is_signed_in(page.session.visitor):
        close_page(page)  # the browser misses the heartbeat and opens the page again, to sign in
        return
    page.tick()


_tickers: set[asyncio.Task[None]] = set()
_opened: dict[DashboardPage, Document] = {}
_closed = count(1)
# A closed page is a cycle of some 9,000 objects, which only a full collection frees. With a hundred
# pages open, a collection blocks everything for half a second, and Panel would run one each
# time a page is closed. Until a collection, each closed page occupies 1.3 MB.
COLLECT_EVERY = 25  # closed pages between collections
collect_garbage_after(600)  # seconds to wait after a page is closed, before a collection
change_pages_on_the_loop()


def close_page(closed: DashboardPage) -> None:
    """Forget a closed page, and its workstation if it has no other page open."""
    _opened.pop(closed, None)
    name = closed.session.workstation
    if all(page.session.workstation != name for page in _opened):
        closed.diagnosis.context.watches.workstations.remove(name)
    if next(_closed) % COLLECT_EVERY == 0:
        free_garbage()


def _visitor(document: Document) -> Visitor:
    """Return the visitor who opens a session, or `READ_ONLY` if there is no request (`--warm`)."""
    return getattr(_request(document), "visitor", None) or READ_ONLY


def _origin(document: Document) -> str:
    """Return the Origin of a session's websocket; empty if it has none or is behind a proxy."""
    request = _request(document)
    if request is None or is_forwarded(request.headers):
        return ""
    return getattr(request, "origin", "")


def _request(document: Document) -> HTTPServerRequest | None:
    return getattr(document.session_context, "request", None)


def _query(arguments: Mapping[str, list[bytes]]) -> str:
    first = {key: values[0].decode("utf-8", "replace") for key, values in arguments.items()}
    return urlencode(first)
