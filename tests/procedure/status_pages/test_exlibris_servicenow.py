"""An empty result from the vendor's outage table is ok, but an unknown type never is."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OURS = "Alma EU03 - Production"


def record(kind: object, begin: str = "", end: str = "", name: str = OURS) -> dict[str, object]:
    return {
        "cmdb_ci.u_external_name": name,
        "type": kind,
        "begin": begin,
        "end": end,
        "details": "<p>We are <b>working</b> on it</p>",
        "short_description": "",
    }


def table(*records: object) -> bytes:
    return json.dumps({"result": records}).encode()


def read(body: bytes, zone: str = "UTC") -> PageReport:
    context = ParserContext(ComponentFilter(("EU03",)), ZoneInfo(zone))
    return parse_page("exlibris-servicenow", body, AT, context)


def test_read_empty_result_reports_nothing() -> None:
    assert read(table()) == PageReport(PageStatus.OK)


@pytest.mark.parametrize("kind", ["outage", "degradation", "Outage"])
def test_read_outage_or_degradation_is_an_incident(kind: str) -> None:
    assert read(table(record(kind, "2026-11-24 08:30:00"))) == PageReport(
        PageStatus.INCIDENT,
        "We are working on it",
        (OURS,),
        changed_at=datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
    )


def test_read_notice_is_ok_and_keeps_its_text() -> None:
    report = read(table(record("info")))
    assert (report.status, report.summary) == (PageStatus.OK, "We are working on it")


@pytest.mark.parametrize("kind", ["error", "ERROR", "", None, 3, "disruption"])
def test_read_unknown_type_is_never_ok(kind: object) -> None:
    report = read(table(record(kind, "2026-11-24 08:30:00")))
    assert (report.status, report.reason) == (PageStatus.UNKNOWN, UnreadReason.UNKNOWN_STATUS)


def test_read_planned_work_without_a_start_is_only_announced() -> None:
    report = read(table(record("planned")))
    window = PlannedWork(None, None, "feed:exlibris-servicenow", "We are working on it")
    assert (report.status, report.planned_work) == (PageStatus.OK, (window,))


@pytest.mark.parametrize(
    ("begin", "word"),
    [
        ("2026-11-24 08:30:00", PageStatus.PLANNED),
        ("2026-11-24 09:00:00", PageStatus.PLANNED),
        ("2026-11-24 09:00:01", PageStatus.OK),
        ("shortly", PageStatus.UNKNOWN),
    ],
)
def test_read_planned_work_is_on_from_its_start(begin: str, word: PageStatus) -> None:
    assert read(table(record("planned", begin))).status is word


def test_read_times_are_utc_by_default() -> None:
    body = table(record("planned", "2026-11-24 09:30:00", "2026-11-24 11:00:00"))
    assert read(body).status is PageStatus.OK
    (window,) = read(body, "Europe/Zurich").planned_work
    assert (read(body, "Europe/Zurich").status, window.start, window.end) == (
        PageStatus.PLANNED,
        datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    )


def test_read_leaves_out_ended_and_foreign_records() -> None:
    ended = record("outage", "2026-11-24 07:00:00", "2026-11-24 09:00:00")
    sandbox = record("outage", name="Alma EU03 - Sandbox")
    assert read(table(ended, sandbox, record("outage", name="Alma EU02"))) == PageReport(
        PageStatus.OK
    )


def test_read_uses_the_most_serious_record() -> None:
    report = read(table(record("info"), record("outage"), record("planned", "2026-11-24 08:00:00")))
    assert report.status is PageStatus.INCIDENT


def test_read_record_without_a_name_is_left_to_a_person() -> None:
    report = read(table({"type": "info", "short_description": "?"}, 7))
    assert (report.status, report.reason) == (PageStatus.UNKNOWN, UnreadReason.SHAPE)


def test_read_values_with_display_text() -> None:
    shown = {
        name: {"display_value": "x", "value": value} for name, value in record("outage").items()
    }
    assert (read(table(shown)).status, read(table(shown)).components) == (
        PageStatus.INCIDENT,
        (OURS,),
    )


@pytest.mark.parametrize("body", [b'{"error": {"message": "no"}}', b'{"result": null}', b"[]"])
def test_read_answer_without_a_result_is_unknown(body: bytes) -> None:
    assert read(body) == PageReport(PageStatus.UNKNOWN, reason=UnreadReason.SHAPE)
