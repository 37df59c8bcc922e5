"""How long answers took, counted in buckets that grow: small to keep, good for any percentile.

A bucket is an eighth of an octave wide, so that a percentile is off by 4.5 % at the most.
Counts of several hours add up; percentiles do not, which is why the counts are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from math import ceil, log2

import msgspec

PER_OCTAVE = 8
LAST = 255  # more than an hour
Counts = Mapping[int, int]


def bucket(milliseconds: float) -> int:
    """Return the number of the bucket that a latency falls into; 0 holds a microsecond."""
    microseconds = milliseconds * 1000
    return min(LAST, round(PER_OCTAVE * log2(microseconds))) if microseconds > 1 else 0


def latency(number: int) -> float:
    """Return the latency in the middle of a bucket, in milliseconds."""
    return 2 ** (number / PER_OCTAVE) / 1000


def percentile(counts: Counts, share: float) -> float | None:
    """Return the latency (ms) within which that share of the answers came; None without any."""
    if not counts:
        return None
    numbers = sorted(counts)
    wanted = ceil(share * sum(counts.values()))
    reached = accumulate(counts[number] for number in numbers)
    return next(latency(n) for n, sum_ in zip(numbers, reached, strict=True) if sum_ >= wanted)


def merged(several: Iterable[Counts]) -> Counts:
    """Add the counts of several stretches up."""
    total: Counter[int] = Counter()
    for counts in several:
        total.update(counts)
    return dict(total)


def packed(counts: Counts) -> bytes:
    """Return the counts as MessagePack: a flat list, bucket and count by turns."""
    return msgspec.msgpack.encode([n for pair in sorted(counts.items()) for n in pair])


def unpacked(content: bytes) -> Counts:
    """Return the counts that `packed` wrote."""
    flat = msgspec.msgpack.decode(content, type=list[int])
    return dict(zip(flat[::2], flat[1::2], strict=True))
