"""Statuspage v2 pages are judged by our component, because the overall `indicator` may be wrong."""

import json
from datetime import UTC, datetime

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CHANGED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def component(name: str, status: str = "operational", **more: object) -> dict[str, object]:
    return {"name": name, "status": status, "updated_at": "2026-11-24T08:00:00.000Z", **more}


def summary(
    *components: dict[str, object],
    incidents: object = (),
    planned: object = (),
    indicator: str = "none",
    zone: object = "Etc/UTC",
) -> bytes:
    return json.dumps(
        {
            "page": {"name": "Vendor", "time_zone": zone},
            "status": {"indicator": indicator, "description": "whatever"},
            "components": components,
            "incidents": incidents,
            "scheduled_maintenances": planned,
        }
    ).encode()


def incident(name: str, *names: str, status: str = "investigating") -> dict[str, object]:
    return {"name": name, "status": status, "components": [component(name) for name in names]}


def work(start: str, end: str | None, *names: str, status: str = "scheduled") -> dict[str, object]:
    return {
        "name": "Upgrade",
        "status": status,
        "scheduled_for": start,
        "scheduled_until": end,
        "components": [component(name) for name in names],
    }


def read(body: bytes, name: str = "EU03", at: datetime = AT) -> PageReport:
    return parse_page("statuspage", body, at, ParserContext(ComponentFilter((name,))))


def test_read_working_component_is_ok() -> None:
    assert read(summary(component("Alma EU03 - Production"), component("Alma EU02"))) == PageReport(
        PageStatus.OK,
        "Alma EU03 - Production: operational",
        ("Alma EU03 - Production",),
        changed_at=CHANGED,
    )


OVER, NOW = "2026-11-24T08:00:00Z", "2026-11-24T12:00:00Z"
EARLY = "2026-11-24T06:00:00Z"
ENDED = incident("Loans fail", "EU03", status="monitoring") | {"resolved_at": OVER}


@pytest.mark.parametrize(
    ("status", "incidents", "planned", "word"),
    [
        ("degraded_performance", [], [], PageStatus.INCIDENT),
        ("partial_outage", [], [], PageStatus.INCIDENT),
        ("major_outage", [], [], PageStatus.INCIDENT),
        ("under_maintenance", [], [], PageStatus.PLANNED),
        # Only open incidents that name our component count.
        ("operational", [incident("Slow", "EU01")], [], PageStatus.OK),
        ("operational", [incident("EU03 is slow")], [], PageStatus.INCIDENT),
        ("operational", [incident("Loans fail", "EU03", status="resolved")], [], PageStatus.OK),
        ("operational", [incident("Loans fail", "EU03", status="postmortem")], [], PageStatus.OK),
        ("operational", [incident("Loans fail", "EU03", status="completed")], [], PageStatus.OK),
        (
            "operational",
            [incident("Loans fail", "EU03", status="monitoring")],
            [],
            PageStatus.INCIDENT,
        ),
        ("operational", [ENDED], [], PageStatus.OK),
        # Work may take longer than announced, or be completed earlier.
        ("operational", [], [work(EARLY, OVER)], PageStatus.OK),
        ("operational", [], [work(EARLY, NOW, status="completed")], PageStatus.OK),
        ("operational", [], [work(EARLY, OVER, "EU03", status="in_progress")], PageStatus.PLANNED),
        ("operational", [], [work(EARLY, NOW, "EU03", status="completed")], PageStatus.OK),
        ("operational", [], [work("2026-11-28T06:00:00Z", None, "EU01")], PageStatus.OK),
    ],
)
def test_read_each_status(
    status: str,
    incidents: list[dict[str, object]],
    planned: list[dict[str, object]],
    word: PageStatus,
) -> None:
    report = read(summary(component("EU03", status), incidents=incidents, planned=planned))
    assert (report.status, report.planned_work if word is PageStatus.OK else ()) == (word, ())


@pytest.mark.parametrize("status", ["", "fine", "OPERATIONAL!", None, 0])
def test_read_unknown_status_is_never_ok(status: object) -> None:
    report = read(summary(component("EU03") | {"status": status}))
    assert (report.status, report.reason) == (PageStatus.UNKNOWN, UnreadReason.UNKNOWN_STATUS)


def test_read_open_incident_overrides_indicator_none() -> None:
    body = summary(component("EU03"), incidents=[incident("Loans fail", "EU03")], indicator="none")
    assert (read(body).status, read(body).summary) == (PageStatus.INCIDENT, "Loans fail")


def test_read_indicator_minor_without_incident_follows_the_component() -> None:
    broken = summary(component("EU03"), component("EU01", "partial_outage"), indicator="minor")
    assert read(broken).status is PageStatus.OK
    assert read(broken, "EU01").status is PageStatus.INCIDENT


