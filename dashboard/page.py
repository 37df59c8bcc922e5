"""One opened page: states over the context, views over the states, and the line to the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.core.session import PLACES, Session
from dashboard.core.updates import Updates
from dashboard.guide.guide import Guide
from dashboard.guide.page import GuidePage
from dashboard.guide.status_bar import StatusBar
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.history.history import HistoryState
from dashboard.history.page import HistoryPage
from dashboard.loans.loans import LoansState
from dashboard.loans.page import LoansPage
from dashboard.monitoring.browser_probe import BrowserProbe
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.last_reading_view import LastReadingView
from dashboard.monitoring.probe_grid import ProbeGrid
from dashboard.monitoring.report_view import ReportView
from dashboard.monitoring.workstation_name import WorkstationName
from dashboard.monitoring.workstation_name_view import WorkstationNameView
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.banner import OutageBanner
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_view import CoordinatedGuide
from dashboard.reconciliation.page import ReconciliationPage
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.translations import Language
from dashboard.translations.sentences import to_bring_text
from dashboard.ui.connection import Connection
from dashboard.ui.failure import log_failure, set_page_language, succeeds
from dashboard.ui.lazy_place import LazyPlace, built
from dashboard.ui.shell import shell

BEAT_EVERY = 3  # ticks


class DashboardPage:
    """One page: states over the shared context, views over the states, the line to the browser."""

    def __init__(self, shared: AppContext, session: Session, spoken: Language) -> None:
        set_page_language(spoken)
        self.session = session
        self._ticks = 0
        self.updates = Updates(context=shared)
        self.board = ProbeGrid(context=shared, updates=self.updates)
        self.insight = DiagnosisState(context=shared, session=session, board=self.board)
        self.eyes = Workstations(board=self.board, insight=self.insight)
        self.guide = Guide(context=shared, session=session, board=self.board)
        self.proposal = SuggestedPath(guide=self.guide, insight=self.insight)
        self.coordination = OutageState(context=shared, session=session, insight=self.insight)
        self.lending = LoansState(context=shared, session=session)
        self.lending.refresh()  # else the page would first tell of no loans
        self.past = HistoryState(
            context=shared,
            updates=self.updates,
            shown=param.bind(lambda page: page == "history", session.param.page),
        )
        self.way = ReconciliationProgress(context=shared, session=session)
        self.line = Connection(
            self.heard,
            address=self.guide.param.address,
            to_bring=self.coordination.param.to_bring.rx().rx.pipe(
                lambda count: _to_bring(count, spoken)
            ),
        )
        self.places = {
            "guide": LazyPlace(session, "guide", lambda: self._guide_place(spoken)),
            "loans": LazyPlace(
                session, "loans", lambda: LoansPage(self.lending, self.coordination, spoken)
            ),
            "back": LazyPlace(session, "back", lambda: ReconciliationPage(self.way, spoken)),
            "history": LazyPlace(
                session, "history", lambda: HistoryPage(self.past, session, spoken)
            ),
        }
        self.past.param.watch(self._show_history_failure, "failures")
        self._readings = (
            self.board,
            self.insight,
            self.eyes,
            self.coordination,
            self.guide,
        )
        for state in self._readings:
            state.param.watch(_log_failures, "failures")
        naming = WorkstationName(insight=self.insight)
        parts = {
            "line": self.line,
            "probe": self._probe(shared),
            "round": built(LastReadingView, self.board, spoken),
            "naming": built(WorkstationNameView, naming, spoken),
            "state": built(StatusBar, self.proposal, self.coordination, spoken),
            "outage": built(OutageBanner, self.coordination, spoken),
            "here": built(lambda: ReportView(self.eyes, spoken, beside=True)),
            **self.places,
        }
        self.parts = tuple(parts.values())
        self.template = shell(session, spoken, shared.handbook, parts)

    def _guide_place(self, spoken: Language) -> CoordinatedGuide:
        place = GuidePage(self.eyes, self.proposal, self.coordination, spoken)
        return CoordinatedGuide(place, self.coordination, spoken)

    def _probe(self, shared: AppContext) -> BrowserProbe:
        targets = [one for one in shared.handbook.targets.values() if one.browser]
        return BrowserProbe(
            self.insight.sighted,
            targets=[{"key": one.key, "url": one.url} for one in targets],
            interval_ms=self.insight.param.interval_ms,
            asked=self.insight.param.asked,
            timeout_ms=int(shared.settings.probe_timeout.total_seconds() * 1000),
        )

    def tick(self) -> None:
        """Announce what is new; every third time, tell the browser that the line holds.

        Where the readings or the diagnosis cannot be computed, no beat is sent: the browser then
        shows them as past. A place that cannot be refreshed says so by itself.
        """
        self._ticks += 1
        announced = succeeds(self.updates.refresh)
        self.places["loans"].update(self.lending.refresh)
        if self.session.page == "back":
            self.places["back"].update(self.way.refresh)
        failed = any(state.failures for state in self._readings)
        if announced and not failed and self._ticks % BEAT_EVERY == 0:
            self.line.beat += 1

    def _show_history_failure(self, event: param.parameterized.Event) -> None:
        self.places["history"].show_failure(next(iter(event.new.values()), None))

    def heard(self, message: Mapping[str, Any]) -> None:
        """Take a message of the browser; whatever it says wrongly changes nothing."""
        kind = message["kind"]
        if kind == "page" and message.get("page") in PLACES:
            self.session.page = message["page"]
        elif kind == "desk":
            self.lending.choose_desk(str(message.get("desk", "")))
        elif kind == "address":
            self.guide.follow(str(message.get("query", "")))
        elif kind == "workstation":
            self.session.name_workstation(str(message.get("name", "")))
        elif kind == "scheme" and message.get("scheme") in {"light", "dark"}:
            self.session.scheme = message["scheme"]
        elif kind == "width":
            self.session.narrow = message.get("narrow") is True


def _log_failures(event: param.parameterized.Event) -> None:
    for error in event.new.values():
        log_failure(error)


def _to_bring(count: int | None, spoken: Language) -> dict[str, str]:
    return {"count": spoken.number(count), "said": to_bring_text(count, spoken)} if count else {}
