"""Every parser turns any body into a report of limited size, and never raises."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from procedure.status_pages import exlibris_servicenow, rss, statuspage
from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.page_parsers import FORMATS, LARGEST_BODY, parse_page
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadReason,
    summarise,
    unreadable,
)

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAMES = sorted(FORMATS)
EU03 = ParserContext(ComponentFilter(("EU03",)))
ALL = ParserContext(ComponentFilter(("*",)))

# The keys that the parsers look for, so that random bodies reach the code that reads them.
KEYS = st.sampled_from(
    [
        "result",
        "containers",
        "services",
        "name",
        "status",
        "type",
        "begin",
        "end",
        "details",
        "short_description",
        "cmdb_ci.name",
        "components",
        "incidents",
        "id",
        "group",
        "group_id",
        "scheduled_maintenances",
        "scheduled_for",
        "scheduled_until",
        "updated_at",
        "page",
        "time_zone",
        "results",
        "title",
        "body",
        "view",
        "storage",
        "value",
        "version",
        "atlas_doc_format",
        "content",
        "attrs",
        "text",
        "when",
        "resolved_at",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "EU03",
            "operational",
            "planned",
            "outage",
            "paragraph",
            "tableRow",
            "Europe",
            "../x",
            "2026-11-24 08:00:00",
            "0001-01-01T00:00:00+14:00",
            "<b>EU03 down</b>",
            "\ud800",
            "{}",
            "&#0;",
            "EU03: maintenance 28.11.2026 07:00 - 09:00",
        ]
    ),
)
TREES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYS, TEXTS), inner, max_size=6)
    ),
    max_leaves=40,
)


def bounded(report: PageReport) -> bool:
    texts = [report.summary, *report.components, *(window.title for window in report.planned_work)]
    return (
        (report.reason is not None) == (report.status is PageStatus.UNKNOWN)
        and len(report.summary) <= 300
        and len(report.components) <= 20
        and len(report.planned_work) <= 20
        and all(len(text) <= 300 and text.isprintable() for text in texts)
        and all(instant.tzinfo is UTC for instant in [report.changed_at] if instant is not None)
    )


def read_all(body: bytes) -> list[PageReport]:
    return [parse_page(name, body, AT, context) for name in NAMES for context in (EU03, ALL)]


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf{}")
@example(b"\x00")
def test_parse_page_reports_any_bytes_as_unknown(body: bytes) -> None:
    for report in read_all(body):
        assert bounded(report)
        assert report.status is PageStatus.UNKNOWN


@given(TREES)
def test_parse_page_bounds_reports_of_any_json(tree: object) -> None:
    assert all(bounded(report) for report in read_all(json.dumps(tree).encode()))


WELL_FORMED = {
    "confluence": {
        "title": "x",
        "status": "current",
        "version": {"createdAt": "2026-11-24T08:00:00Z"},
        "body": {"view": {"value": "<p>EU03: no incident</p>"}},
    },
    "exlibris-portal": {"result": {"a": [{"services": [{"name": "EU03", "status": "ok"}]}]}},
    "exlibris-servicenow": {
        "result": [{"cmdb_ci.name": "EU03", "type": "info", "begin": "", "end": ""}]
    },
    "statuspage": {
        "page": {"time_zone": "UTC"},
        "components": [{"name": "EU03", "status": "operational", "updated_at": "2026-11-24"}],
        "incidents": [{"name": "x", "status": "resolved", "components": []}],
        "scheduled_maintenances": [
            {"name": "EU03", "components": [], "scheduled_for": "2026-11-25"}
        ],
    },
}


def places(tree: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    steps: list[tuple[object, object]] = []
    if isinstance(tree, dict):
        steps = list(tree.items())
    elif isinstance(tree, list):
        steps = list(enumerate(tree))
    return [path, *(place for step, below in steps for place in places(below, (*path, step)))]


def replaced(tree: object, path: tuple[object, ...], value: object) -> object:
    if not path:
        return value
    step, *rest = path
    below = replaced(tree[step], tuple(rest), value)  # type: ignore[index]
    if isinstance(tree, dict):
        return tree | {step: below}
    return [below if at == step else node for at, node in enumerate(tree)]  # type: ignore[arg-type]


@given(st.data())
def test_parse_page_never_raises_for_a_changed_body(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(WELL_FORMED)))
    path = data.draw(st.sampled_from(places(WELL_FORMED[name])))
    changed = replaced(WELL_FORMED[name], path, data.draw(TREES))
    assert bounded(parse_page(name, json.dumps(changed).encode(), AT, EU03))


UNSEEN = ["\x1b", "\u202eEU03", "a\x00b\nc", "\ud800", "x" * 5000, "\u0130" * 300]


@pytest.mark.parametrize("text", UNSEEN, ids=range(len(UNSEEN)))
@pytest.mark.parametrize("name", sorted(WELL_FORMED))
def test_parse_page_bounds_and_cleans_every_text(name: str, text: str) -> None:
    for path in places(WELL_FORMED[name]):
        changed = replaced(WELL_FORMED[name], path, text)
        assert bounded(parse_page(name, json.dumps(changed).encode(), AT, EU03))


def test_summarise_cleans_texts_of_every_parser() -> None:
    window = PlannedWork(AT, None, "feed:x", "\x1b[2J work")
    finding = PageFinding(PageStatus.PLANNED, "a\x1bb" + "c" * 400, "EU03\u202e", window)
    assert summarise([finding]) == PageReport(
        PageStatus.PLANNED,
        summary="a b" + "c" * 296 + "…",
        components=("EU03",),
        planned_work=(PlannedWork(AT, None, "feed:x", "[2J work"),),
    )
    assert unreadable(UnreadReason.SYNTAX, "\x1b!").summary == "!"


@pytest.mark.parametrize("name", sorted({*WELL_FORMED} - {"confluence"}))
def test_parse_page_reports_good_bodies_as_ok(name: str) -> None:
    assert (
        parse_page(name, json.dumps(WELL_FORMED[name]).encode(), AT, EU03).status is PageStatus.OK
    )


@pytest.mark.parametrize("body", [b"", b"  \r\n\t"])
def test_parse_page_reports_an_empty_body_as_unknown(body: bytes) -> None:
    assert read_all(body) == [PageReport(PageStatus.UNKNOWN, reason=UnreadReason.EMPTY)] * 2 * len(
        NAMES
    )


def test_parse_page_refuses_an_oversized_body() -> None:
    body = b'{"result": []}'.ljust(LARGEST_BODY + 1)
    assert read_all(body) == [
        PageReport(PageStatus.UNKNOWN, reason=UnreadReason.TOO_LARGE)
    ] * 2 * len(NAMES)
    assert parse_page("exlibris-servicenow", body[:-1], AT, EU03) == PageReport(PageStatus.OK)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"result":' * 200_000,
        b'{"result":' * 900 + b"1" + b"}" * 900,
        b"9" * 100_000,
        b'{"components": ' + b"9" * 100_000 + b"}",
        b"<rss>" + b"<item>" * 100_000,
        b"<rss>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</rss>",
        b'{"result": [' + b"{}," * 6000 + b"{}]}",
        b'{"components": [' + b"{}," * 6000 + b"{}]}",
    ],
    ids=range(9),
)
def test_parse_page_survives_deep_and_large_bodies(body: bytes) -> None:
    for report in read_all(body):
        assert bounded(report)
        assert report.status is not PageStatus.INCIDENT


def test_documentation_has_every_format_status_and_reason() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "status-pages.md"
    first_cells = re.findall(r"^\| (`[^|]+) \|", page.read_text("utf-8"), re.MULTILINE)
    names = re.findall(r"`([^`]+)`", " ".join(first_cells))
    assert sorted(names) == sorted([*FORMATS, *PageStatus, *UnreadReason])


def test_planned_work_has_the_source_of_its_reading() -> None:
    sources = [exlibris_servicenow.SOURCE, rss.SOURCE, statuspage.SOURCE]
    assert set(sources) < {f"feed:{name}" for name in NAMES}
