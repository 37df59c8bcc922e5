"""Unions, intersections and differences of time spans agree with operations on sets of minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis.strategies import integers, lists, tuples

from procedure.time_spans import Spans, difference, duration, intersection, union

AT = datetime(2026, 11, 24, tzinfo=UTC)
PAIRS = lists(tuples(integers(0, 40), integers(0, 40)), max_size=8)
Pairs = list[tuple[int, int]]


def spans(pairs: Pairs) -> Spans:
    return union(
        (AT + timedelta(minutes=start), AT + timedelta(minutes=end)) for start, end in pairs
    )


def minutes(made: Spans) -> set[int]:
    """Check that the spans are in order and do not touch, and return their minutes."""
    edges = [at for span in made for at in span]
    assert edges == sorted(set(edges))
    found = {minute for minute in range(41) for start, end in made if start <= at(minute) < end}
    assert duration(made) == timedelta(minutes=len(found))
    return found


def at(minute: int) -> datetime:
    return AT + timedelta(minutes=minute)


def model(pairs: Pairs) -> set[int]:
    return {minute for start, end in pairs for minute in range(start, end)}


@given(PAIRS, PAIRS)
def test_spans_behave_like_sets_of_minutes(one: Pairs, other: Pairs) -> None:
    assert minutes(spans(one)) == model(one)
    assert minutes(intersection(spans(one), spans(other))) == model(one) & model(other)
    assert minutes(difference(spans(one), spans(other))) == model(one) - model(other)
