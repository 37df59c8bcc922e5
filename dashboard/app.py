"""The composition: opens the papers, the memory and the watch once; makes a page a session."""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import httpx
import panel as pn

from dashboard.audience import REFUSAL, answered
from dashboard.components.browser_probe import BrowserProbe
from dashboard.components.line import Line
from dashboard.settings import Settings
from dashboard.state.board import Board
from dashboard.state.eyes import Eyes
from dashboard.state.guide import Guide
from dashboard.state.house import House
from dashboard.state.insight import Insight
from dashboard.state.lending import Lending
from dashboard.state.long_past import read_long_past
from dashboard.state.naming import Naming
from dashboard.state.outage import Coordination
from dashboard.state.past import Past
from dashboard.state.proposal import Proposal
from dashboard.state.visit import PLACES, Visit, visit_from
from dashboard.state.way_back import WayBack
from dashboard.translations import Language, language
from dashboard.views.guide_place import GuidePlace
from dashboard.views.here import Here
from dashboard.views.history_place import HistoryPlace
from dashboard.views.loans_place import LoansPlace
from dashboard.views.naming import NamingView
from dashboard.views.outage import CoordinatedGuide
from dashboard.views.outage_banner import OutageBanner
from dashboard.views.place import Place
from dashboard.views.round import Round
from dashboard.views.shell import elsewhere, shell
from dashboard.views.state_band import StateBand
from dashboard.views.way_back_place import WayBackPlace
from procedure.chronicle import KEPT
from procedure.cut_off import CutOff
from procedure.errors import ProcedureError
from procedure.handbook import Handbook
from procedure.history import History
from procedure.io.alma_api import Keys, open_alma
from procedure.io.alma_errands import AlmaErrands
from procedure.io.feed_reader import Credentials, FeedReader
from procedure.io.feed_watch import FeedWatch
from procedure.io.handbook import load_handbook
from procedure.io.ids import new_id
from procedure.io.neighbour_watch import NeighbourWatch
from procedure.io.probers import Prober, user_agent
from procedure.io.sql import open_database
from procedure.io.watch import Watch
from procedure.journal import Journal
from procedure.monitoring import Outcome

TICK = 1000  # milliseconds between two looks at what is new
BEAT_EVERY = 3  # ticks
CHRONICLE_EVERY = 5  # seconds
LONG_PAST_EVERY = 180

_log = logging.getLogger(__name__)


def now() -> datetime:
    """Ask the clock: an aware UTC instant."""
    return datetime.now(UTC)


@cache
def house() -> House:
    """Open what all pages share; whoever asks first opens it."""
    settings = Settings.from_env()
    handbook = paced(load_handbook(settings.handbook), settings)
    database = open_database(
        settings.database_url, role="server", now=now, keep=settings.keep_outcomes
    )
    atexit.register(database.close)
    database.history.expect({key: one.interval for key, one in handbook.targets.items()})
    agent = user_agent(version("alma-relais"), settings.contact)
    prober = Prober(agent=agent, timeout=settings.probe_timeout)
    targets = list(handbook.targets.values())
    watch = Watch(targets, prober, database.history, now=now)
    reader = FeedReader(
        httpx.AsyncClient(headers={"User-Agent": agent}, trust_env=False),
        now=now,
        credentials=credentials(handbook, settings),
    )
    feeds = FeedWatch(targets, reader)
    opened = House(
        *(settings, handbook, database.journal, database.history, watch, now, feeds),
        alma=errands(settings, database.journal),
        new_id=new_id,
        notes=database.notes,
        neighbours=neighbour_watch(handbook, agent),
    )
    opened.refold()
    # A process that was killed may have left the note of what waits no more, or never did.
    opened.notes.keep_only(opened.waiting.ids)
    # A long log stays: looked through as garbage, it would hold up every page for a second.
    gc.freeze()
    return opened


def errands(settings: Settings, journal: Journal) -> AlmaErrands:
    """Give what the way back asks of Alma; without a key, nothing is asked."""
    keys = Keys(settings.alma_key, settings.alma_write_key, settings.alma_network_key)
    limits = {"rate": settings.alma_rate, "margin": settings.alma_margin}
    line = partial(open_alma, settings.alma_url, keys, **limits, now=now, new_id=uuid4)
    return AlmaErrands(line, keys, journal)


