"""Latencies counted in buckets of growing width, from which any percentile can be estimated.

A bucket is an eighth of an octave wide, so a percentile is off by 4.5 % at most. Counts of several
hours can be added, unlike percentiles, which is why the counts are stored.
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
    """Return the bucket number of a latency in milliseconds; bucket 0 holds up to a microsecond."""
    microseconds = milliseconds * 1000
    return min(LAST, round(PER_OCTAVE * log2(microseconds))) if microseconds > 1 else 0


def bucket_latency(number: int) -> float:
    """Return the latency at the middle of a bucket, in milliseconds."""
    return 2 ** (number / PER_OCTAVE) / 1000


def percentile(counts: Counts, share: float) -> float | None:
    """Return the latency (ms) within which that share of the answers came; None without answers."""
    if not counts:
        return None
    numbers = sorted(counts)
    wanted = ceil(share * sum(counts.values()))
    reached = accumulate(counts[number] for number in numbers)
    return next(
        bucket_latency(n) for n, sum_ in zip(numbers, reached, strict=True) if sum_ >= wanted
    )


def merge_counts(several: Iterable[Counts]) -> Counts:
    """Return the sum of several counts."""
    total: Counter[int] = Counter()
    for counts in several:
        total.update(counts)
    return dict(total)


def pack(counts: Counts) -> bytes:
    """Return the counts as MessagePack: a flat list that alternates bucket and count."""
    return msgspec.msgpack.encode([n for pair in sorted(counts.items()) for n in pair])


def unpack(content: bytes) -> Counts:
    """Return the counts that `pack` wrote."""
    flat = msgspec.msgpack.decode(content, type=list[int])
    return dict(zip(flat[::2], flat[1::2], strict=True))
