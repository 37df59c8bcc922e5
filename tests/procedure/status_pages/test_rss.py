"""RSS and Atom feeds: only notices about our component count; entities are never expanded."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = "Tue, 24 Nov 2026 08:00:00 GMT"
INCIDENT = PageStatus.INCIDENT
CHANGED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def item(title: str, prose: str = "", date: str = TODAY) -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f"<item><title>{escape(title)}</title>"
        f"<description>{escape(prose)}</description>{dated}</item>"
    )


def rss(*items: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


def read(body: bytes, name: str = "Alma", at: datetime = AT) -> PageReport:
    return parse_page(
        "feed", body, at, ParserContext(ComponentFilter((name,)), ZoneInfo("Europe/Zurich"))
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
EARLY = "Tue, 24 Nov 2026 07:00:00 GMT"
EARLIER = item("Alma outage", FIRST_UPDATE, date=EARLY)


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
        ([item("Alma outage", date="")], PageStatus.UNKNOWN),
        # An open notice that the vendor may have forgotten is left to a person after a week.
        ([item("Identified: Alma", date="Tue, 17 Nov 2026 09:00:00 GMT")], PageStatus.INCIDENT),
        ([item("Identified: Alma", date="Tue, 17 Nov 2026 08:59:59 GMT")], PageStatus.UNKNOWN),
        # A later notice of the same title closes an incident, unless one has all its updates.
        ([item("Resolved: Alma outage"), item("Alma outage", BOTH)], PageStatus.OK),
        (
            [item("Resolved: Alma outage"), item("Identified: alma outage", date=EARLY)],
            PageStatus.OK,
        ),
        ([item("Resolved: Alma outage"), item("Identified: Alma slow", date=EARLY)], INCIDENT),
        ([item("Resolved: Alma outage"), item("Identified: Alma outage")], PageStatus.INCIDENT),
        ([item("Alma outage", BOTH), EARLIER], PageStatus.INCIDENT),
    ],
)
def test_read_status_of_each_notice(items: list[str], status: PageStatus) -> None:
    assert read(rss(*items)).status is status


@pytest.mark.parametrize(
    ("title", "prose", "status"),
    [
        (
            "Alma: Störung nach Wartung 01.12.2026 18:00 - 20:00 Uhr",
            "Seit der Wartung können sich einige Benutzer nicht anmelden",
            PageStatus.UNKNOWN,
        ),
        (
            "Alma EU03 - login failures after scheduled upgrade",
            "<strong>Identified</strong> - Some users cannot log in.",
            PageStatus.INCIDENT,
        ),
        (
            "Multiple sites showing down/under maintenance",
            LABELLED.format("08:00", "Update", "We restore Alma for more customers.")
            + f"<p>{LABELLED.format('07:00', 'Investigating', 'We look into reports.')}</p>",
            PageStatus.INCIDENT,
        ),
    ],
)
@pytest.mark.parametrize("days", [0, 8, 15])
def test_read_open_incident_after_work_is_never_ok(
    title: str, prose: str, status: PageStatus, days: int
) -> None:
    at = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
    body = rss(item(title, prose, date=format_datetime(at)))
    report = read(body, "*", at + timedelta(days=days))
    assert (report.status, report.planned_work) == (status if days <= 7 else PageStatus.UNKNOWN, ())


def test_read_quotes_the_newest_notice_about_us() -> None:
    old, new = "Mon, 23 Nov 2026 08:00:00 GMT", "Tue, 24 Nov 2026 08:30:00 GMT"
    body = rss(
        item("Alma : lenteurs", date=old),
        item("Perturbation", "<p>Bonjour,</p><p>Alma est perturbé.</p>"),
        item("Resolved: Alma EU03", date=new),
        item("Rapido", "est en panne", date=new),
    )
    assert read(body) == PageReport(
        PageStatus.UNKNOWN,
        "Alma est perturbé.",
        ("Alma",),
        changed_at=CHANGED,
        reason=UnreadReason.UNCLEAR,
    )


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
    ("head", "updates", "status", "work"),
    [
        (SCHEDULED.format(27, "21:00", "22:00"), (), PageStatus.OK, [(27, 21, 22)]),
        (SCHEDULED.format(24, "08:30", "10:00"), (), PageStatus.PLANNED, [(24, 8, 10)]),
        (SCHEDULED.format(24, "08:30", "10:00"), ("Update",), PageStatus.PLANNED, [(24, 8, 10)]),
        # Work that has not been closed is left to a person after its end, or is under way.
        (SCHEDULED.format(24, "07:00", "08:00"), (), PageStatus.UNKNOWN, []),
        (SCHEDULED.format(24, "07:00", "08:00"), ("In progress",), PageStatus.PLANNED, []),
        (SCHEDULED.format(24, "07:00", "10:00"), ("Verifying",), PageStatus.PLANNED, [(24, 7, 10)]),
        (SCHEDULED.format(24, "07:00", "10:00"), ("In progress", "Completed"), PageStatus.OK, []),
        (SCHEDULED.format(24, "07:00", "08:00"), ("Completed", "Identified"), INCIDENT, []),
        ("", ("In progress",), PageStatus.PLANNED, []),
        ("", (), PageStatus.UNKNOWN, []),
    ],
)
def test_read_scheduled_event_of_statuspage(
    head: str,
    updates: tuple[str, ...],
    status: PageStatus,
    work: list[tuple[int, int, int]],
) -> None:
    later = [
        LABELLED.format(f"0{hour}:00", label, "We move Alma.")
        for hour, label in enumerate(updates, 7)
    ]
    prose = "".join(f"<p>{update}</p>" for update in (*reversed(later), ANNOUNCED))
    report = read(rss(item("Alma: new release", head + prose)))
    assert (report.status, [times(each) for each in report.planned_work]) == (status, work)


def test_read_header_of_scheduled_event_without_a_label() -> None:
    report = read(rss(item("Alma: new release", SCHEDULED.format(27, "21:00", "22:00"))))
    assert (report.status, [*map(times, report.planned_work)]) == (PageStatus.OK, [(27, 21, 22)])


@pytest.mark.parametrize("title", ["Geplant: Alma", "Maintenance planifiée : Alma"])
def test_read_times_of_labelled_work(title: str) -> None:
    prose = "28.11.2026, 07:00 – 09:00"
    report = read(rss(item(title, prose)))
    assert (report.status, [*map(times, report.planned_work)]) == (PageStatus.OK, [(28, 6, 8)])
    unlabelled = read(rss(item("Alma: Wartung", prose)))
    assert (unlabelled.status, unlabelled.planned_work) == (PageStatus.UNKNOWN, ())


def times(work: PlannedWork) -> tuple[int, int, int]:
    """Return the day, and the hours of start and end."""
    assert work.start is not None
    assert work.end is not None
    return work.start.day, work.start.hour, work.end.hour


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
