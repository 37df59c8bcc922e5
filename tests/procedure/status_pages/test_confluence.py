"""A page written for people is quoted, with the time of its last change, for a person to read."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.html_text import MAX_MARKUP
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


def read(answer: object) -> PageReport:
    context = ParserContext(ComponentFilter(("Alma",)), ZoneInfo("Europe/Zurich"))
    return parse_page("confluence", json.dumps(answer).encode(), AT, context)


def quoted(entry: str, *names: str) -> PageReport:
    return PageReport(
        PageStatus.UNKNOWN, entry, names, changed_at=CHANGED, reason=UnreadReason.UNCLEAR
    )


def test_read_quotes_the_entry_about_us_or_the_first_entry() -> None:
    assert read(page(CALM)) == quoted("No current incidents")
    assert read(page(f"{CALM}<p>Alma: login ok</p><p>Alma is down</p>")) == quoted(
        "Alma: login ok", "Alma"
    )
    assert read(page("<h3>Alma outage</h3>")) == quoted("Platform status")


def test_read_accepts_both_api_versions_and_lists_of_pages() -> None:
    old = page("<p>Alma is down</p>", form="storage") | {
        "version": {"when": "2026-11-24T07:30:00Z"}
    }
    assert read({"results": [page(CALM), old]}) == quoted("Alma is down", "Alma")


def test_read_leaves_out_an_archived_page() -> None:
    archived = page("<p>Alma is down</p>") | {"status": "archived"}
    assert read({"results": [page(CALM), archived]}) == quoted("No current incidents")


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
