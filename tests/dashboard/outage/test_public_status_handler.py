"""`/status` and its feed are public once a URL is set, and their text is escaped."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.core.context import AppContext
from dashboard.outage.public_status_handler import PublicStatus
from procedure.monitoring.model import FailureCause, Status
from procedure.outages.public_entries import PublicState
from tests.support import http, make
from tests.support.http import Login
from tests.support.still_watch import StillWatch

ADDRESS = "https://relais.example.ch/status"
OUTAGE = UUID(int=1)
HOSTILE = "</title><script>window.run = 1</script>]]>&\"'"
FORMS = {
    "/status": "text/html; charset=utf-8",
    "/status.rss": "application/rss+xml; charset=utf-8",
}
PRIVATE = ("MAIL-1", '"mb"', ">mb<", "1060000042", "2060000017", "Mrs. Rey", "switch", "alma-saml")


def ask(context: AppContext, path: str, **request: object) -> HTTPResponse:
    routes = [(r"/status(\.rss)?", PublicStatus, {"context": lambda: context})]
    return http.ask(routes, path, **request)  # type: ignore[arg-type]


@pytest.fixture
def public(context: AppContext) -> AppContext:
    return replace(context, settings=replace(context.settings, status_page=ADDRESS))


def declare(context: AppContext, title: str = "Alma is down", text: str = "Lend here.") -> None:
    at, by = context.clock.now(), {"workstation": "MAIL-1", "operator": "mb"}
    context.store.journal.append(
        make.outage(OUTAGE, title, at=at - timedelta(minutes=20), suspected="alma", **by),
        make.news(2, OUTAGE, text, at=at, next_news=at + timedelta(hours=1), **by),
        make.note(3, OUTAGE, "Mrs. Rey called.", at=at, **by),
        make.loan(4, "1060000042", "2060000017", at=at, **by),
    )


@pytest.mark.parametrize("path", FORMS)
def test_public_status_is_off_by_default(context: AppContext, path: str) -> None:
    declare(context)
    answer = ask(context, path)
    assert answer.code == 404
    assert b"Alma is down" not in answer.body


@pytest.mark.parametrize("path", FORMS)
def test_public_status_needs_no_session_and_is_cacheable(public: AppContext, path: str) -> None:
    declare(public)
    answer = ask(public, path, login=Login(None))
    assert answer.code == 200
    assert answer.headers["Content-Type"] == FORMS[path]
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Set-Cookie" not in answer.headers
    again = ask(public, path, headers={"If-None-Match": answer.headers["Etag"]})
    assert (again.code, again.body) == (304, b"")


@pytest.mark.parametrize("path", FORMS)
def test_public_status_changes_only_with_outages(public: AppContext, clock, path: str) -> None:
    declare(public)
    tag = ask(public, path).headers["Etag"]
    clock.pass_by(minutes=50)
    assert ask(public, path).headers["Etag"] == tag
    public.store.journal.append(make.ended(5, OUTAGE, at=clock.at, ended=clock.at))
    clock.pass_by(seconds=2)
    assert ask(public, path).headers["Etag"] != tag


@pytest.mark.parametrize("path", FORMS)
def test_public_status_has_messages_and_nothing_internal(public: AppContext, path: str) -> None:
    declare(public, text="Lend here, also to 2060000017.")
    text = ask(public, path).body.decode()
    assert "Lend here, also to […]" in text
    assert [word for word in PRIVATE if word in text] == []


def test_public_status_escapes_hostile_texts(public: AppContext) -> None:
    declare(public, HOSTILE, HOSTILE)
    page = ask(public, "/status?lang=en").body.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == [
        f"{ADDRESS}.rss?lang=en",
        f"{ADDRESS}?lang=fr",
        f"{ADDRESS}?lang=en",
        f"{ADDRESS}?lang=de",
        f"{ADDRESS}.rss?lang=en",
    ]
    feed = ET.fromstring(ask(public, "/status.rss").body)
    assert {title.text for title in feed.iter("title")} >= {HOSTILE}


def test_public_status_band_follows_the_declared_outage(public: AppContext, clock) -> None:
    assert '<div class="state state--up">' in ask(public, "/status").body.decode()
    declare(public)
    clock.pass_by(seconds=2)
    page = ask(public, "/status?lang=en").body.decode()
    assert '<div class="state state--down">' in page
    assert "Alma is down. <span>Down, since <time" in " ".join(page.split())


def test_public_status_says_desks_lend_only_while_they_do(public: AppContext, clock) -> None:
    declare(public)
    assert "At the desks, with your card." in ask(public, "/status?lang=en").body.decode()
    public.store.journal.append(make.news(5, OUTAGE, "", at=clock.at, lending=False))
    clock.pass_by(seconds=2)
    assert "At the desks" not in ask(public, "/status?lang=en").body.decode()


def test_public_status_draws_thirty_days(public: AppContext) -> None:
    declare(public)
    page = ask(public, "/status?lang=en").body.decode()
    (drawn,) = re.findall(
        r'<div class="month" role="img" aria-label="([^"]*)">(.*?)</div>', page, re.DOTALL
    )
    assert (
        " ".join(drawn[0].split()) == "1 day with an outage, 0 slow days, 0 days with planned work"
    )
    assert re.findall(r'<i class="(\w+)">', drawn[1]) == 29 * ["up"] + ["down"]


def test_public_status_in_both_languages(public: AppContext) -> None:
    french, english = (ask(public, f"/status?lang={code}").body.decode() for code in ("fr", "en"))
    assert "Aucune panne annoncée</h1>" in french
    assert "No outage announced</h1>" in english
    assert '<html lang="en">' in english
    assert '<html lang="fr">' in ask(public, "/status?lang=it").body.decode()


def test_public_status_feed_says_that_planned_work_is_finished(public: AppContext, clock) -> None:
    at = clock()
    public.store.journal.append(
        make.outage(OUTAGE, "Update", at=at, planned=True),
        make.news(2, OUTAGE, "Alma is closed.", at=at),
        make.ended(5, OUTAGE, at=at, ended=at),
    )
    feed = ET.fromstring(ask(public, "/status.rss?lang=en").body)
    ends = [item for item in feed.iter("item") if str(item.findtext("guid")).endswith("#end")]
    assert [item.findtext("description") for item in ends] == ["The work is finished."]


def test_public_status_feed_has_start_messages_and_end(public: AppContext, clock) -> None:
    declare(public)
    public.store.journal.append(make.ended(5, OUTAGE, at=clock.at, ended=clock.at))
    feed = ET.fromstring(ask(public, "/status.rss?lang=en").body)
    assert [
        (item.findtext("guid"), item.findtext("description"), item.findtext("pubDate"))
        for item in feed.iter("item")
    ] == [
        (f"urn:uuid:{UUID(int=2)}", "Lend here.", "Tue, 24 Nov 2026 11:00:00 +0000"),
        (f"urn:uuid:{OUTAGE}#end", "The outage is over.", "Tue, 24 Nov 2026 11:00:00 +0000"),
        (f"urn:uuid:{OUTAGE}", "Outage declared.", "Tue, 24 Nov 2026 10:40:00 +0000"),
    ]
    assert feed.findtext("channel/link") == f"{ADDRESS}?lang=en"


def publish(context: AppContext, *more: object) -> None:
    at = context.clock.now()
    titles = {"fr": "Le catalogue est ralenti", "en": "The catalogue is slow"}
    context.store.journal.append(
        make.outage(OUTAGE, "Alma", at=at, begun=at, internal=True),
        make.news(2, OUTAGE, "For desks, C1.", at=at, lending=True, internal=True),
        make.statement(
            3,
            OUTAGE,
            titles,
            {"fr": "Attendez.", "en": "Wait."},
            at=at,
            state=PublicState.DEGRADED,
            next_news=at + timedelta(hours=1),
        ),
        *more,
    )


@pytest.mark.parametrize("path", FORMS)
def test_public_status_has_what_was_published_and_nothing_else(
    public: AppContext, clock, path: str
) -> None:
    publish(public)
    french, english = (ask(public, f"{path}?lang={code}").body.decode() for code in ("fr", "en"))
    assert "Le catalogue est ralenti" in french
    assert "Attendez." in french
    assert "The catalogue is slow" in english
    assert "Wait." in english
    for word in ("Alma", "C1", "For desks"):
        assert word not in french + english
    assert "At the desks, with your card." not in english


def test_public_status_says_that_news_is_overdue(public: AppContext, clock) -> None:
    publish(public)
    clock.pass_by(hours=1)
    shown = " ".join(ask(public, "/status?lang=en").body.decode().split())
    assert "Next update expected: <time" in shown
    assert "The expected update is overdue." in ask(public, "/status.rss?lang=en").body.decode()


def test_public_status_shows_a_degraded_band_and_days(public: AppContext) -> None:
    publish(public)
    page = ask(public, "/status?lang=en").body.decode()
    assert '<div class="state state--slow">' in page
    assert "0 days with an outage, 1 slow day, 0 days with planned work" in " ".join(page.split())


def test_public_status_shows_planned_work_on_page_and_in_feed(public: AppContext, clock) -> None:
    start = clock.at + timedelta(days=2)
    public.store.journal.append(
        make.statement(
            5,
            None,
            {"en": "Catalogue off"},
            {"en": "Desks open."},
            at=clock.at,
            state=PublicState.PLANNED,
            start=start,
            end=start + timedelta(hours=2),
        ),
    )
    page, feed = (ask(public, f"{path}?lang=en").body.decode() for path in FORMS)
    shown = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Thursday 26 November, 12:00 – 14:00 ." in shown
    assert "Catalogue off. Desks open." in shown
    titles = [item.findtext("title") for item in ET.fromstring(feed).iter("item")]
    assert titles == ["Catalogue off"]


def test_public_status_ignores_probe_readings(public: AppContext, watch: StillWatch) -> None:
    for key in watch.targets:
        watch.see_enough(key, Status.DOWN, cause=FailureCause.TIMEOUT)
    before = ask(public, "/status").body
    assert b'class="state state--up"' in before
