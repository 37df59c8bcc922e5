"""A notebook's session reads the server's records, shows them as pages do, and changes nothing."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import panel as pn
import pytest

import dashboard
from dashboard import GuideView, HistoryView, LoanLogView, ProbeGridView, open_session
from dashboard.core.errors import SettingsError
from dashboard.core.probe_watch import RecordedWatch
from dashboard.notebook_api import NotebookSession, NotebookView
from dashboard.ui.live_html import LiveHTML
from procedure.circulation.transactions import Loan
from procedure.errors import JournalMissing, JournalTooOld
from procedure.handbook.model import Handbook
from procedure.io.database.database import Database, open_database
from procedure.monitoring.model import Outcome, Status
from tests.support import make
from tests.support.memory import MemoryHistory
from tests.support.tables import cells

SECOND = timedelta(seconds=1)
READ_ONLY = "Lecture seule : d’ici, rien n’est enregistré."  # with plain spaces


def now() -> datetime:
    return datetime.now(UTC)


def seen(target: str, status: Status = Status.UP, ago: float = 1) -> Outcome:
    answered = {"latency_ms": 61.0, "http_status": 200}
    return Outcome(target, "https://a.example", "server", now() - ago * SECOND, status, **answered)


def loan(number: int) -> Loan:
    return make.loan(number, f"100000000{number}", "SLSP-000123456", at=now(), desk="CMU")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relais.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{path}", now=now) as opened:
        opened.history.record([seen("switch", ago=ago) for ago in (3, 2, 1)])
        opened.journal.append(loan(1))
        yield opened


@pytest.fixture
def session(path: Path, database: Database) -> Iterator[NotebookSession]:
    with open_session(f"sqlite:///{path}") as opened:
        yield opened


def text(view: NotebookView) -> str:
    panes = view.__panel__().select(LiveHTML)
    shown = " ".join(pane.html for pane in panes if pane.visible)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_dashboard_exports_its_public_names() -> None:
    names = ["GuideView", "HistoryView", "LoanLogView", "ProbeGridView", "open_session"]
    assert dashboard.__all__ == names


def test_import_loads_neither_panel_nor_pandas() -> None:
    asked = "import sys, dashboard; print('panel' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_grid_shows_outcomes_and_refreshes(session: NotebookSession, database: Database) -> None:
    grid = ProbeGridView(session)
    assert "Site externe, Serveur : Répond" in text(grid)
    database.history.record([seen("switch", Status.DOWN, ago) for ago in (0.9, 0.6, 0.3)])
    session.refresh()
    assert "Site externe, Serveur : Échoue" in text(grid)


def test_loan_log_shows_loans_of_any_day_without_identifiers(
    session: NotebookSession, database: Database
) -> None:
    log = LoanLogView(session)
    assert cells(log, "item") == ["1000000001"]
    assert "SLSP-000123456" not in "".join(pane.html for pane in log.__panel__().select(LiveHTML))
    assert cells(log, "patron") == ["…456"]
    database.journal.append(loan(2))
    session.refresh()
    assert cells(log, "item") == ["1000000002", "1000000001"]


def test_guide_refuses_an_answer_with_a_reason(
    session: NotebookSession, database: Database
) -> None:
    guide, before = GuideView(session), database.journal.position()
    step = session.guide.step
    assert READ_ONLY not in text(guide)
    for pane in guide.__panel__().select(LiveHTML):
        pane.receive({"act": "answer", "value": f"{step}/no"})
    assert READ_ONLY in text(guide)
    assert (session.guide.step, database.journal.position()) == (step, before)


def test_guide_refuses_to_lend_with_a_reason(session: NotebookSession) -> None:
    guide = GuideView(session)
    for pane in guide.__panel__().select(LiveHTML):
        pane.receive({"act": "go", "value": "loans"})
    assert READ_ONLY in text(guide)


@pytest.mark.parametrize("view", [GuideView, ProbeGridView])
def test_grid_refuses_to_read_a_status_page_with_a_reason(
    session: NotebookSession, view: type[NotebookView]
) -> None:
    shown = view(session)  # type: ignore[call-arg]
    for pane in shown.__panel__().select(LiveHTML):
        pane.receive({"act": "word", "value": "exlibris-status/ok"})
    assert READ_ONLY in text(shown)


def test_loan_log_offers_no_void_and_accepts_none(session: NotebookSession) -> None:
    log = LoanLogView(session)
    (pane,) = (pane for pane in log.__panel__().select(LiveHTML) if "<table" in pane.html)
    before = text(log)
    assert "Corriger" not in before
    pane.receive({"act": "act", "value": str(session.loans.listing.rows[0].loan.id)})
    assert (text(log), session.loans.listing.chosen) == (before, None)


def test_history_shows_its_timeline(session: NotebookSession) -> None:
    history = HistoryView(session)
    assert len(history.__panel__().select(pn.pane.Bokeh)) == 1
    assert session.history.known


def test_views_bring_their_style(session: NotebookSession) -> None:
    views = [view(session) for view in (ProbeGridView, GuideView, LoanLogView, HistoryView)]
    parts = [part for view in views for part in view.__panel__().select(pn.viewable.Viewable)]
    sheets = {sheet for part in parts for sheet in part.stylesheets}
    assert [sheet[:21] for sheet in sheets] == ["data:text/css;base64,"]


def test_database_is_unchanged(path: Path) -> None:
    with open_database(f"sqlite:///{path}", now=now) as database:
        database.journal.append(loan(1))
    before = path.read_bytes()
    with open_session(f"sqlite:///{path}") as session:
        session.refresh()
        LoanLogView(session)
    assert path.read_bytes() == before


def test_language_can_be_chosen(path: Path, database: Database) -> None:
    del database
    with open_session(f"sqlite:///{path}", language="en") as session:
        assert "External site, Server: Responds" in text(ProbeGridView(session))


# --- databases that cannot be opened


def test_open_session_names_a_mistyped_path_and_creates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mistyped.sqlite3"
    with pytest.raises(JournalMissing, match=re.escape(str(path))):
        open_session(f"sqlite:///{path}")
    assert list(tmp_path.iterdir()) == []


def test_open_session_refuses_an_older_schema_with_instructions(path: Path) -> None:
    open_database(f"sqlite:///{path}", now=now).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM schema_version WHERE version > 1")
    connection.close()
    with pytest.raises(JournalTooOld, match="relais serve"):
        open_session(f"sqlite:///{path}")


def test_open_session_refuses_invalid_url_role_and_language() -> None:
    with pytest.raises(SettingsError, match="sqlite:////srv/relais"):
        open_session("relais.sqlite3")
    with pytest.raises(
        ValueError, match="role='server': a notebook only reads; give role=\"reader\""
    ):
        open_session("sqlite:///x", role="server")
    with pytest.raises(ValueError, match="language='xx': give one of fr, en, de"):
        open_session("sqlite:///x", language="xx")


# --- the watch over recorded outcomes


def test_recorded_watch_judges_late_outcomes_once(handbook: Handbook) -> None:
    history = MemoryHistory()
    watch = RecordedWatch(history, handbook.targets)
    history.record([seen("switch", ago=10)])
    watch.read(now())
    history.record([seen("alma-saml", ago=20)])
    watch.read(now())
    watch.read(now())
    assert watch.rounds == 2
    assert set(watch.latest) == {("switch", "server"), ("alma-saml", "server")}
    assert watch.last_round == watch.latest["switch", "server"].at
