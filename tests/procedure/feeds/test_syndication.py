"""RSS and Atom: the notices of the last days that name us, and no entity ever expanded."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest

from procedure.feeds.component import ComponentFilter
from procedure.feeds.feed import Lens
from procedure.feeds.formats import read_body
from procedure.feeds.word import Reason, Said, Word

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


def read(body: bytes, name: str = "Alma") -> Said:
    return read_body("feed", body, AT, Lens(ComponentFilter((name,)), ZoneInfo("Europe/Zurich")))


def test_a_feed_without_a_notice_about_us_reports_nothing() -> None:
    assert read(rss()) == Said(Word.OK)
    assert read(rss(item("Rapido outage"))) == Said(Word.OK)


def test_an_open_notice_is_an_incident() -> None:
    body = rss(item("Alma EU03 outage", "<strong>Investigating</strong> - We look into it."))
    assert read(body) == Said(Word.INCIDENT, "Alma EU03 outage", ("Alma",), changed_at=CHANGED)


def test_the_newest_update_closes_a_notice_and_an_older_one_does_not() -> None:
    closed = "<p>24 Nov, 08:00 UTC<br><strong>Resolved</strong> - Over.</p><p>Investigating</p>"
    again = f"<p><strong>Investigating</strong> - Loans fail anew.</p>{closed}"
    assert read(rss(item("Alma outage", closed))).word is Word.OK
    assert read(rss(item("Alma outage", again))).word is Word.INCIDENT
    assert read(rss(item("Resolved: Alma outage"))).word is Word.OK


def test_a_notice_too_old_no_longer_counts_and_one_without_a_date_does() -> None:
    assert read(rss(item("Alma outage", date="Tue, 17 Nov 2026 08:59:59 GMT"))).word is Word.OK
    assert (
        read(rss(item("Alma outage", date="Tue, 17 Nov 2026 09:00:00 GMT"))).word is Word.INCIDENT
    )
    assert read(rss(item("Alma outage", date=""))).word is Word.INCIDENT


def test_a_notice_in_unknown_words_is_left_for_a_person() -> None:
    said = read(rss(item("News about Alma", "Have a look")))
    assert (said.word, said.reason, said.summary) == (
        Word.UNKNOWN,
        Reason.UNCLEAR,
        "News about Alma",
    )


def test_a_notice_that_reassures_in_words_is_ok() -> None:
    assert read(rss(item("Alma operating normally", "All systems operational"))).word is Word.OK


def test_planned_work_is_a_window() -> None:
    said = read(rss(item("Alma maintenance", "On 28.11.2026, 07:00 - 09:00")))
    assert (said.word, [(one.start, one.end) for one in said.windows]) == (
        Word.OK,
        [(datetime(2026, 11, 28, 6, tzinfo=UTC), datetime(2026, 11, 28, 8, tzinfo=UTC))],
    )
    assert read(rss(item("Alma maintenance", "24.11.2026, 07:00 - 11:00"))).word is Word.PLANNED
    assert read(rss(item("Alma maintenance", "24.11.2026, 07:00 - 10:00"))) == Said(Word.OK)
    assert read(rss(item("Alma maintenance", "On Sunday"))).word is Word.UNKNOWN


def test_atom_is_read_as_well() -> None:
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Alma is down</title>"
        b"<updated>2026-11-24T08:00:00Z</updated><content type='html'>&lt;p&gt;Sorry</content>"
        b"</entry></feed>"
    )
    assert read(body) == Said(Word.INCIDENT, "Alma is down", ("Alma",), changed_at=CHANGED)


def test_a_document_type_is_refused_before_any_entity_expands() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    body = f"<!DOCTYPE rss [<!ENTITY l0 'lol'>{laughs}]><rss><channel>&l11;</channel></rss>"
    outside = "<!DOCTYPE rss SYSTEM 'file:///etc/passwd'><rss/>"
    for one in (body.encode(), outside.encode(), b"\xef\xbb\xbf" + outside.encode()):
        assert read(one) == Said(Word.UNKNOWN, "a document type is refused", reason=Reason.SYNTAX)


def test_a_document_type_in_another_encoding_is_refused_too() -> None:
    body = "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>"
    assert read(body.encode("utf-16")).reason is Reason.SYNTAX


@pytest.mark.parametrize("body", [b"<html><body>Log in</body></html>", b"<x/>"])
def test_another_document_is_no_feed(body: bytes) -> None:
    assert (read(body).word, read(body).reason) == (Word.UNKNOWN, Reason.SHAPE)


@pytest.mark.parametrize("body", [b"<rss>", b"{}", b"\xff\xfe", b"<rss>&nbsp;</rss>"])
def test_what_is_not_xml_says_nothing(body: bytes) -> None:
    assert (read(body).word, read(body).reason) == (Word.UNKNOWN, Reason.SYNTAX)


def test_a_feed_longer_than_any_is_not_read_in_part() -> None:
    assert read(rss(item("Rapido") * 501)) == Said(Word.UNKNOWN, reason=Reason.TOO_LARGE)
