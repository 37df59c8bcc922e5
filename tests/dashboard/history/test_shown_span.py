"""A range is read from an address and written into it, in local time, within the ninety days."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from dashboard.history.shown_span import (
    RANGE,
    ShownSpan,
    range_between,
    range_of_days,
    range_title,
    span_of_query,
)
from dashboard.translations import language

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Midnight of the 20th in Geneva, and of the 22nd.
DAYS = ShownSpan(
    RANGE, datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 21, 23, tzinfo=UTC)
)


def test_bounds_of_a_named_span_end_now_and_of_a_range_not_later() -> None:
    assert ShownSpan("week").bounds(NOW) == (NOW - 7 * DAY, NOW)
    assert ShownSpan(RANGE, NOW - HOUR, NOW + HOUR).bounds(NOW) == (NOW - HOUR, NOW)


@pytest.mark.parametrize(
    ("span", "query"),
    [
        (ShownSpan(), ""),
        (ShownSpan("quarter"), "span=quarter"),
        (DAYS, "from=2026-11-20T00%3A00&to=2026-11-22T00%3A00"),
    ],
)
def test_span_of_query_reads_back_an_address(span: ShownSpan, query: str) -> None:
    assert span.query == query
    assert span_of_query(dict(parse_qsl(query)), NOW) == span


@pytest.mark.parametrize(
    "values",
    [
        {"span": "range"},
        {"from": "2026-11-20"},
        {"from": "x", "to": "2026-11-22"},
        {"from": "2026-11-22", "to": "2026-11-20"},
        {"from": "2020-01-01", "to": "2020-02-01"},
    ],
)
def test_span_of_query_is_a_day_by_default(values: dict[str, str]) -> None:
    assert span_of_query(values, NOW) == ShownSpan()


def test_range_of_days_has_whole_days_in_either_order() -> None:
    assert range_of_days("2026-11-20", "2026-11-21", NOW) == DAYS
    assert range_of_days("2026-11-21", "2026-11-20", NOW) == DAYS
    assert range_of_days("2026-11-24", "2026-11-24", NOW) == ShownSpan(
        RANGE, datetime(2026, 11, 23, 23, tzinfo=UTC), NOW
    )
    assert range_of_days("", "2026-11-20", NOW) is None
    assert range_of_days("2026-12-01", "2026-12-02", NOW) is None


def test_range_between_is_cut_to_ninety_days() -> None:
    assert range_between(NOW - 200 * DAY, NOW, NOW) == ShownSpan(RANGE, NOW - 90 * DAY, NOW)
    assert range_between(NOW - HOUR, NOW - HOUR, NOW) is None


@pytest.mark.parametrize(
    ("span", "title"),
    [
        (DAYS, "20 nov. – 21 nov."),
        (range_of_days("2026-11-20", "2026-11-20", NOW), "20 nov."),
        (ShownSpan(RANGE, NOW - 3 * HOUR, NOW), "24 nov., 09:00 – 12:00"),
        (ShownSpan(RANGE, NOW - DAY, NOW), "23 nov., 12:00 – 24 nov., 12:00"),
    ],
)
def test_range_title(span: ShownSpan, title: str) -> None:
    assert range_title(span, language("fr")) == title
