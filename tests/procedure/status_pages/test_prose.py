"""A sentence about us, at a given time, is quiet, planned, open, or left for a person to judge."""

import json
import tomllib
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.prose import planned_work, tone_at
from procedure.status_pages.status import PageReport, PageStatus

AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
CONTEXT = ParserContext(ComponentFilter(("Alma",)), ZoneInfo("Europe/Zurich"))
SENTENCES = tomllib.loads(Path(__file__).with_name("announcements.toml").read_text("utf-8"))
BY_MEANING = [(says, line) for says, lines in SENTENCES.items() for line in lines]


def on_a_page(line: str) -> PageReport:
    markup = f"<h2>Incidents</h2><p>{escape(line)}</p>"
    body = {"title": "Status", "body": {"view": {"value": markup}}}
    return parse_page("confluence", json.dumps(body).encode(), AT, CONTEXT)


def in_a_feed(line: str) -> PageReport:
    items = f"<item><title>{escape(line)}</title></item>"
    return parse_page("feed", f"<rss><channel>{items}</channel></rss>".encode(), AT, CONTEXT)


def meaning(report: PageReport) -> str:
    if report.status is PageStatus.OK:
        return "planned" if report.planned_work else "quiet"
    return {PageStatus.INCIDENT: "open", PageStatus.UNKNOWN: "unread"}.get(report.status, "planned")


@pytest.mark.parametrize(("says", "line"), BY_MEANING)
def test_sentence_about_us(says: str, line: str) -> None:
    assert (meaning(on_a_page(line)), meaning(in_a_feed(line))) == (says, says)


@pytest.mark.parametrize(
    ("line", "tone"),
    [
        ("Alma est indisponible le 27.11.2026, 06:00 – 08:00", LineTone.PLANNED),
        ("Alma est indisponible depuis le 24.11.2026, 06:00", LineTone.INCIDENT),
        ("Alma est indisponible jusqu'au 27.11.2026, 06:00", LineTone.INCIDENT),
        ("Training on Alma 27.11.2026, 06:00 – 08:00", LineTone.ASIDE),
        ("Training on Alma 27.11.2026", LineTone.ASIDE),
        ("Alma outage on 27.11.2026", LineTone.PLANNED),
        ("Maintenance of Alma until 27.11.2026, 06:00", LineTone.MIXED),
        ("Alma is down since the maintenance of 24.11.2026, 06:00 – 08:00", LineTone.INCIDENT),
        ("Alma outage 24.11.2026, 06:00 – 08:00", LineTone.INCIDENT),
    ],
)
def test_tone_at_a_time(line: str, tone: LineTone | None) -> None:
    assert tone_at(line, AT, CONTEXT) is tone


@pytest.mark.parametrize(
    ("line", "status", "start", "end"),
    [
        ("27.11.2026, 07:00 – 09:00", PageStatus.OK, (27, 6), (27, 8)),
        ("25.11.2026, 10:00 – 12:00", PageStatus.PLANNED, (25, 9), (25, 11)),
        ("27.11.2026 ab 18 Uhr", PageStatus.OK, (27, 17), None),
        ("am 24.11.2026 ab 18 Uhr", PageStatus.PLANNED, (24, 17), None),
        ("am 27.11.2026", PageStatus.OK, (26, 23), (27, 23)),
        # On the day itself, it is unknown whether the work is under way.
        ("am 25.11.2026", PageStatus.UNKNOWN, None, None),
        ("am Sonntag", PageStatus.OK, (28, 23), (29, 23)),
        ("demnächst", PageStatus.UNKNOWN, None, None),
        ("24.11. 07:00 – 09:00 und 27.11. 07:00 – 09:00", PageStatus.OK, (27, 6), (27, 8)),
    ],
)
def test_planned_work_by_its_time(
    line: str, status: PageStatus, start: tuple[int, int] | None, end: tuple[int, int] | None
) -> None:
    work = planned_work(f"Alma: Wartung {line}", AT, CONTEXT, source="feed:feed")
    assert work is not None
    window = PlannedWork(
        datetime(2026, 11, *start, tzinfo=UTC) if start else None,
        datetime(2026, 11, *end, tzinfo=UTC) if end else None,
        "feed:feed",
        f"Alma: Wartung {line}",
    )
    assert (work.status, work.work) == (status, window)


@pytest.mark.parametrize(
    "line", ["24.11.2026, 07:00 – 09:00", "23.11.2026 ab 18 Uhr", "24.11.2026"]
)
def test_planned_work_that_has_ended_is_none(line: str) -> None:
    assert planned_work(f"Wartung {line}", AT, CONTEXT, source="feed:feed") is None


def test_planned_work_under_way_may_overrun() -> None:
    line = "Wartung 24.11.2026, 07:00 – 09:00"
    work = planned_work(line, AT, CONTEXT, source="feed:feed", under_way=True)
    assert work is not None
    assert work.status is PageStatus.PLANNED
