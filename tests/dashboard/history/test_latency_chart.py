"""Response times as a drawing: a scale, gaps where nothing answered, and a sentence."""

import re
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dashboard.history.latency_view import latency_chart
from dashboard.translations import language

SINCE = datetime(2026, 11, 23, 11, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def chart(values: dict[int, tuple[float, float]], code: str = "fr") -> str:
    frame = pd.DataFrame(
        {
            "start": pd.Series(
                [SINCE + hour * HOUR for hour in values], dtype="datetime64[us, UTC]"
            ),
            "p50_ms": pd.Series([p50 for p50, _ in values.values()], dtype="float64"),
            "p95_ms": pd.Series([p95 for _, p95 in values.values()], dtype="float64"),
        }
    )
    html = latency_chart(frame, language(code), since=SINCE, until=SINCE + DAY, step=HOUR)
    return re.sub("[ \n]+", " ", html).strip()


def test_chart_has_gaps_for_hours_without_an_answer() -> None:
    page = chart({-1: (5, 5), 0: (100, 1000), 1: (10, 100), 2: (float("nan"),) * 2, 3: (10, 10)})
    half, most = re.findall(r'class="p\d\d" d="([^"]*)"/>', page)[:2]
    assert half == "M2.08 50.0h0L6.25 100.0M14.58 100.0h0"
    assert most == "M2.08 0.0h0L6.25 50.0M14.58 100.0h0"


def test_chart_labels_both_scales() -> None:
    page = chart({0: (12, 900), 5: (15, 90)})
    labels = re.findall(r'<span class="(?:level|tick)"[^>]*>([^<]*)</span>', page)
    assert labels[:3] == ["10\u202fms", "100\u202fms", "1,0\u202fs"]
    assert labels[3:] == ["12:00", "15:00", "18:00", "21:00", "00:00", "03:00", "06:00", "09:00"]


@pytest.mark.parametrize(
    ("code", "summary"),
    [
        (
            "fr",
            "D’habitude (médiane des heures), la moitié des réponses vient en 20\u202fms et 95\u202f% en 80\u202fms. "
            "Le plus lent\u202f: 23 nov., 14:00, 2,5\u202fs.",
        ),
        (
            "en",
            "Usually (median of the hours) half of the responses come within 20\u202fms and 95% within 80\u202fms. "
            "Slowest: 23 Nov, 14:00, 2.5\u202fs.",
        ),
    ],
)
def test_chart_text_says_usual_and_slowest(code: str, summary: str) -> None:
    page = chart({0: (20, 80), 1: (20, 80), 2: (200, 2500)}, code)
    assert f'<p class="chart-sum">{summary}</p>' in page
    assert f'{summary}">' in page  # the drawing's name


def test_chart_without_an_answer_is_empty() -> None:
    assert chart({}) == '<p class="nothing">Aucune réponse mesurée dans cette période.</p>'
