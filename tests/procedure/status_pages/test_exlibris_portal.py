"""The portal's JSON may list services anywhere, and only one status is known to be good."""

import json
from datetime import UTC, datetime

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
GOOD = "fa-check-circle"


def portal(*services: tuple[str, object], container: int = 2) -> bytes:
    listed = [{"name": name, "status": status} for name, status in services]
    widget = {"widget": {"data": {"title": "Status", "services": listed}}}
    shown = {"rows": [{"columns": [{"widgets": [widget]}]}]}
    return json.dumps({"result": {"containers": [{}] * container + [shown]}}).encode()


def read(body: bytes) -> PageReport:
    return parse_page("exlibris-portal", body, AT, ParserContext(ComponentFilter(("EU03",))))


@pytest.mark.parametrize("container", [0, 2, 5])
def test_read_good_status_in_any_place(container: int) -> None:
    body = portal(("Alma EU03 - Production", GOOD), ("Alma EU02", "x"), container=container)
    assert read(body) == PageReport(
        PageStatus.OK, f"Alma EU03 - Production: {GOOD}", ("Alma EU03 - Production",)
    )


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("fa fa-check-circle", PageStatus.OK),
        ("ERROR", PageStatus.INCIDENT),
        ("PERF", PageStatus.INCIDENT),
        ("MAINT", PageStatus.PLANNED),
    ],
)
def test_read_known_words(status: str, word: PageStatus) -> None:
    assert read(portal(("HEP EU03", status))).status is word


@pytest.mark.parametrize("status", ["fa-exclamation", "SERVICE", "", None, 1, "not ok", [GOOD]])
def test_read_unknown_status_is_left_to_a_person(status: object) -> None:
    report = read(portal(("EU03", status)))
    assert (report.status, report.reason) == (PageStatus.UNKNOWN, UnreadReason.UNKNOWN_STATUS)


def test_read_worst_of_several_services() -> None:
    report = read(portal(("Alma EU03", GOOD), ("Primo EU03", "error"), ("Leganto EU03", "?")))
    assert (report.status, report.summary) == (PageStatus.INCIDENT, "Primo EU03: error")
    assert report.components == ("Alma EU03", "Primo EU03", "Leganto EU03")
    for better in (GOOD, "maint"):
        assert (
            read(portal(("Alma EU03", better), ("Leganto EU03", "?"))).status is PageStatus.UNKNOWN
        )
    assert read(portal(("Alma EU03", GOOD), ("Primo EU03", "maint"))).status is PageStatus.PLANNED


def test_read_leaves_out_a_sandbox_and_other_numbers() -> None:
    report = read(portal(("Alma EU03 - Sandbox", "error"), ("EU031", "error")))
    assert (report.status, report.reason) == (PageStatus.UNKNOWN, UnreadReason.NO_COMPONENT)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"result": {}}', portal(), b'{"result": {"services": 1}}']
)
def test_read_page_without_services_is_another_shape(body: bytes) -> None:
    assert read(body) == PageReport(PageStatus.UNKNOWN, reason=UnreadReason.SHAPE)
