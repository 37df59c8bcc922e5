"""The official word on an outage: how long after us, planned, never, or no matter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.history.history_state import PastOutage
from dashboard.history.history_text import announcement_text, official_span
from dashboard.translations import language
from procedure.monitoring.downtime import Downtime
from procedure.monitoring.model import FailureCause

START = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALMA = Downtime("A4", START, START + timedelta(hours=2), FailureCause.TIMEOUT)


def announced(minutes: float, until: float | None = None) -> Downtime:
    end = None if until is None else START + timedelta(minutes=until)
    return replace(ALMA, official_start=START + timedelta(minutes=minutes), official_end=end)


@pytest.mark.parametrize(
    ("outage", "french", "english"),
    [
        (announced(51), "Annoncée 51\u202fmin après nous", "Announced 51\u202fmin after us"),
        (announced(-4), "Annoncée 4\u202fmin avant nous", "Announced 4\u202fmin before us"),
        (announced(0.5), "Annoncée en même temps", "Announced at the same time"),
        (replace(announced(-5, 90), planned=True), "Travaux annoncés", "Planned work"),
        (ALMA, "Jamais annoncée", "Never announced"),
        (replace(ALMA, end=None), "Pas encore annoncée", "Not announced yet"),
        (replace(ALMA, end=START + HOUR * 2.1), "Pas encore annoncée", "Not announced yet"),
    ],
)
def test_announcement_text(outage: Downtime, french: str, english: str) -> None:
    history = PastOutage(outage, 0, announceable=True)
    now = START + 3 * HOUR
    assert [announcement_text(history, now, language(code)) for code in ("fr", "en")] == [
        french,
        english,
    ]


def test_announcement_text_without_a_page_is_empty() -> None:
    assert announcement_text(PastOutage(ALMA, 0), START, language("fr")) == "Sans objet"


def test_official_span_has_the_day_where_it_differs() -> None:
    shown_in = language("fr")
    assert official_span(ALMA, shown_in) == ""
    assert official_span(announced(51), shown_in) == "depuis 10:03"
    assert official_span(announced(51, 130), shown_in) == "10:03 – 11:22"
    work = replace(announced(51, 130), planned=True)
    assert official_span(work, shown_in) == "10:03 – 11:22"
    # Planned work that took longer: the times are the incident's, not the work's.
    overrun = replace(work, incident=True)
    assert official_span(overrun, shown_in) == "incident annoncé\u202f: 10:03 – 11:22"
    assert official_span(announced(51, 1500), shown_in) == "10:03 – 25 nov., 10:12"
