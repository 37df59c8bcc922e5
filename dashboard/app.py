"""The composition: opens the papers, the memory and the watch once; makes a page a session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import panel as pn

from dashboard.components.line import Line
from dashboard.settings import Settings
from dashboard.state.board import Board
from dashboard.state.guide import Guide
from dashboard.state.house import House
from dashboard.state.lending import Lending
from dashboard.state.past import Past
from dashboard.state.visit import PLACES, Visit, visit_from
from dashboard.translations import Language, language
from dashboard.views.guide_place import GuidePlace
from dashboard.views.history_place import HistoryPlace
from dashboard.views.loans_place import LoansPlace
from dashboard.views.place import Place
from dashboard.views.round import Round
from dashboard.views.shell import shell
from dashboard.views.state_band import StateBand
from procedure.io.handbook import load_handbook
from procedure.io.sql import open_database
from procedure.io.watch import Watch

TICK = 1000  # milliseconds between two looks at what is new
BEAT_EVERY = 3  # ticks


def now() -> datetime:
    """Ask the clock: an aware UTC instant."""
    return datetime.now(UTC)


@cache
def house() -> House:
    """Open what all pages share; whoever asks first opens it."""
    settings = Settings.from_env()
    handbook = load_handbook(settings.handbook)
    database = open_database(settings.database_url, role="server", now=now)
    watch = Watch(handbook.targets.values(), history=database.history, settings=settings, now=now)
    return House(settings, handbook, database.journal, database.history, watch, now)


def page() -> pn.Template:
    """Make the page of the session that is being opened, and see that the watch runs."""
    shared = house()
    shared.watch.ensure_started()
    visit = visit_from(
        pn.state.session_args,
        pn.state.cookies,
        language=shared.settings.language,
        query=_query(pn.state.session_args),
    )
    opened = Page(shared, visit, language(visit.language))
    pn.state.add_periodic_callback(opened.tick, period=TICK)
    return opened.template


class Page:
    """One page: states over the shared house, views over the states, and the line to the browser."""

    def __init__(self, shared: House, visit: Visit, spoken: Language) -> None:
        self.visit = visit
        self.board = Board(house=shared)
        self.guide = Guide(house=shared, visit=visit, board=self.board)
        self.lending = Lending(house=shared, visit=visit)
        self.past = Past(house=shared)
        self.line = Line(self.heard, address=self.guide.param.address)
        parts = {
            "line": self.line,
            "round": Round(self.board, spoken),
            "state": StateBand(self.board, self.guide, spoken),
            "guide": Place(visit, "guide", lambda: GuidePlace(self.board, self.guide, spoken)),
            "loans": Place(visit, "loans", lambda: LoansPlace(self.lending, spoken)),
            "history": Place(visit, "history", lambda: HistoryPlace(self.past, spoken)),
        }
        self.template = shell(visit, spoken, shared.handbook, parts)

    def tick(self) -> None:
        """Look once at what is new; every third time, tell the browser that the line holds."""
        self.visit.ticks += 1
        self.board.refresh()
        self.lending.refresh()
        if self.visit.page == "history":
            self.past.refresh()
        if self.visit.ticks % BEAT_EVERY == 0:
            self.line.beat += 1

    def heard(self, message: Mapping[str, Any]) -> None:
        """Take a message of the browser: a place gone to, a desk chosen, an address gone back to."""
        kind = message["kind"]
        if kind == "page" and message.get("page") in PLACES:
            self.visit.page = message["page"]
        elif kind == "desk":
            self.lending.choose_desk(str(message.get("desk", "")))
        elif kind == "address":
            self.guide.follow(str(message.get("query", "")))


def _query(arguments: Mapping[str, list[bytes]]) -> str:
    return "&".join(f"{key}={values[0].decode()}" for key, values in arguments.items() if values)