def test_read_listed_components_override_a_title() -> None:
    """GitHub has a component "Issues", and titles incidents in other components "Issues with …"."""
    parts = (component("Issues"), component("Actions"), component("Pages"))
    other = summary(*parts, incidents=[incident("Issues with Actions and Pages", "Actions")])
    assert read(other, "Issues").status is PageStatus.OK
    assert read(other, "Pages").status is PageStatus.OK
    assert read(other, "Actions").status is PageStatus.INCIDENT
    hidden = summary(*parts, incidents=[incident("Incident on 2020-12-13", "Issues")])
    assert read(hidden, "Issues").status is PageStatus.INCIDENT
    ahead = work("2026-11-24T08:00:00Z", None, "Actions") | {"name": "Upgrade of Pages"}
    assert read(summary(*parts, planned=[ahead]), "Pages") == read(summary(*parts), "Pages")
    assert read(summary(*parts, planned=[ahead]), "Actions").status is PageStatus.PLANNED


def test_read_listed_component_by_group_and_id() -> None:
    parts = (
        component("Alma", id="g", group=True),
        component("EU03", id="a", group_id="g"),
        component("EU03", id="b", group_id=None),
    )
    for listed, word in (
        ({"name": "EU03", "group_id": "g"}, PageStatus.INCIDENT),
        ({"id": "a"}, PageStatus.INCIDENT),
        ({"id": "b", "name": "EU03"}, PageStatus.OK),
        ({}, PageStatus.UNKNOWN),
    ):
        body = summary(*parts, incidents=[incident("Slow") | {"components": [listed]}])
        assert read(body, "Alma EU03").status is word


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2026-11-24T08:00:00Z", "2026-11-24T10:00:00Z", "scheduled"),
        ("2026-11-24T06:00:00Z", "2026-11-24T08:00:00Z", "in_progress"),
    ],
)
def test_read_work_under_way_without_a_component_is_left_to_a_person(
    start: str, end: str, status: str
) -> None:
    report = read(summary(component("EU03"), planned=[work(start, end, status=status)]))
    assert report == PageReport(
        PageStatus.UNKNOWN,
        "Upgrade",
        ("EU03",),
        reason=UnreadReason.UNCLEAR,
    )
    named = work(start, end, status=status) | {"name": "EU03 upgrade"}
    assert len(read(summary(component("EU03"), planned=[named])).planned_work) == 1


def test_read_work_ahead_without_a_component_is_not_ours() -> None:
    ahead = work("2026-11-28T06:00:00Z", "2026-11-28T08:00:00Z")
    report = read(summary(component("EU03"), planned=[ahead]))
    assert (report.status, report.planned_work) == (PageStatus.OK, ())


def test_read_incident_without_a_component_is_left_to_a_person() -> None:
    report = read(summary(component("EU03"), incidents=[incident("Something is wrong")]))
    assert (report.status, report.reason, report.summary) == (
        PageStatus.UNKNOWN,
        UnreadReason.UNCLEAR,
        "Something is wrong",
    )


def test_read_announced_work_has_its_times() -> None:
    ahead = work("2026-11-28T06:00:00Z", "2026-11-28T08:00:00Z", "EU03")
    report = read(summary(component("EU03"), planned=[ahead]))
    window = PlannedWork(
        datetime(2026, 11, 28, 6, tzinfo=UTC),
        datetime(2026, 11, 28, 8, tzinfo=UTC),
        "feed:statuspage",
        "Upgrade",
    )
    assert (report.status, report.planned_work) == (PageStatus.OK, (window,))
    during = read(
        summary(component("EU03"), planned=[ahead]), at=datetime(2026, 11, 28, 7, tzinfo=UTC)
    )
    assert (during.status, during.summary) == (PageStatus.PLANNED, "Upgrade")
    after = read(
        summary(component("EU03"), planned=[ahead]), at=datetime(2026, 11, 28, 8, tzinfo=UTC)
    )
    assert (after.status, after.planned_work) == (PageStatus.OK, ())


def test_read_time_without_a_zone_is_in_the_pages_zone() -> None:
    ahead = work("2026-11-28T07:00:00", None, "EU03")
    for zone, hour in (("Europe/Zurich", 6), ("Nowhere/Land", 7), ("../etc/passwd", 7), (None, 7)):
        (window,) = read(summary(component("EU03"), planned=[ahead], zone=zone)).planned_work
        assert window.start == datetime(2026, 11, 28, hour, tzinfo=UTC)


def test_read_member_by_its_group_and_not_the_group() -> None:
    body = summary(
        component("Alma", "major_outage", id="g", group=True),
        component("EU03", id="a", group_id="g"),
        component("EU03 Sandbox", "major_outage", id="b", group_id="g"),
        component("EU03", "major_outage", id="c", group_id=None),
    )
    assert read(body, "Alma EU03").status is PageStatus.OK


def test_read_page_without_our_component_is_unknown() -> None:
    assert read(summary(component("EU031"), component("EU03 Sandbox"))) == PageReport(
        PageStatus.UNKNOWN, "EU03", reason=UnreadReason.NO_COMPONENT
    )


def test_read_name_with_markup_is_plain_text() -> None:
    body = summary(component("EU03"), incidents=[incident("<b>EU03</b> &amp; all")])
    assert read(body).summary == "EU03 & all"
