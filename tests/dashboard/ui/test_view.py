"""A part is redrawn if a value that it depends on changes; pages with equal values share HTML."""

import logging
from collections.abc import Mapping

import param
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc
from panel.viewable import Viewer

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import State
from dashboard.loans import loans_page as loans_place
from dashboard.loans.scan_view import ScanBox
from dashboard.monitoring import grid
from dashboard.page import BEAT_EVERY, DashboardPage
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import language
from dashboard.ui import failure_log
from dashboard.ui.failure_log import succeeds
from dashboard.ui.file_drop import Dropped, FileDrop
from dashboard.ui.lazy_place import LazyPlace, view_or_failure
from dashboard.ui.live_html import MOST_PIECES, LiveHTML, LiveStack, well_formed
from dashboard.ui.view import View, computed_once, page_failure, set_page_language
from procedure.monitoring.model import Status
from tests.support.clock import Clock
from tests.support.still_watch import StillWatch


class Shelf(State):
    context: AppContext = param.ClassSelector(class_=AppContext)
    books: tuple[str, ...] = param.ClassSelector(class_=tuple, default=())
    colour = param.String()


class ShelfView(View):
    shelf: Shelf = param.ClassSelector(class_=Shelf, constant=True)
    rendered: list[str] = param.List(constant=True)
    reader = param.String()

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._view = LiveHTML(self._html)

    @property
    def context(self) -> AppContext:
        return self.shelf.context

    @param.depends("shelf.books", "reader")
    @computed_once
    def _html(self) -> str:
        self.rendered.append("+".join(self.shelf.books))
        return f"<p>{self.rendered[-1]} {self.reader}</p>"


def shown(view: ShelfView) -> str:
    return view.__panel__().html


def test_pages_with_equal_values_share_what_is_rendered(context: AppContext, clock: Clock) -> None:
    rendered: list[str] = []
    shelves = [Shelf(context=context) for _ in range(3)]
    views = [
        ShelfView(shelf=shelf, rendered=rendered, language=language("fr")) for shelf in shelves
    ]
    assert rendered == [""]
    for shelf in shelves:
        shelf.books = ("atlas",)
    assert [shown(view) for view in views] == ["<p>atlas </p>"] * 3
    shelves[0].colour = "red"
    shelves[2].books = ("atlas", "globe")
    assert [shown(view) for view in views[1:]] == ["<p>atlas </p>", "<p>atlas+globe </p>"]
    assert rendered == ["", "atlas", "atlas+globe"]
    clock.pass_by(seconds=2)
    shelves[0].books = ("atlas", "globe")
    assert rendered == ["", "atlas", "atlas+globe", "atlas+globe"]


def test_pages_in_another_language_or_with_other_values_do_not_share(
    context: AppContext,
) -> None:
    rendered: list[str] = []
    shelf = Shelf(context=context, books=("atlas",))
    for code, reader in (("fr", ""), ("en", ""), ("fr", "Ada"), ("fr", "Ada")):
        view = ShelfView(shelf=shelf, rendered=rendered, language=language(code), reader=reader)
        assert shown(view) == f"<p>atlas {reader}</p>"
    assert len(rendered) == 3


def test_stack_shows_what_is_visible() -> None:
    panes = [LiveHTML(f"<p>{number}</p>") for number in range(MOST_PIECES)]
    stack = LiveStack(panes)
    panes[3].visible = False
    panes[4].html = ""
    values = stack.param.values()
    assert [values[f"html_{number}"] for number in range(2, 6)] == ["<p>2</p>", "", "", "<p>5</p>"]
    with pytest.raises(ValueError, match="17 pieces, but a stack has at most 16"):
        LiveStack([*panes, LiveHTML()])


PATRON = "4070000001"


class State(param.Parameterized):
    value = param.Integer(default=1)

    @param.depends("value")
    def divided(self) -> str:
        try:
            return f"<p>{60 // self.value}</p>"
        except ZeroDivisionError:
            raise KeyError(PATRON) from None

    @param.depends("value")
    def written(self) -> str:
        return f"<p>{self.value}</p>"


@pytest.fixture(autouse=True)
def _nothing_logged_yet() -> None:
    failure_log._counts.clear()


def test_pane_shows_the_error_and_others_update() -> None:
    state = State()
    fragile = LiveHTML(state.divided)
    beside = LiveHTML(state.written)
    state.value = 0
    assert "Cette partie ne peut pas être affichée." in fragile.html
    assert "suivez la procédure sur papier" in fragile.html
    assert beside.html == "<p>0</p>"
    state.value = 2
    assert fragile.html == "<p>30</p>"


def test_pane_failing_at_first_shows_the_error_in_the_pages_language() -> None:
    with set_curdoc(Document()):
        set_page_language(language("en"))
        pane = LiveHTML(State(value=0).divided)
    assert "This part cannot be shown." in pane.html


