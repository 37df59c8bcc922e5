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
    ("body", "word"),
    [
        (b"<rss/>", PageStatus.UNKNOWN),
        (b"<rss version='2.0'><channel/></rss>", PageStatus.UNKNOWN),
        (
            b"<rss><channel><title>Alma - Incident history</title></channel></rss>",
            PageStatus.UNKNOWN,
        ),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", PageStatus.UNKNOWN),
        (
            b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Status</title>"
            b"<subtitle>All systems operational</subtitle></feed>",
            PageStatus.OK,
        ),
        (
            b"<rss><channel><title>Status</title><description>Aucun incident</description>"
            b"</channel></rss>",
            PageStatus.OK,
        ),
    ],
)
def test_read_feed_without_notices_uses_its_head(body: bytes, word: PageStatus) -> None:
    reason = UnreadReason.EMPTY if word is PageStatus.UNKNOWN else None
    assert read(body) == PageReport(word, reason=reason)


def status_of(*titles: str, hours: bool = True, oldest_first: bool = False) -> PageStatus:
    """Return the status of a feed; `titles` are its notices' titles, from oldest to newest.

    The notices are an hour apart or, without `hours`, have no dates. The feed lists the newest
    first, or last if `oldest_first`.
    """
    dates = [f"Tue, 24 Nov 2026 0{hour}:00:00 GMT" if hours else "" for hour in range(len(titles))]
    items = [item(title, date=date) for title, date in zip(titles, dates, strict=True)]
    if not oldest_first:
        items.reverse()
    return read(rss(*items), "EU03").status


@pytest.mark.parametrize(
    "titles",
    [
        ("EU03 outage", "EU03: resolved"),
        ("Alma EU03 - Production: outage", "EU03 : incident résolu"),
        ("EU03 : panne", "EU03 : retour à la normale"),
        ("EU03: loans slow", "Resolved: EU03 loans slow"),
        ("EU03: loans slow", "EU03: resolved"),
        ("EU03: outage 24.11 08:00", "EU03: outage 24.11 09:00 resolved"),
        ("EU03 outage", "EU03 outage: database", "EU03 resolved"),
        ("EU03: loans slow", "EU03: Primo down", "EU03 operating normally"),
        ("EU03: loans slow", "EU03 resolved", "EU03: Primo down", "EU03 resolved"),
        ("EU03: we look at reports", "EU03 : incident clos"),
    ],
)
def test_read_newest_notice_ends_its_own_problem(titles: tuple[str, ...]) -> None:
    assert status_of(*titles) is PageStatus.OK
    assert status_of(*titles, oldest_first=True) is PageStatus.OK


@pytest.mark.parametrize(
    "titles",
    [
        ("EU03: resolved", "EU03 outage"),
        ("EU03 : incident résolu", "EU03 : nouvelle panne"),
        ("EU03: loans slow", "EU03: Primo down", "EU03: Primo resolved"),
        ("EU03 outage", "EU03: Primo down", "EU03: Primo resolved"),
        ("EU03: loans and Primo slow", "EU03: Primo resolved"),
        ("EU03 outage", "Completed: EU03 scheduled maintenance"),
        ("EU03 outage", "EU03 outage is expected to be resolved at 10:00"),
        ("EU03 : panne", "EU03 : panne en cours de résolution"),
        ("EU03 : panne", "EU03 : retour à la normale prévu à 14:00"),
        ("EU03 outage", "Rapido EU04: resolved"),
    ],
)
def test_read_end_of_another_problem_ends_nothing(titles: tuple[str, ...]) -> None:
    assert status_of(*titles) is PageStatus.INCIDENT
    assert status_of(*titles, oldest_first=True) is PageStatus.INCIDENT


@pytest.mark.parametrize(
    "titles",
    [
        ("EU03: loans slow", "EU03: Primo down", "EU03: resolved"),
        ("EU03 outage", "EU03: loans restored"),
    ],
)
def test_read_end_of_an_unclear_problem_is_left_to_a_person(titles: tuple[str, ...]) -> None:
    assert status_of(*titles) is PageStatus.UNKNOWN


def test_read_undated_end_counts_only_if_the_order_is_known() -> None:
    assert status_of("EU03 outage", "EU03 resolved", hours=False) is PageStatus.UNKNOWN
    assert status_of("EU03 resolved", "EU03 outage", hours=False) is PageStatus.INCIDENT
    others = [
        item("Rapido outage", date="Tue, 24 Nov 2026 08:00:00 GMT"),
        item("Rapido outage", date="Tue, 24 Nov 2026 07:00:00 GMT"),
    ]
    undated = [item("EU03 resolved", date=""), item("EU03 outage", date="")]
    assert read(rss(*undated, *others), "EU03").status is PageStatus.OK
    assert read(rss(*undated, *reversed(others)), "EU03").status is PageStatus.INCIDENT
    same = [item("EU03 resolved"), item("EU03 outage")]
    assert read(rss(*same), "EU03").status is PageStatus.UNKNOWN


