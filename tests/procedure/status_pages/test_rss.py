"""RSS and Atom feeds: only notices about our component count; entities are never expanded."""

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = "Tue, 24 Nov 2026 08:00:00 GMT"
CHANGED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def item(title: str, prose: str = "", date: str = TODAY) -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f"<item><title>{escape(title)}</title>"
        f"<description>{escape(prose)}</description>{dated}</item>"
    )


def rss(*items: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


def read(body: bytes, name: str = "Alma") -> PageReport:
    return parse_page(
        "feed", body, AT, ParserContext(ComponentFilter((name,)), ZoneInfo("Europe/Zurich"))
    )


def test_read_feed_without_a_notice_about_us() -> None:
    assert read(rss(item("Rapido outage"))) == PageReport(PageStatus.OK)


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'><channel><title>All systems operational</title></channel></rss>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
    ],
)
def test_read_feed_without_notices_is_unknown(body: bytes) -> None:
    assert read(body) == PageReport(PageStatus.UNKNOWN, reason=UnreadReason.EMPTY)


def test_read_open_notice_is_an_incident() -> None:
    body = rss(item("Alma EU03 outage", "<strong>Investigating</strong> - We look into it."))
    assert read(body) == PageReport(
        PageStatus.INCIDENT, "Alma EU03 outage", ("Alma",), changed_at=CHANGED
    )


LABELLED = "<small>Nov 24, {} UTC</small><br><strong>{}</strong> - {}"
QUIET_UPDATE = LABELLED.format(
    "08:00", "Resolved", "Until 07:30 not all loans were saved. We act to prevent such errors."
)
FIRST_UPDATE = LABELLED.format("07:00", "Investigating", "We look into reports.")
MONITORED = LABELLED.format("09:00", "Monitoring", "Everything is operating normally.")
BOTH = f"<p>{QUIET_UPDATE}</p><p>{FIRST_UPDATE}</p>"
SHORT = "<p>24 Nov, 08:00 UTC<br><strong>Resolved</strong> - Over.</p><p>Investigating</p>"
AGAIN = f"<p><strong>Investigating</strong> - Loans fail anew.</p>{SHORT}"
EARLIER = item("Alma outage", FIRST_UPDATE, date="Tue, 24 Nov 2026 07:00:00 GMT")


@pytest.mark.parametrize(
    ("items", "status"),
    [
        # The newest update sets the status, wherever it is in the notice.
        ([item("Alma outage", SHORT)], PageStatus.OK),
        ([item("Alma outage", AGAIN)], PageStatus.INCIDENT),
        ([item("Resolved: Alma outage")], PageStatus.OK),
        ([item("Alma outage", BOTH)], PageStatus.OK),
        ([item("Alma outage", f"<p>{FIRST_UPDATE}</p><p>{QUIET_UPDATE}</p>")], PageStatus.OK),
        ([item("Alma outage", MONITORED + BOTH)], PageStatus.INCIDENT),
        # A notice without a label is left to a person, even if a newer one has ended.
        ([item("Resolved: Alma outage"), item("Alma outage")], PageStatus.UNKNOWN),
        # Notices older than a week are ignored; undated notices are not.
        ([item("Alma outage", date="Tue, 17 Nov 2026 08:59:59 GMT")], PageStatus.OK),
        ([item("Alma outage", date="Tue, 17 Nov 2026 09:00:00 GMT")], PageStatus.UNKNOWN),
        ([item("Alma outage", date="")], PageStatus.UNKNOWN),
        ([item("Alma", "In progress - We move Alma.")], PageStatus.PLANNED),
    ],
)
def test_read_status_of_each_notice(items: list[str], status: PageStatus) -> None:
    assert read(rss(*items)).status is status


def test_read_completed_maintenance_is_over() -> None:
    updates = (
        LABELLED.format("07:00", "Scheduled", "We will move Alma."),
        LABELLED.format("08:00", "Completed", "The scheduled maintenance has been completed."),
    )
    prose = "".join(f"<p>{update}</p>" for update in updates)
    assert read(rss(item("Alma maintenance", prose))) == PageReport(
        PageStatus.OK, components=("Alma",), changed_at=CHANGED
    )


def test_read_notice_in_unknown_words_is_left_to_a_person() -> None:
    report = read(rss(item("News about Alma", "Have a look")))
    assert (report.status, report.reason, report.summary) == (
        PageStatus.UNKNOWN,
        UnreadReason.UNCLEAR,
        "News about Alma",
    )


def test_read_atom() -> None:
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Alma is down</title>"
        b"<updated>2026-11-24T08:00:00Z</updated><content type='html'>&lt;p&gt;Sorry</content>"
        b"</entry></feed>"
    )
    assert read(body) == PageReport(
        PageStatus.UNKNOWN,
        "Alma is down",
        ("Alma",),
        changed_at=CHANGED,
        reason=UnreadReason.UNCLEAR,
    )


def test_read_refuses_a_document_type_before_expanding_entities() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    body = f"<!DOCTYPE rss [<!ENTITY l0 'lol'>{laughs}]><rss><channel>&l11;</channel></rss>"
    outside = "<!DOCTYPE rss SYSTEM 'file:///etc/passwd'><rss/>"
    for document in (body.encode(), outside.encode(), b"\xef\xbb\xbf" + outside.encode()):
        assert read(document) == PageReport(
            PageStatus.UNKNOWN,
            "document type declarations are not accepted",
            reason=UnreadReason.SYNTAX,
        )


def test_read_refuses_a_document_type_in_another_encoding() -> None:
    body = "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>"
    assert read(body.encode("utf-16")).reason is UnreadReason.SYNTAX


@pytest.mark.parametrize("body", [b"<html><body>Log in</body></html>", b"<x/>"])
def test_read_other_document_is_not_a_feed(body: bytes) -> None:
    assert (read(body).status, read(body).reason) == (PageStatus.UNKNOWN, UnreadReason.SHAPE)


@pytest.mark.parametrize("body", [b"<rss>", b"{}", b"\xff\xfe", b"<rss>&nbsp;</rss>"])
def test_read_invalid_xml_is_unknown(body: bytes) -> None:
    assert (read(body).status, read(body).reason) == (PageStatus.UNKNOWN, UnreadReason.SYNTAX)


def test_read_refuses_an_oversized_feed() -> None:
    assert read(rss(item("Rapido") * 501)) == PageReport(
        PageStatus.UNKNOWN, reason=UnreadReason.TOO_LARGE
    )
