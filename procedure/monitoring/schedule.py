"""When each target is looked at: spread out, steady, and never in a rush after a pause.

All figures are seconds on a clock that only runs forward; nothing here knows the time of day.
"""

from __future__ import annotations

from math import floor

FIRST_STEP = 0.2  # between the first looks, so that a new page has its grid within seconds
JITTER = 0.05  # of an interval: several Relais do not knock at one door together


def first_probe(index: int) -> float:
    """Return how long after the start the target at this place in the list is first looked at."""
    return FIRST_STEP * index


def offset(index: int, count: int, interval: float) -> float:
    """Return a target's place in its interval, so that `count` targets are spread evenly."""
    return interval * (index + 0.5) / count


def next_probe(now: float, *, start: float, place: float, interval: float) -> float:
    """Return the next turn of a target: at its place, and at least half an interval from now.

    Turns missed meanwhile (a slow probe, a machine that slept) are left out, never made up for.
    """
    earliest = now + interval / 2
    turns = floor((earliest - start - place) / interval) + 1
    return start + place + max(turns, 0) * interval
