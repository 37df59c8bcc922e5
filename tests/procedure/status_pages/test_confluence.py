"""A page written for people is ok only if it says so; doubtful cases are left to a person."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.html_text import MAX_MARKUP
from procedure.status_pages.keywords import Keywords
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CHANGED = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
CALM = "<h2>Current incidents</h2><p>No current incidents</p>"


def page(markup: str, *, title: str = "Platform status", form: str = "view") -> dict[str, object]:
    """Return a page as Confluence's REST API v2 delivers it."""
    return {
        "id": "1",
        "status": "current",
        "title": title,
        "version": {"createdAt": "2026-11-24T07:30:00.000Z", "number": 3},
        "body": {form: {"representation": form, "value": markup}},
    }


def read(answer: object, keywords: Keywords | None = None) -> PageReport:
    context = ParserContext(
        ComponentFilter(("Alma",)), ZoneInfo("Europe/Zurich"), keywords or Keywords()
    )
    return parse_page("confluence", json.dumps(answer).encode(), AT, context)


def test_read_page_that_says_ok() -> None:
    assert read(page(CALM)) == PageReport(PageStatus.OK, changed_at=CHANGED)


def test_read_unclear_page_is_left_to_a_person() -> None:
    assert read(page("<p>Welcome to the platform</p>")) == PageReport(
        PageStatus.UNKNOWN, changed_at=CHANGED, reason=UnreadReason.UNCLEAR
    )


ROWS = "<table><tr><th>Service</th><th>Status</th></tr><tr><th>Alma</th><td>{}</td></tr></table>"
CLOSED = (
    "<h3>Alma: outage of 23 November</h3><p>Resolved - Everything works.</p>"
    "<p>Identified - A disk of Alma has failed.</p>"
)


@pytest.mark.parametrize(
    ("markup", "status"),
    [
        ("<h2>Incidents</h2><p>Nous n’avons pas de panne connue</p>", PageStatus.OK),
        ("<h2>Incidents</h2><p>Alma : nous n’avons pas de panne connue.</p>", PageStatus.OK),
        ("<p>Alma : nous n’avons pas de nouvelles de la panne</p>", PageStatus.INCIDENT),
        (ROWS.format("Operational"), PageStatus.OK),
        (ROWS.format("Störung behoben") + CALM, PageStatus.OK),
        (f"<h3>A major outage of everything</h3>{CALM}", PageStatus.UNKNOWN),
        (CALM + CLOSED, PageStatus.OK),
        # The incident is reopened, or another line reports an incident.
        (
            CALM + CLOSED.replace("<p>Res", "<p>Investigating - Loans fail.</p><p>Res"),
            PageStatus.INCIDENT,
        ),
        (f"{CALM}{CLOSED}<p>Alma is down</p>", PageStatus.INCIDENT),
        (f"{CALM}<p>Alma: es ist nicht mit Ausfällen zu rechnen</p>", PageStatus.OK),
        (f"{CALM}<p>Alma: Störung behoben. Damit das nicht wieder vorkommt, …</p>", PageStatus.OK),
        (f"{CALM}<p>Alma: Störung wahrscheinlich gelöst</p>", PageStatus.INCIDENT),
        (
            f"{CALM}<p>Alma: Update am 29.11. ab 18:00, kurzzeitige Ausfälle möglich</p>",
            PageStatus.OK,
        ),
        # A quiet line about us makes the page ok if nothing else raises an alarm.
        ("<p>Alma: Störung behoben</p>", PageStatus.OK),
        ("<p>Alma: Störung behoben</p><p>Major outage of all services</p>", PageStatus.UNKNOWN),
        # Work that does not name a service raises an alarm while it is under way.
        (f"{CALM}<p>Outage of all services 28.11.2026, 07:00 – 09:00</p>", PageStatus.OK),
        (f"{CALM}<p>Outage of all services 24.11.2026, 07:00 – 12:00</p>", PageStatus.UNKNOWN),
        (f"{CALM}<p>Alma: login ok, loans degraded</p>", PageStatus.UNKNOWN),
    ],
)
def test_read_the_words_of_a_page(markup: str, status: PageStatus) -> None:
    report = read(page(markup))
    unclear = UnreadReason.UNCLEAR if status is PageStatus.UNKNOWN else None
    assert (report.status, report.reason) == (status, unclear)


def test_read_reports_the_row_about_us_in_the_words_of_the_page() -> None:
    assert read(page(ROWS.format("<p>Störung seit 08:10</p>"))) == PageReport(
        PageStatus.INCIDENT, "Alma Störung seit 08:10", ("Alma",), changed_at=CHANGED
    )


