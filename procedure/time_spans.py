"""Sets of instants: ordered, disjoint spans `start <= t < end` of aware times."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """Return the time in any of these spans."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def intersection(one: Spans, other: Spans) -> Spans:
    """Return the time in both sets."""
    common: list[Span] = []
    place = 0
    for start, end in one:
        while place < len(other) and other[place][1] <= start:
            place += 1
        for begins, ends in other[place:]:
            if begins >= end:
                break
            common.append((max(start, begins), min(end, ends)))
    return tuple(common)


def difference(one: Spans, other: Spans) -> Spans:
    """Return the time in the first set that is not in the second."""
    left: list[Span] = []
    for span in one:
        common = intersection((span,), other)
        starts = [span[0], *(end for _, end in common)]
        ends = [*(start for start, _ in common), span[1]]
        left += zip(starts, ends, strict=True)
    return union(left)


def duration(spans: Spans) -> timedelta:
    return sum((end - start for start, end in spans), timedelta())
