"""The list of outages, the lanes and the exported file show the chosen span of the history."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import UNRESTRICTED
from dashboard.history.history_page import FEW, HistoryPage
from dashboard.history.history_state import HistoryState
from dashboard.history.timeline_view import TimelineView
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.io.clock import new_uuid7
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.recent import RecentStates
from procedure.outages.ninety_days import read_ninety_days
from procedure.outages.outage_entries import OutageDeclared
from tests.support import make
from tests.support.clock import Clock
from tests.support.upkeep import fail, succeed

MINUTE = timedelta(minutes=1)
DAYS = 24 * 60


def seen(context: AppContext, minutes_ago: float, status: Status) -> Outcome:
    at = context.clock.now() - minutes_ago * MINUTE
    cause = FailureCause.TIMEOUT if status is Status.DOWN else None
    return Outcome("switch", "https://example.org", "server", at, status, cause)


def outage(context: AppContext, minutes_ago: float) -> list[Outcome]:
    """Return the outcomes of a two-minute downtime."""
    statuses = (Status.UP, Status.DOWN, Status.DOWN, Status.UP)
    return [seen(context, minutes_ago - n, status) for n, status in enumerate(statuses)]


def remember(context: AppContext, *outcomes: Outcome) -> None:
    context.store.history.record(outcomes)
    lately = [
        outcome for outcome in outcomes if context.clock.now() - outcome.at < timedelta(days=7)
    ]
    context.watches.recent.states.update(
        sorted(lately, key=lambda outcome: outcome.at), context.clock.now()
    )
    context.watches.recent.ninety_days = read_ninety_days(
        context.store.history, context.handbook.current, (), context.clock.now()
    )


def made(context: AppContext) -> tuple[HistoryState, HistoryPage]:
    history = HistoryState(context=context)
    return history, HistoryPage(history=history, session=Session(), language=language("fr"))


def panes(place: HistoryPage) -> list[LiveHTML]:
    return place.__panel__().select(LiveHTML)


def text(place: HistoryPage) -> str:
    return " ".join(pane.html for pane in panes(place))


def export(place: HistoryPage) -> Any:
    (button,) = place.__panel__().select(lambda part: hasattr(part, "filename"))
    return button


def test_page_without_readings_does_not_say_no_outage(context: AppContext) -> None:
    history, place = made(context)
    assert "Lecture de l’historique…" in text(place)
    assert export(place).disabled
    context.watches.recent.states.update([], context.clock.now())
    history.updates.refresh()
    assert "Pas encore d’historique." in text(place)
    assert "Aucune panne" not in text(place)
    context.watches.recent.states.update([seen(context, 1, Status.UP)], context.clock.now())
    history.span = "week"
    assert "Aucune panne vue depuis sept jours." in text(place)
    assert "Relevés depuis le mardi 24 novembre." in text(place)


def test_page_tick_needs_readings_of_the_whole_span(context: AppContext) -> None:
    tick = 'class="shape is-up"'
    context.watches.recent.states.update([seen(context, 1, Status.UNKNOWN)], context.clock.now())
    history, place = made(context)
    assert (history.known, history.read, history.outages) == (True, 0, ())
    assert "Relevé 0\u202f% du temps seulement." in text(place)
    assert tick not in list_of_outages(place)
    up = [seen(context, ago, Status.UP) for ago in range(DAYS + 2, 0, -2)]
    targets = context.handbook.current.targets
    every = [replace(outcome, target=key) for outcome in up for key in targets]
    context.watches.recent.states = RecentStates(
        {key: target.interval for key, target in targets.items()}
    )
    context.watches.recent.states.update(every, context.clock.now())
    history, place = made(context)
    assert history.read == 100
    assert "du temps seulement" not in text(place)
    assert tick in list_of_outages(place)


def list_of_outages(place: HistoryPage) -> str:
    return next(
        view.html for view in place.__panel__().select(LiveHTML) if "Aucune panne" in view.html
    )


def test_page_shows_ninety_days_once_they_are_read(context: AppContext) -> None:
    context.watches.recent.states.update([seen(context, 1, Status.UP)], context.clock.now())
    history, place = made(context)
    history.span = "quarter"
    assert "Lecture de l’historique…" in text(place)
    assert export(place).disabled
    fail(context.upkeep, "ninety_days")
    history.updates.refresh()
    assert "Les 90 derniers jours ne peuvent pas être lus" in text(place)
    succeed(context.upkeep, "ninety_days")
    remember(context, *outage(context, 30 * DAYS), seen(context, 1, Status.UP))
    history.updates.refresh()
    assert '<h2 id="t-timeline">90 jours</h2>' in text(place)
    assert "Lecture" not in text(place)
    assert not export(place).disabled


@pytest.mark.parametrize(
    ("span", "name", "outages"),
    [("day", "24h", 1), ("week", "7j", 2), ("quarter", "90j", 3)],
)
def test_page_export_has_the_outages_of_the_span(
    context: AppContext, span: str, name: str, outages: int
) -> None:
    ago = (60, 3 * DAYS, 30 * DAYS)
    remember(context, *(outcome for minutes in ago for outcome in outage(context, minutes)))
    history, place = made(context)
    history.span = span
    head, *rows = export(place).callback().getvalue().splitlines()
    assert head.startswith("target,start,end,lasted,unread,cause")
    assert head.endswith(",loans,outage")
    assert (export(place).filename, len(rows)) == (f"relais-pannes-{name}.csv", outages)


def test_page_counts_an_ongoing_downtime_until_now(context: AppContext, clock: Clock) -> None:
    remember(context, seen(context, 0.5, Status.DOWN))
    history, place = made(context)
    assert "<b>30\u202fs</b>" in text(place)
    clock.pass_by(minutes=2)
    context.watches.recent.states.update(
        [seen(context, ago, Status.DOWN) for ago in (2.5, 1)], context.clock.now()
    )
    history.updates.refresh()
    assert "<b>3\u202fmin</b>" in text(place)


def test_page_lists_newest_outages_until_more_are_asked_for(context: AppContext) -> None:
    count = FEW + 2
    remember(context, *(outcome for n in range(count) for outcome in outage(context, 10 * (n + 1))))
    history, place = made(context)
    (table,) = [pane for pane in place.__panel__().select(LiveHTML) if "<table" in pane.html]
    assert table.html.count("délai dépassé") == FEW
    assert "Montrer encore 2 pannes" in table.html
    table.receive({"act": "every", "value": ""})
    assert table.html.count("délai dépassé") == count
    assert "Montrer encore" not in table.html
    history.span = "week"
    assert table.html.count("délai dépassé") == FEW


def heading(place: HistoryPage) -> str:
    (found,) = re.findall(r"<h1>(.*?)</h1>", text(place))
    return re.sub("<.*?>", "", found)


def test_heading_says_how_long_the_library_system_was_down(context: AppContext) -> None:
    history, place = made(context)
    assert heading(place) == "Historique "
    both = [
        replace(outcome, target=key)
        for key in ("alma-saml", "alma-secours")
        for outcome in [
            *outage(context, 60),
            *(seen(context, ago, Status.UP) for ago in range(56, 0, -1)),
        ]
    ]
    remember(context, *both)
    at = context.clock.now() - 59 * MINUTE
    context.store.journal.append(make.loan(1, at=at))
    context.folds.update()
    history.updates.refresh()
    assert heading(place) == "Alma a manqué 2\u202fmin en 24 heures. 1 panne, 1 prêt."
    (band, *_) = panes(place)
    band.receive({"act": "span", "value": "week"})
    assert history.span == "week"
    band.receive({"act": "span", "value": "year"})
    assert history.span == "week"


def test_heading_says_nothing_failed_only_if_the_span_was_read(context: AppContext) -> None:
    history, place = made(context)
    remember(context, *(seen(context, ago, Status.UP) for ago in range(56, 0, -1)))
    history.updates.refresh()
    assert (history.known, heading(place)) == (True, "Historique ")
    history.read = 99
    assert heading(place) == "Alma n’a pas manqué en 24 heures. "


@pytest.mark.parametrize(("reads", "links"), [(True, (1, 1)), (False, (0, 0))])
def test_dossier_and_file_are_for_those_who_may_read_them(
    context: AppContext, reads: bool, links: tuple[int, int]
) -> None:
    remember(context, *outage(context, 60))
    begun = context.clock.now() - 60 * MINUTE
    context.store.journal.append(make.outage(1, at=begun, begun=begun))
    context.folds.update()
    user = UNRESTRICTED if reads else replace(UNRESTRICTED, acts=frozenset())
    place = HistoryPage(
        history=HistoryState(context=context),
        session=Session(visitor=user),
        language=language("fr"),
    )
    files = place.__panel__().select(lambda part: hasattr(part, "filename"))
    assert (text(place).count('href="dossier/'), len(files)) == links


def test_response_time_names_its_address_period_and_count(context: AppContext) -> None:
    answers = [
        replace(seen(context, ago, Status.UP), target="alma-saml", latency_ms=float(ago))
        for ago in range(100, 0, -1)
    ]
    remember(context, *answers)
    _, place = made(context)
    (figure,) = [pane.html for pane in panes(place) if "figure1" in pane.html]
    words = " ".join(re.sub("<.*?>", " ", figure).replace("\u202f", " ").split())
    assert words == (
        "Temps de réponse 95 ms 95 réponses sur 100 viennent en moins de 95 ms. "
        "Alma, lien habituel, sept derniers jours, 100 réponses ; sans les pannes."
    )


def test_page_outage_bar_opens_the_report_of_a_declared_outage(
    context: AppContext,
) -> None:
    remember(context, *outage(context, 60), *outage(context, 3 * DAYS))
    begun = context.clock.now() - 60 * MINUTE
    declared = OutageDeclared(id=new_uuid7(), at=begun, title="Alma", begun=begun)
    context.store.journal.append(declared)
    context.folds.update()
    history = HistoryState(context=context, span="week")
    timeline = TimelineView(history=history, session=Session(), language=language("fr"))
    bars = timeline._sources[Status.DOWN].data
    assert bars["report"] == ["", f"dossier/{declared.id}?lang=fr"]
    assert bars["hint"] == ["", "<br>Clic\u202f: ouvrir le dossier"]
