"""The dashboard in a notebook: a session over a read-only database, and four views of it.

    from dashboard import ProbeGridView, open_session

    session = open_session("sqlite:////srv/relais/relais.sqlite3")
    ProbeGridView(session)

A notebook lacks the workstations' current readings, which are only in the server's memory. Its
views do not list pending loans, so they do not show the notes on them.
"""

from dataclasses import replace
from types import TracebackType
from typing import Self, cast

import panel as pn
from panel.viewable import Viewable, Viewer

from dashboard.app import with_probe_interval
from dashboard.core.change_counters import ChangeCounters
from dashboard.core.computed_once import ComputedOnce
from dashboard.core.context import AppContext, fold_journal, intervals_of
from dashboard.core.database_store import store_over
from dashboard.core.errors import SettingsError
from dashboard.core.handbook_in_use import HandbookInUse
from dashboard.core.library_settings import apply_library_settings
from dashboard.core.probe_watch import RecordedWatch
from dashboard.core.session import Session
from dashboard.core.setting_parsers import database_url
from dashboard.core.state import States
from dashboard.core.visitor import READ_ONLY, Visitor
from dashboard.core.watches import RecentPast, Watches
from dashboard.guide.guide import Guide
from dashboard.guide.guide_phase import GuidePhase
from dashboard.guide.guide_view import GuidePanel
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.history.history_page import HistoryPage
from dashboard.history.history_state import HistoryState
from dashboard.loans.loan_log_view import LoanLogPanel
from dashboard.loans.loans import LendingState
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.loans_left import LoansLeft
from dashboard.outage.outage import OutageState
from dashboard.settings import Settings
from dashboard.translations import offered_language, offered_languages
from dashboard.translations.languages import use_lending_step
from dashboard.ui.templating import inline_style
from dashboard.ui.view import View, set_page_language
from dashboard.upkeep.repeated_tasks import add_recent, read_recent
from procedure.io.clock import SystemClock, utc_now
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.recent import RecentStates
from procedure.monitoring.workstation_registry import WorkstationRegistry
from procedure.outages.ninety_days import read_ninety_days


class ReaderSession(Session):
    """A session that can only read."""

    @property
    def person(self) -> Visitor:
        return READ_ONLY


class NotebookSession:
    """The state behind a notebook's views; `refresh` reads new records.

    The journal and the history are accessible through `context`. Leaving a `with` block closes the
    database.
    """

    def __init__(self, context: AppContext, probes: RecordedWatch, database: Database) -> None:
        self.context, self._probes, self._database = context, probes, database
        self.language = offered_language(context.settings.language)
        set_page_language(self.language)
        self.session = ReaderSession(language=self.language.code, page="loans")
        self._read()
        self.states = states = States(context, LoansLeft(), self.session, self.language)
        self.updates = states.add(ChangeCounters)
        self.grid = states.add(ProbeGrid)
        self.diagnosis = states.add(DiagnosisState)
        self.workstations = states.add(Workstations)
        self.guide = states.add(Guide)
        self.suggested_path = states.add(SuggestedPath)
        states.add(OutageState)
        states.add(GuidePhase)
        self.loans = states.add(LendingState)
        self.loans.listing.day = ""
        self.history = states.add(HistoryState)

    def refresh(self) -> None:
        """Read and show what the server has recorded since the last call.

        Raises:
            JournalError: the database cannot be read.
        """
        self._read()
        self.updates.refresh()

    def _read(self) -> None:
        context, at = self.context, self.context.clock.now()
        self._probes.read(at)
        since = context.watches.recent.states.needed_since(at)
        add_recent(context, *read_recent(context.store.history, since, at))
        context.folds.update()
        if context.folds.unread is not None:
            raise context.folds.unread
        announced = context.folds.announcements.announcements()
        context.watches.recent.ninety_days = read_ninety_days(
            context.store.history, context.handbook.current, announced, at
        )

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_session(
    url: str | None = None, *, role: str = "reader", language: str | None = None
) -> NotebookSession:
    """Open a database for reading; nothing in it is changed or migrated.

    `url` is a database URL (`sqlite:////srv/relais/relais.sqlite3`, `postgresql://…`), and
    `language` one of the interface's languages, such as `en`; by default, both are taken from the
    settings, as is the handbook (`RELAIS_HANDBOOK`). SQLite creates its `-wal` and `-shm` files
    even next to a database that is only read.

    Raises:
        ValueError: the role or the language is unknown.
        SettingsError: the URL, or a setting, cannot be used.
        JournalMissing: there is no database, and none is created.
        JournalTooOld: an earlier version of Relais created it; the message says what to do.
        JournalTooNew, JournalUnwritable: see `open_database`.
        HandbookError: the handbook cannot be used.
    """
    if role != "reader":
        raise ValueError(f'role={role!r}: a notebook only reads; give role="reader".')
    settings = _settings(url, language)
    handbook = with_probe_interval(load_handbook(settings.handbook), settings)
    apply_library_settings(handbook.library, settings.handbook)
    use_lending_step(handbook.procedure.lending.key)
    if language is not None and language not in offered_languages():
        raise ValueError(f"language={language!r}: give one of {', '.join(offered_languages())}.")
    database = open_database(settings.database_url, role="reader", now=utc_now)
    probes = RecordedWatch(database.history, handbook.targets)
    in_use = HandbookInUse(handbook, settings.offline_layout)
    store, clock = store_over(database, settings, database.accounts), SystemClock()
    context = AppContext(
        settings=settings,
        clock=clock,
        handbook=in_use,
        store=store,
        watches=Watches(
            probes,
            RecentPast(RecentStates(intervals_of(handbook))),
            WorkstationRegistry(database.history),
        ),
        folds=fold_journal(store, settings, in_use),
        computed_once=ComputedOnce(clock.now),
    )
    return NotebookSession(context, probes, database)


def _settings(url: str | None, language: str | None) -> Settings:
    settings = Settings.from_env()
    try:
        chosen = settings.database_url if url is None else database_url(url)
    except ValueError as fault:
        raise SettingsError(f"open_session: {fault}") from None
    return replace(settings, database_url=chosen, language=language or settings.language)


class NotebookView(View):
    """A view of the dashboard for a notebook, with its style sheets inlined."""

    def __init__(self, view: Viewer) -> None:
        super().__init__()
        self._view = cast("Viewable", pn.panel(view))
        # Dashboard pages link to style sheets that only their server provides.
        for part in self._view.select(Viewable):
            part.stylesheets = [inline_style(stylesheet) for stylesheet in part.stylesheets]


class ProbeGridView(NotebookView):
    """The probe grid: one row per target, with the last hour of the server's readings."""

    def __init__(self, session: NotebookSession) -> None:
        super().__init__(session.states.make(GridPanel))


class GuideView(NotebookView):
    """The procedure at its first question, with suggestions; nothing can be answered here."""

    def __init__(self, session: NotebookSession) -> None:
        session.guide.begin()
        super().__init__(session.states.make(GuidePanel))


class LoanLogView(NotebookView):
    """The loans of all days, with filters; only the end of a patron's number is shown."""

    def __init__(self, session: NotebookSession) -> None:
        super().__init__(session.states.make(LoanLogPanel))


class HistoryView(NotebookView):
    """The timeline, outages and availability for the last day, week or ninety days."""

    def __init__(self, session: NotebookSession) -> None:
        super().__init__(session.states.make(HistoryPage))