def test_repeated_error_is_logged_once_without_identifiers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    state = State(value=0)
    LiveHTML(state.divided)
    for _ in range(50):
        state.param.trigger("value")
    first, tenth = (record.getMessage() for record in caplog.records)
    assert first.startswith("part of the page failed\n")
    assert "in divided" in first
    assert first.endswith("builtins.KeyError")
    assert tenth.startswith("part of the page failed 10 times:")
    assert PATRON not in caplog.text


def test_failing_view_is_replaced_by_a_message() -> None:
    def make() -> Viewer:
        raise KeyError(PATRON)

    place = LazyPlace(Session(page="guide"), "guide", make)
    assert "Cette partie ne peut pas être affichée." in place.__panel__()[-1].html
    assert isinstance(view_or_failure(make), LiveHTML)


def failing() -> None:
    raise KeyError(PATRON)


def test_place_that_fails_to_refresh_says_so_and_others_refresh(
    context: AppContext,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = DashboardPage(ReconciliationLedger(context), Session(page="loans"), language("fr"))
    monkeypatch.setattr(page.loans.listing, "refresh", failing)
    for _ in range(BEAT_EVERY):
        clock.pass_by(seconds=1)
        page.tick()
    stale, loans = page.places["loans"].__panel__()
    assert (stale.visible, loans.visible) == (True, True)
    assert "ce qu’elle montre peut être ancien" in stale.html
    assert page.connection.beat == 1
    assert len(caplog.records) == 1
    monkeypatch.undo()
    clock.pass_by(seconds=1)
    page.tick()
    assert not stale.visible


def test_heartbeat_stops_while_readings_cannot_be_refreshed(
    context: AppContext, watch: StillWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = DashboardPage(ReconciliationLedger(context), Session(), language("fr"))
    monkeypatch.setattr(grid, "situation", lambda _: failing())
    watch.see("switch", Status.UP)
    for _ in range(BEAT_EVERY):
        page.tick()
    assert page.connection.beat == 0
    monkeypatch.undo()
    watch.see("switch", Status.UP)
    for _ in range(BEAT_EVERY):
        page.tick()
    assert page.connection.beat == 1


def test_succeeds_logs_the_error_of_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    assert (succeeds(list), succeeds(failing)) == (True, False)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_page_failure_has_its_own_text(caplog: pytest.LogCaptureFixture) -> None:
    assert page_failure(KeyError(PATRON), language("en")) == (
        "This page cannot be shown. Reload the page."
        " If this goes on, call the coordinators and follow the procedure on paper."
    )
    assert PATRON not in caplog.text


def test_scan_box_is_shown_even_if_the_log_fails(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError(PATRON)

    monkeypatch.setattr(loans_place, "LoanLogPanel", broken)
    page = DashboardPage(ReconciliationLedger(context), Session(page="loans"), language("fr"))
    (place,) = page.places["loans"].__panel__()
    parts = place.__panel__() if isinstance(place, Viewer) else place
    assert parts.select(ScanBox)
    assert "Cette partie ne peut pas être affichée." in parts[-1].html


def test_failing_history_says_so_and_the_heartbeat_continues(
    context: AppContext, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = DashboardPage(ReconciliationLedger(context), Session(page="history"), language("fr"))
    monkeypatch.setattr(page.history, "_look", failing)
    context.watches.recent.states.update((), clock(), ())
    for _ in range(BEAT_EVERY):
        page.tick()
    stale, history = page.places["history"].__panel__()
    assert (stale.visible, history.visible, page.connection.beat) == (True, True, 1)
    monkeypatch.undo()
    clock.pass_by(minutes=1)
    context.watches.recent.states.update((), clock(), ())
    page.tick()
    assert not stale.visible


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ("Prêtez 📚 ici", "Prêtez 📚 ici"),
        ("\ud83d\udcda", "📚"),
        ("a\ud83d", "a\ufffd"),
        ("\udcdab\ud83d", "\ufffdb\ufffd"),
        ("", ""),
    ],
)
def test_well_formed_replaces_half_a_character(sent: str, taken: str) -> None:
    assert well_formed(sent) == taken
    acts: list[tuple[str, str]] = []
    forms: list[tuple[str, Mapping[str, str]]] = []
    files: list[Dropped] = []
    pane = LiveHTML("", lambda *act: acts.append(act), lambda *form: forms.append(form))
    pane.receive({"act": "say", "value": sent})
    pane.receive({"act": "say", "value": "", "fields": {"text": sent}})
    FileDrop(files.extend)._handle_msg({"files": [{"name": sent, "content": "YWJj"}]})
    assert (acts, forms) == ([("say", taken)], [("say", {"text": taken})])
    assert files == [(taken, b"abc")]
