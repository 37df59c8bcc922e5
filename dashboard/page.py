"""An open page: its states, its views, and its connection to the browser."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import param
from panel.viewable import Viewable, Viewer

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.session import LACKS, PLACES, Session
from dashboard.core.state import States
from dashboard.core.visitor import Permission
from dashboard.guide.guide import Guide
from dashboard.guide.guide_page import GuidePage
from dashboard.guide.guide_phase import GuidePhase
from dashboard.guide.status_bar import StatusBar
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.history.history_state import HistoryState
from dashboard.loans.loans import LendingState
from dashboard.loans.scan_view import ScanBox
from dashboard.monitoring.browser_probe_component import BrowserProbe
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.workstation_name import WorkstationName
from dashboard.monitoring.workstation_name_view import WorkstationNameView
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.handbook_notice import HandbookNoticeView
from dashboard.outage.outage import OutageState
from dashboard.readiness.reports import record_report
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.translations import Language
from dashboard.translations.sentences import to_bring_text
from dashboard.ui.connection import Connection
from dashboard.ui.failure_log import log_failure, succeeds
from dashboard.ui.file_drop import FileDrop
from dashboard.ui.lazy_place import LazyPlace, NotForYou, view_or_failure
from dashboard.ui.live_html import LiveHTML, LiveStack
from dashboard.ui.view import View, set_page_language

BEAT_EVERY = 3  # ticks between heartbeats
BEAT_AFTER = timedelta(seconds=3)  # used if ticks are late because many pages are open

# A browser receives the component types when its session is created, so the types used by places
# that are imported later must be listed here.
COMPONENTS = (FileDrop, ScanBox)

# The views shown above every place (the guide, the loans, …), each with its position in the frame.
HEADER_VIEWS: Mapping[type[View], str] = {
    WorkstationNameView: "naming",
    StatusBar: "state",
    HandbookNoticeView: "outage",
}


class DashboardPage(param.Parameterized):
    """The states and views of a page, created for each session."""

    def __init__(self, ledger: ReconciliationLedger, session: Session, language: Language) -> None:
        super().__init__()
        set_page_language(language)
        self.session, self._language, self._ticks = session, language, 0
        self._states = states = States(ledger.context, ledger, session, language)
        # The order matters: most states need some of those above them.
        self.updates = states.add(ChangeCounters)
        self.grid = states.add(ProbeGrid)
        self.diagnosis = states.add(DiagnosisState)
        self.workstations = states.add(Workstations)
        self.guide = states.add(Guide)
        self.suggested_path = states.add(SuggestedPath)
        self.outage = states.add(OutageState)
        self.guide_phase = states.add(GuidePhase)
        self.loans = states.add(LendingState, is_open=self._shows_loans)
        self.history = states.add(HistoryState, is_open=self._shows_history)
        self.reconciliation = states.add(ReconciliationProgress, is_open=self._shows_reconciliation)
        self.history.apply_address(session.query)
        self._last_beat = self.updates.now
        self.connection = Connection(
            self.handle_message,
            editions=self.updates.param.editions,
            address=self._address,
            to_bring=self._to_bring,
        )
        self.places = self._make_places()
        self.parts = self._make_parts()
        self._watch_failures()

    # These are methods because reactive expressions would take 20 kB each per page.
    @param.depends("session.page")
    def _shows_loans(self) -> bool:
        return self._shows("loans")

    @param.depends("session.page")
    def _shows_reconciliation(self) -> bool:
        return self._shows("reconciliation")

    @param.depends("session.page")
    def _shows_history(self) -> bool:
        return self._shows("history")

    def _shows(self, place: str) -> bool:
        return self.session.page == place and self.session.may_open(place)

    @param.depends("guide.address", "history.address")
    def _address(self) -> str:
        return "&".join(filter(None, (self.guide.address, self.history.address)))

    @param.depends("outage.to_bring")
    def _to_bring(self) -> dict[str, str]:
        count, language = self.outage.to_bring, self._language
        if not count:
            return {}
        return {"count": language.number(count), "said": to_bring_text(count, language)}

    def _make_places(self) -> dict[str, LazyPlace]:
        # Import each place when it is first opened, so the first response after startup does not
        # wait for the places, nor for pandas, which they import.
        def loans() -> Viewer:
            from dashboard.loans.loans_page import LoansPage  # noqa: PLC0415

            return self._states.make(LoansPage)

        def reconciliation() -> Viewer:
            from dashboard.reconciliation.reconciliation_page import ReconciliationPage  # noqa: PLC0415

            return self._states.make(ReconciliationPage)

        def history() -> Viewer:
            from dashboard.history.history_page import HistoryPage  # noqa: PLC0415

            return self._states.make(HistoryPage)

        def coordination() -> Viewer:
            from dashboard.outage.coordination_page import CoordinationPage  # noqa: PLC0415

            return self._states.make(CoordinationPage)

        guide, not_for_you = (partial(self._states.make, view) for view in (GuidePage, NotForYou))
        places = {
            "guide": guide,
            "loans": loans,
            "reconciliation": reconciliation,
            "history": history,
            "coordination": coordination,
        }
        made = {
            place: make if self.session.may_open(place) else not_for_you
            for place, make in places.items()
        }
        return {place: LazyPlace(self.session, place, make) for place, make in made.items()}

    def _make_parts(self) -> dict[str, Viewable | Viewer]:
        def part(kind: type[View], **more: object) -> Viewer | LiveHTML:
            return view_or_failure(partial(self._states.make, kind), **more)

        self._states.add(WorkstationName)
        return {
            "line": self.connection,
            "probe": self._probe(),
            "head": LiveStack([part(kind) for kind in HEADER_VIEWS], list(HEADER_VIEWS.values())),
            **self.places,
        }

    def _watch_failures(self) -> None:
        computed = {
            "loans": self.loans,
            "reconciliation": self.reconciliation,
            "history": self.history,
        }
        for place, state in computed.items():
            state.param.watch(partial(self._show_failure, place), "failures")
        readings = (
            self.grid,
            self.diagnosis,
            self.workstations,
            self.outage,
            self.guide,
            self.guide_phase,
        )
        self._readings = readings
        for state in readings:
            state.param.watch(_log_failures, "failures")

    def _probe(self) -> BrowserProbe:
        return BrowserProbe(
            self._record_round,
            targets=self._probed,
            interval_ms=self.diagnosis.param.interval_ms,
            asked=self.diagnosis.param.asked,
            timeout_ms=int(self.updates.context.settings.probe_timeout.total_seconds() * 1000),
        )

    @param.depends("updates.handbook")
    def _probed(self) -> list[dict[str, str]]:
        is_demo, targets = self.updates.context.demo, self.updates.handbook.targets.values()
        return [] if is_demo else [{"key": t.key, "url": t.url} for t in targets if t.browser]

    def _record_round(self, probes: list[Mapping[str, object]], age_ms: float) -> None:
        """Record a browser's probes, unless the visitor may only read or has signed out."""
        if self.session.person.may(Permission.REPORT):
            self.diagnosis.record_round(probes, age_ms)

    def tick(self) -> None:
        """Announce changes and, every third time, send a heartbeat to the browser.

        If the readings or the diagnosis cannot be computed, no heartbeat is sent, so the browser
        marks the readings as outdated. If only a place cannot be computed, the heartbeat is sent,
        and the place shows the error.
        """
        self._ticks += 1
        announced = succeeds(self.updates.read_new)
        failed = any(state.failures for state in self._readings)
        now = self.updates.now
        due = self._ticks % BEAT_EVERY == 0 or now - self._last_beat >= BEAT_AFTER
        if announced and not failed and due:
            self._last_beat = now
            self.connection.beat += 1

    def _show_failure(self, place: str, event: param.parameterized.Event) -> None:
        self.places[place].show_failure(next(iter(event.new.values()), None))

    def handle_message(self, message: Mapping[str, object]) -> None:
        """Apply a message from the browser; an invalid message changes nothing."""
        kind = message["kind"]
        if kind == "page" and message.get("page") in PLACES:
            self.session.page = message["page"]
        elif kind == "desk":
            self.loans.choose_desk(str(message.get("desk", "")))
        elif kind == "address":
            self._apply_address(str(message.get("query", "")))
        elif kind == "workstation" and not self.session.workstation:
            self.session.name_workstation(str(message.get("name", "")))
        elif kind == "scheme" and message.get("scheme") in {"light", "dark"}:
            self.session.scheme = message["scheme"]
        elif kind == "lacks" and message.get("what") in LACKS:
            self.session.missing_feature = message["what"]
            session = self.session
            if session.person.may(Permission.REPORT):
                record_report(self.updates.context, session.workstation, session.desk, message)
        elif kind == "width":
            self.session.narrow = message.get("narrow") is True

    def _apply_address(self, query: str) -> None:
        # Change the address only once: the page would mistake the first of two changes for a change
        # of place.
        with param.parameterized.batch_call_watchers(self.connection):
            self.guide.apply_address(query)
            self.history.apply_address(query)


def _log_failures(event: param.parameterized.Event) -> None:
    for error in event.new.values():
        log_failure(error)
