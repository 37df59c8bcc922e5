"""The schedule of probes: they are spread evenly, and missed probes are skipped.

All times are in seconds on a monotonic clock.
"""

from math import floor

FIRST_STEP = 0.2  # seconds between the first probes, so that a new page fills quickly
# Each probe is moved by up to this share of the interval, so that several servers do not probe
# simultaneously.
JITTER = 0.05


def first_probe(index: int) -> float:
    """Return the delay after startup before the first probe of the target at this index."""
    return FIRST_STEP * index


def offset(index: int, count: int, interval: float) -> float:
    """Return a target's offset within its interval, so that `count` targets are spread evenly."""
    return interval * (index + 0.5) / count


def next_probe(now: float, *, start: float, place: float, interval: float) -> float:
    """Return the time of a target's next probe, at its offset and at least half an interval away.

    Probes missed because of a slow probe or a suspended machine are skipped.
    """
    earliest = now + interval / 2
    turns = floor((earliest - start - place) / interval) + 1
    return start + place + max(turns, 0) * interval