def neighbour_watch(handbook: Handbook, agent: str) -> NeighbourWatch:
    """Look at the other libraries that the papers list; at nobody when they list none."""
    # Their own client: a neighbour that hangs must hold up no status page.
    client = httpx.AsyncClient(headers={"User-Agent": agent}, trust_env=False)
    return NeighbourWatch(handbook.neighbours.values(), client, now=now)


def credentials(handbook: Handbook, settings: Settings) -> Credentials:
    """Give the ServiceNow user to the hosts whose feeds are of that format, and to no other."""
    if not settings.servicenow_user:
        return {}
    user = (settings.servicenow_user, settings.servicenow_password)
    feeds = [one.feed for one in handbook.targets.values() if one.feed is not None]
    hosts = [urlsplit(one.url) for one in feeds if one.format == "exlibris-servicenow"]
    return {f"{one.scheme}://{one.netloc.casefold()}": user for one in hosts}


def paced(handbook: Handbook, settings: Settings) -> Handbook:
    """Give the targets that the diagnosis needs the interval that the settings ask for."""
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


_keepers: set[asyncio.Task[None]] = set()


def ensure_watched(shared: House) -> None:
    """See that the watch runs, and that the chronicle follows it, once for the process."""
    shared.watch.ensure_started()
    shared.feeds.ensure_started()
    shared.neighbours.ensure_started()
    if not _keepers:
        loop = asyncio.get_running_loop()
        _keepers.add(loop.create_task(_keep_chronicle(shared)))
        _keepers.add(loop.create_task(_keep_long_past(shared)))


async def _keep_chronicle(shared: House) -> None:
    while True:
        await renew_chronicle(shared)
        await asyncio.sleep(CHRONICLE_EVERY)


async def renew_chronicle(shared: House) -> None:
    """Read what came since the last time, in a thread: the first time it is a week of outcomes."""
    since = shared.chronicle.first_needed(shared.now())
    try:
        seen, kept = await asyncio.to_thread(_read, shared.history, since, shared.now())
    except ProcedureError as fault:
        _log.error("the history cannot be read: %s", fault)
    else:
        # After a start the watch knows of no stretch until it has judged the week again.
        cuts = sorted({*kept, *shared.watch.board.cuts}, key=attrgetter("start"))
        shared.chronicle.renew(seen, shared.now(), cuts)
        _keep_words(shared)


async def _keep_long_past(shared: House) -> None:
    while True:
        await renew_long_past(shared)
        await asyncio.sleep(LONG_PAST_EVERY)


async def renew_long_past(shared: House) -> None:
    """Read the last ninety days anew, in a thread; where that fails, what is known stays."""
    asked = shared.history, shared.handbook, shared.official.announced(), shared.now()
    try:
        shared.long_past = await asyncio.to_thread(read_long_past, *asked)
    except ProcedureError as fault:
        _log.error("the last ninety days cannot be read: %s", fault)
        shared.long_past_fault = True
    else:
        shared.long_past_fault = False


def _keep_words(shared: House) -> None:
    try:
        shared.keep_words()
    except ProcedureError as fault:
        _log.error("what the status pages say cannot be kept: %s", fault)


def _read(
    history: History, since: datetime, until: datetime
) -> tuple[list[Outcome], tuple[CutOff, ...]]:
    return list(history.outcomes(since=since)), history.cuts(since=until - KEPT, until=until)


def page() -> pn.Template:
    """Make the page of the session that is being opened."""
    if not answered(_asked_from()):
        return elsewhere(REFUSAL)
    shared = house()
    ensure_watched(shared)
    visit = visit_from(
        pn.state.session_args,
        pn.state.cookies,
        language=shared.settings.language,
        query=_query(pn.state.session_args),
    )
    opened = Page(shared, visit, language(visit.language))
    # Before the line is open an update waits its turn, and an older one would overtake a newer.
    pn.state.onload(lambda: pn.state.add_periodic_callback(opened.tick, period=TICK))
    _opened.add(opened)
    pn.state.on_session_destroyed(lambda _: leave(opened))
    return opened.template


