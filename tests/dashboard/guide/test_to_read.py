"""A line written for people is quoted beside question A1; nothing is concluded from it."""

import json
from datetime import datetime, timedelta
from html import unescape

import pytest

from dashboard.core.context import AppContext
from dashboard.monitoring.status_pages_text import QUOTE
from dashboard.upkeep.repeated_tasks import record_page_statuses
from procedure.guide.walk import AnswerGiven
from procedure.monitoring.model import FailureCause, Status
from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.reading_validity import PageStatusChanged, feed_reading
from procedure.status_pages.status import PageStatus
from tests.dashboard.guide.test_guide_page import html, opened, press
from tests.support.context import make_context
from tests.support.still_feeds import StillFeeds

NEXT_WEEK = "Coupure d’Alma annoncée le 08/12/2026 de 6h à 7h"
ALMA = ("alma-saml", "alma-secours")


@pytest.fixture
def pages() -> StillFeeds:
    return StillFeeds()


@pytest.fixture
def context(clock, watch, handbook, pages: StillFeeds) -> AppContext:
    """A context in which Alma fails and everything else answers."""
    for key in handbook.targets:
        status = Status.DOWN if key in ALMA else Status.UP
        watch.see_enough(key, status, cause=FailureCause.TIMEOUT if key in ALMA else None)
    return make_context(clock, handbook, watch=watch, pages=pages)


def read(pages: StillFeeds, markup: str, at: datetime, page: str = "slsp-psi") -> None:
    """Let the server read a Confluence page that changed twenty minutes before."""
    changed = (at - timedelta(minutes=20)).isoformat()
    body = {"version": {"createdAt": changed}, "body": {"view": {"value": markup}}}
    context = ParserContext(ComponentFilter(("Alma",)))
    report = parse_page("confluence", json.dumps(body).encode(), at, context)
    interval = timedelta(minutes=5)
    pages.see(feed_reading(page, "confluence", report, at=at, interval=interval))


def test_guide_quotes_the_line_and_proposes_nothing(context: AppContext, pages, clock) -> None:
    read(pages, f"<p>{NEXT_WEEK}</p>", clock())
    _, place = opened(context, "step=A1", workstation="pc-1")
    shown = html(place)
    url = context.handbook.current.targets["slsp-psi"].url
    assert f'<blockquote class="read" cite="{url}"><p>«\u202f{NEXT_WEEK}\u202f»</p>' in shown
    assert "mise à jour 11:40, lue 12:00" in shown
    assert '<span class="chip is-unknown">à lire</span>' in shown
    assert "Personne n’attend\u202f? Lisez, répondez." in shown
    for concluded in ("Annoncé", "annoncée\u202f;", 'data-act="confirm"', "proposé"):
        assert concluded not in shown
    assert place.workstations.diagnosis.suggestions["A1"].answer is None


@pytest.mark.parametrize(("code", "times"), [("en", "read 12:00"), ("de", "gelesen 12:00")])
def test_quote_has_its_times_in_every_language(
    context: AppContext, pages, clock, code: str, times: str
) -> None:
    read(pages, f"<p>{NEXT_WEEK}</p>", clock())
    _, place = opened(context, "step=A1", code, workstation="pc-1")
    assert times in html(place)


def test_quote_is_escaped_and_cut(context: AppContext, pages, clock) -> None:
    hostile = "Alma &lt;img src=x onerror=alert(1)&gt; <a href='javascript:alert(1)'>ici</a> "
    read(pages, f"<p>{hostile}{'et encore ' * 40}</p>", clock())
    _, place = opened(context, "step=A1", workstation="pc-1")
    shown = html(place)
    assert "Alma &lt;img src=x onerror=alert(1)&gt; ici et encore" in shown
    assert ("<img" in shown, "javascript:" in shown) == (False, False)
    quote = unescape(shown.partition("«\u202f")[2].partition("\u202f»")[0])
    assert (len(quote), quote[-1]) == (QUOTE, "…")


def test_pages_are_quoted_one_by_one_beside_what_labels_say(
    context: AppContext, pages, clock
) -> None:
    read(pages, "<p>Alma est lent</p>", clock())
    read(pages, "<p>Alma est perturbé</p>", clock(), "etats-unige")
    _, place = opened(context, "step=A1", workstation="pc-1")
    place.workstations.diagnosis.read("exlibris-status", PageStatus.OK)
    shown = html(place)
    assert shown.count('<blockquote class="read"') == 2
    assert ">Rien\u202f: Ex Libris, EU03.<" in shown


def test_answer_keeps_the_line_as_evidence(context: AppContext, pages, clock) -> None:
    read(pages, f"<p>{NEXT_WEEK}</p>", clock())
    _, place = opened(context, "step=A1", workstation="pc-1")
    place.guide_phase.suggested_path.answer("A1", "no")
    assert "<blockquote" not in html(place)
    press(place, "change", "A1")
    assert "<blockquote" in html(place)
    (answer,) = (
        record.entry
        for record in context.store.journal.since()
        if isinstance(record.entry, AnswerGiven)
    )
    assert answer.readings[-1] == f"slsp-psi to-read 2026-11-24T10:40:00Z {NEXT_WEEK}"


def test_line_is_recorded_once_for_the_dossier(context: AppContext, pages, clock) -> None:
    for _ in range(2):
        read(pages, f"<p>{NEXT_WEEK}</p>", clock())
        record_page_statuses(context)
    (entry,) = (record.entry for record in context.store.journal.since())
    assert isinstance(entry, PageStatusChanged)
    assert (entry.word, entry.summary) == (PageStatus.UNKNOWN, NEXT_WEEK)