def test_read_end_in_one_notice_does_not_end_another() -> None:
    own = item("EU03: Primo issue", "<p><strong>Resolved</strong> - Over.</p>")
    open_ = item("EU03 outage", "Investigating", date="Tue, 24 Nov 2026 07:00:00 GMT")
    assert read(rss(own, open_), "EU03") == PageReport(
        PageStatus.INCIDENT, "EU03 outage", ("EU03",), changed_at=CHANGED
    )


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
        # If one item in a feed has several updates, no item closes another.
        ([item("Alma outage", BOTH), EARLIER], PageStatus.INCIDENT),
        ([item("Resolved: Alma outage"), EARLIER], PageStatus.OK),
        # A resolution dated in the future does not close an earlier notice.
        (
            [item("Alma outage"), item("Alma resolved", date="Fri, 24 Nov 2028 08:00:00 GMT")],
            PageStatus.INCIDENT,
        ),
        # Notices older than a week are ignored; undated notices are not.
        ([item("Alma outage", date="Tue, 17 Nov 2026 08:59:59 GMT")], PageStatus.OK),
        ([item("Alma outage", date="Tue, 17 Nov 2026 09:00:00 GMT")], PageStatus.INCIDENT),
        ([item("Alma outage", date="")], PageStatus.INCIDENT),
        ([item("Alma operating normally", "All systems operational")], PageStatus.OK),
        ([item("Alma maintenance", "24.11.2026, 07:00 - 11:00")], PageStatus.PLANNED),
        ([item("Alma maintenance", "24.11.2026, 07:00 - 10:00")], PageStatus.OK),
        ([item("Alma maintenance", "On Sunday")], PageStatus.OK),
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


SCHEDULED = (
    "<p><strong>THIS IS A SCHEDULED EVENT Nov <var data-var='date'>{}</var>, "
    "<var data-var='time'>{}</var> - <var data-var='time'>{}</var> UTC</strong></p>"
)
ANNOUNCED = LABELLED.format("06:00", "Scheduled", "Loans will not be possible in Alma.")


@pytest.mark.parametrize(
    ("head", "updates", "status", "windows"),
    [
        (SCHEDULED.format(27, "21:00", "22:00"), (), PageStatus.OK, [(27, 21, 22)]),
        (SCHEDULED.format(24, "08:30", "10:00"), (), PageStatus.PLANNED, [(24, 8, 10)]),
        (SCHEDULED.format(24, "07:00", "08:00"), (), PageStatus.OK, []),
        # The label of the newest update, not the schedule, sets the status.
        (
            SCHEDULED.format(24, "07:00", "08:00"),
            ("In progress", "Verifying"),
            PageStatus.PLANNED,
            [],
        ),
        (SCHEDULED.format(24, "07:00", "10:00"), ("In progress", "Completed"), PageStatus.OK, []),
        ("", ("In progress",), PageStatus.PLANNED, []),
    ],
)
def test_read_scheduled_event_of_statuspage(
    head: str,
    updates: tuple[str, ...],
    status: PageStatus,
    windows: list[tuple[int, int, int]],
) -> None:
    later = [
        LABELLED.format(f"0{hour}:00", label, "We move Alma.")
        for hour, label in enumerate(updates, 7)
    ]
    prose = "".join(f"<p>{update}</p>" for update in (*reversed(later), ANNOUNCED))
    report = read(rss(item("Alma: new release", head + prose)))
    known = [
        (window.start.day, window.start.hour, window.end.hour)
        for window in report.planned_work
        if window.start and window.end
    ]
    assert (report.status, known) == (status, windows)


def test_read_notice_in_unknown_words_is_left_to_a_person() -> None:
    report = read(rss(item("News about Alma", "Have a look")))
    assert (report.status, report.reason, report.summary) == (
        PageStatus.UNKNOWN,
        UnreadReason.UNCLEAR,
        "News about Alma",
    )


def test_read_notice_of_planned_work_has_its_times() -> None:
    report = read(rss(item("Alma maintenance", "On 28.11.2026, 07:00 - 09:00")))
    assert (report.status, [(window.start, window.end) for window in report.planned_work]) == (
        PageStatus.OK,
        [(datetime(2026, 11, 28, 6, tzinfo=UTC), datetime(2026, 11, 28, 8, tzinfo=UTC))],
    )


def test_read_atom() -> None:
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Alma is down</title>"
        b"<updated>2026-11-24T08:00:00Z</updated><content type='html'>&lt;p&gt;Sorry</content>"
        b"</entry></feed>"
    )
    assert read(body) == PageReport(
        PageStatus.INCIDENT, "Alma is down", ("Alma",), changed_at=CHANGED
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