def _asked_from() -> str:
    """Give the IP address from which the page is asked for."""
    context = pn.state.curdoc.session_context if pn.state.curdoc else None
    return str(getattr(context.request, "remote_ip", "")) if context else ""


_opened: set[Page] = set()


def leave(closed: Page) -> None:
    """Let a closed page go, and its workstation too when no other page of it is open."""
    _opened.discard(closed)
    name = closed.visit.workstation
    if all(one.visit.workstation != name for one in _opened):
        closed.insight.house.leave(name)


class Page:
    """One page: states over the shared house, views over the states, the line to the browser."""

    def __init__(self, shared: House, visit: Visit, spoken: Language) -> None:
        self.visit = visit
        self.board = Board(house=shared)
        self.insight = Insight(house=shared, visit=visit, board=self.board)
        self.eyes = Eyes(board=self.board, insight=self.insight)
        self.guide = Guide(house=shared, visit=visit, board=self.board)
        self.proposal = Proposal(guide=self.guide, insight=self.insight)
        self.coordination = Coordination(house=shared, visit=visit, insight=self.insight)
        self.lending = Lending(house=shared, visit=visit)
        self.lending.refresh()  # else the page would first tell of no loans
        self.past = Past(house=shared)
        self.way = WayBack(house=shared, visit=visit)
        self.line = Line(self.heard, address=self.guide.param.address)
        parts = {
            "line": self.line,
            "probe": self._probe(shared),
            "round": Round(self.board, spoken),
            "naming": NamingView(Naming(insight=self.insight), spoken),
            "state": StateBand(self.proposal, self.coordination, spoken),
            "outage": OutageBanner(self.coordination, spoken),
            "guide": Place(visit, "guide", lambda: self._guide_place(spoken)),
            "here": Here(self.eyes, spoken, beside=True),
            "loans": Place(visit, "loans", lambda: LoansPlace(self.lending, spoken)),
            "back": Place(visit, "back", lambda: WayBackPlace(self.way, spoken)),
            "history": Place(visit, "history", lambda: HistoryPlace(self.past, visit, spoken)),
        }
        self.template = shell(visit, spoken, shared.handbook, parts)

    def _guide_place(self, spoken: Language) -> CoordinatedGuide:
        place = GuidePlace(self.eyes, self.proposal, self.coordination, spoken)
        return CoordinatedGuide(place, self.coordination, spoken)

    def _probe(self, shared: House) -> BrowserProbe:
        targets = [one for one in shared.handbook.targets.values() if one.browser]
        return BrowserProbe(
            self.insight.sighted,
            targets=[{"key": one.key, "url": one.url} for one in targets],
            interval_ms=self.insight.param.interval_ms,
            asked=self.insight.param.asked,
            timeout_ms=int(shared.settings.probe_timeout.total_seconds() * 1000),
        )

    def tick(self) -> None:
        """Look once at what is new; every third time, tell the browser that the line holds."""
        self.visit.ticks += 1
        self.board.refresh()
        self.insight.refresh()
        self.eyes.refresh()
        self.coordination.refresh()
        self.guide.refresh()
        self.lending.refresh()
        if self.visit.page == "history":
            self.past.refresh()
        if self.visit.page == "back":
            self.way.refresh()
        if self.visit.ticks % BEAT_EVERY == 0:
            self.line.beat += 1

    def heard(self, message: Mapping[str, Any]) -> None:
        """Take a message of the browser; whatever it says wrongly changes nothing."""
        kind = message["kind"]
        if kind == "page" and message.get("page") in PLACES:
            self.visit.page = message["page"]
        elif kind == "desk":
            self.lending.choose_desk(str(message.get("desk", "")))
        elif kind == "address":
            self.guide.follow(str(message.get("query", "")))
        elif kind == "workstation":
            self.visit.name_workstation(str(message.get("name", "")))
        elif kind == "scheme" and message.get("scheme") in {"light", "dark"}:
            self.visit.scheme = message["scheme"]
        elif kind == "width":
            self.visit.narrow = message.get("narrow") is True


def _query(arguments: Mapping[str, list[bytes]]) -> str:
    first = {key: values[0].decode("utf-8", "replace") for key, values in arguments.items()}
    return urlencode(first)
