"""The history shows whether an outage was announced before Relais saw it, later, or never."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.history.history_state import PastOutage
from dashboard.history.history_text import announcement_text
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