@pytest.mark.parametrize(
    "line", ["Rapido: outage", "swisscovery ist nicht verfügbar", "Major outage of all services"]
)
def test_read_alarm_about_another_service_contradicts_only_a_general_ok(line: str) -> None:
    report = read(page(f"{CALM}<p>{line}</p>"))
    assert (report.status, report.reason, report.summary) == (
        PageStatus.UNKNOWN,
        UnreadReason.UNCLEAR,
        line,
    )
    assert read(page(f"<p>Alma: no incident</p><p>{line}</p>")).status is PageStatus.OK


def test_read_alarming_heading_is_unclear_and_not_an_incident() -> None:
    for markup in (f"<h3>Alma outage</h3>{CALM}", "<h3>Alma outage</h3><p>Alma: operational</p>"):
        report = read(page(markup))
        assert (report.status, report.reason, report.summary) == (
            PageStatus.UNKNOWN,
            UnreadReason.UNCLEAR,
            "Alma outage",
        )


def test_read_planned_work_in_the_zone_of_the_page() -> None:
    report = read(page(f"{CALM}<p>Alma: Wartung 28.11.2026, 07:00 – 09:00 Uhr</p>"))
    window = PlannedWork(
        datetime(2026, 11, 28, 6, tzinfo=UTC),
        datetime(2026, 11, 28, 8, tzinfo=UTC),
        "feed:confluence",
        "Alma: Wartung 28.11.2026, 07:00 – 09:00 Uhr",
    )
    assert (report.status, report.planned_work) == (PageStatus.OK, (window,))


def test_read_planned_work_under_way_and_over() -> None:
    on = read(page(f"{CALM}<p>Alma: maintenance 24.11.2026 09:30 - 11:00</p>"))
    assert (on.status, on.summary) == (
        PageStatus.PLANNED,
        "Alma: maintenance 24.11.2026 09:30 - 11:00",
    )
    over = read(page(f"{CALM}<p>Alma: maintenance 24.11.2026 07:30 - 10:00</p>"))
    assert over == PageReport(PageStatus.OK, changed_at=CHANGED)


def test_read_planned_work_at_an_unreadable_time_is_left_to_a_person() -> None:
    report = read(page(f"{CALM}<p>Alma: maintenance soon</p>"))
    assert (report.status, report.reason) == (PageStatus.UNKNOWN, UnreadReason.UNCLEAR)
    assert [window.start for window in report.planned_work] == [None]


def test_read_accepts_both_api_versions_and_lists_of_pages() -> None:
    old = page("<p>Alma is down</p>", form="storage") | {
        "version": {"when": "2026-11-24T07:30:00Z"}
    }
    assert read({"results": [page(CALM), old]}) == PageReport(
        PageStatus.INCIDENT, "Alma is down", ("Alma",), changed_at=CHANGED
    )


def test_read_leaves_out_an_archived_page() -> None:
    archived = page("<p>Alma is down</p>") | {"status": "archived"}
    assert read({"results": [page(CALM), archived]}).status is PageStatus.OK


def test_read_document_tree_row_by_row() -> None:
    def text(content: str) -> dict[str, object]:
        return {"type": "paragraph", "content": [{"type": "text", "text": content}]}

    lozenge = {"type": "status", "attrs": {"text": "OUTAGE", "color": "red"}}
    cells = [
        {"type": "tableCell", "content": [text("Alma <EU03>")]},
        {"type": "tableCell", "content": [{"type": "paragraph", "content": [lozenge]}]},
    ]
    header = [{"type": "tableHeader", "content": [text("Alma incident")]}]
    rows = [{"type": "tableRow", "content": header}, {"type": "tableRow", "content": cells}]
    tree = {"type": "doc", "content": [{"type": "table", "content": rows}]}
    report = read(page(json.dumps(tree), form="atlas_doc_format"))
    assert (report.status, report.summary) == (PageStatus.INCIDENT, "Alma <EU03> OUTAGE")


def test_read_with_words_of_the_handbook() -> None:
    own = Keywords(nothing=("alles gut",), incident=("kaputt",))
    assert read(page("<p>Alma: alles gut</p>"), own).status is PageStatus.OK
    assert read(page("<p>Alma ist kaputt</p>"), own).status is PageStatus.INCIDENT


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"results": []}, {"results": {}}, {"body": {"view": {"value": 1}}}, "text", None],
)
def test_read_answer_without_a_page_is_another_shape(answer: object) -> None:
    assert read(answer) == PageReport(PageStatus.UNKNOWN, reason=UnreadReason.SHAPE)


def test_read_refuses_an_oversized_page() -> None:
    report = read(page(CALM + "x" * MAX_MARKUP))
    assert report == PageReport(PageStatus.UNKNOWN, reason=UnreadReason.TOO_LARGE)
