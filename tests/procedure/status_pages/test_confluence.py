"""A page written for people is quoted, with the time of its last change, for a person to read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.html_text import MAX_MARKUP
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CHANGED = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
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


def read(answer: object) -> PageReport:
    context = ParserContext(ComponentFilter(("Alma",)), ZoneInfo("Europe/Zurich"))
    return parse_page("confluence", json.dumps(answer).encode(), AT, context)


def quoted(entry: str, *names: str) -> PageReport:
    return PageReport(
        PageStatus.UNKNOWN, entry, names, changed_at=CHANGED, reason=UnreadReason.UNCLEAR
    )


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        (f"{CALM}<p>Alma: login ok</p><p>Alma is down</p>", "Alma: login ok"),
        # Dated lines may stand in any order, and announce times to come.
        ("<p>22.11.: Alma is slow</p><p>Tue 24.11: Alma is down</p>", "Tue 24.11: Alma is down"),
        ("<p>Alma is down</p><p>22.11.2026: Alma is slow</p>", "Alma is down"),
        ("<p>24.11.: Alma is slow</p><p>Alma: work on 25.11.</p>", "24.11.: Alma is slow"),
        # A heading names the service of the line below it.
        ("<h3>Alma</h3><p>Login fails</p><h3>Primo</h3><p>Up</p>", "Alma – Login fails"),
        ("<h3>Alma</h3><p>Login fails</p><p>Alma is slow</p>", "Alma is slow"),
    ],
)
def test_read_quotes_the_newest_line_about_us(markup: str, line: str) -> None:
    assert read(page(markup)) == quoted(line, "Alma")


@pytest.mark.parametrize("markup", [CALM, "<h3>Alma outage</h3>", "<p>Primo is down</p>"])
def test_read_quotes_nothing_about_others(markup: str) -> None:
    assert read(page(markup)) == quoted("")


def test_read_cuts_a_long_line() -> None:
    line = "Alma is down " * 40
    assert read(page(f"<p>{line}</p>")) == quoted(line[:299] + "…", "Alma")


def test_read_accepts_both_api_versions_and_quotes_the_newest_page() -> None:
    old = page("<p>Alma is down</p>", form="storage") | {
        "version": {"when": "2026-11-24T07:00:00Z"}
    }
    newer = page("<p>Alma is up</p>")
    assert read({"results": [old, newer]}) == quoted("Alma is up", "Alma")
    report = read({"results": [old, page(CALM)]})
    assert report == replace(quoted("Alma is down", "Alma"), changed_at=CHANGED - HALF_HOUR)


def test_read_leaves_out_an_archived_page() -> None:
    archived = page("<p>Alma is down</p>") | {"status": "archived"}
    assert read({"results": [page(CALM), archived]}) == quoted("")


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
    assert report == quoted("Alma <EU03> OUTAGE", "Alma")


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"results": []}, {"results": {}}, {"body": {"view": {"value": 1}}}, "text", None],
)
def test_read_answer_without_a_page_is_another_shape(answer: object) -> None:
    assert read(answer) == PageReport(PageStatus.UNKNOWN, reason=UnreadReason.SHAPE)


def test_read_refuses_an_oversized_page() -> None:
    report = read(page(CALM + "x" * MAX_MARKUP))
    assert report == PageReport(PageStatus.UNKNOWN, reason=UnreadReason.TOO_LARGE)
