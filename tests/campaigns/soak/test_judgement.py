"""The comparison names every figure that grew during the day."""

import pandas as pd
import pytest

from tests.campaigns.soak.judgement import compare, fresh_memory, has_failed

SINCE, UNTIL = 8.0, 24.0
LEVELS = {"pss": 300.0, "descriptors": 120, "threads": 9, "files": 7, "wal": 5.0}


def samples(**grown: float) -> pd.DataFrame:
    """Return one sample per quarter-hour; `grown` is each column's increase by the end."""
    hours = pd.Series([quarter / 4 for quarter in range(97)])
    frame = pd.DataFrame({"hours": hours, "database": 10 + hours, "log": hours / 100})
    for column, level in LEVELS.items():
        frame[column] = level + grown.get(column, 0) * hours / UNTIL
    for column in ("database", "log"):
        frame[column] += grown.get(column, 0) * (hours / UNTIL) ** 4
    return frame


def latencies(slower: float = 0.0) -> pd.DataFrame:
    """Return a latency per quarter-hour, which increases by `slower` seconds during the day."""
    hours = pd.Series([quarter / 4 for quarter in range(97)])
    return pd.DataFrame({"hours": hours, "seconds": 0.02 + slower * hours / UNTIL})


def growing(samples: pd.DataFrame, latencies: pd.DataFrame) -> list[str]:
    every = compare(samples, latencies, since=SINCE, until=UNTIL)
    return [comparison.what for comparison in every if not comparison.is_flat]


def test_compare_finds_nothing_in_a_flat_day() -> None:
    assert growing(samples(), latencies()) == []


@pytest.mark.parametrize(
    ("column", "added", "what"),
    [
        ("pss", 100, "memory (PSS), MB"),
        ("descriptors", 20, "descriptors"),
        ("threads", 8, "threads"),
        ("files", 4, "files beside the database"),
        ("wal", 20, "write-ahead log, MB"),
        ("database", 10, "database, MB per hour"),
        ("log", 10, "log, MB per hour"),
    ],
)
def test_compare_names_what_grows(column: str, added: float, what: str) -> None:
    assert growing(samples(**{column: added}), latencies()) == [what]


def test_compare_names_a_growing_latency() -> None:
    assert growing(samples(), latencies(slower=0.1)) == [
        "scan to acknowledged, p50, ms",
        "scan to acknowledged, p95, ms",
    ]


def test_fresh_memory_allows_a_quarter_more() -> None:
    assert fresh_memory(samples(), fresh=250).is_flat
    assert not fresh_memory(samples(), fresh=230).is_flat


@pytest.mark.parametrize(
    ("failures", "failed"),
    [
        ([], False),
        (["/metrics: ReadTimeout('')"], False),
        (["/metrics: HTTPStatusError('500')"], True),
        (["/metrics: ReadTimeout('')", "/dashboard: TimeoutError()"], True),
    ],
)
def test_one_late_answer_is_forgiven(failures: list[str], *, failed: bool) -> None:
    assert has_failed(failures) is failed
