"""The histogram: percentiles within a bucket's width, counts that add up and come back."""

from collections import Counter
from math import ceil

import pytest
from hypothesis import given, strategies as st

from procedure.monitoring.latency_histogram import (
    LAST,
    bucket,
    bucket_latency,
    merge_counts,
    pack,
    percentile,
    unpack,
)

LATENCIES = st.lists(st.floats(0.01, 60_000), min_size=1, max_size=200)
COUNTS = st.dictionaries(st.integers(0, LAST), st.integers(1, 10**6))


@given(st.floats(0.01, 60_000))
def test_bucket_error_is_at_most_four_and_a_half_percent(milliseconds: float) -> None:
    assert bucket_latency(bucket(milliseconds)) == pytest.approx(milliseconds, rel=0.0443)


@pytest.mark.parametrize(("milliseconds", "number"), [(0, 0), (0.001, 0), (1e9, LAST)])
def test_bucket_of_very_small_and_very_large_latencies(milliseconds: float, number: int) -> None:
    assert bucket(milliseconds) == number


@given(LATENCIES, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_percentile_is_within_a_bucket_of_the_exact_value(
    latencies: list[float], share: float
) -> None:
    exact = sorted(latencies)[ceil(share * len(latencies)) - 1]
    assert percentile(Counter(map(bucket, latencies)), share) == pytest.approx(exact, rel=0.0443)


def test_percentile_without_an_answer_is_none() -> None:
    assert percentile({}, 0.5) is None


@given(COUNTS)
def test_unpack_reads_back_packed_counts(counts: dict[int, int]) -> None:
    assert unpack(pack(counts)) == counts


def test_pack_of_an_hour_is_small() -> None:
    assert len(pack({130: 20, 131: 40, 132: 30, 133: 20, 134: 9, 160: 1})) <= 20


@given(st.lists(LATENCIES, max_size=4))
def test_merge_counts_equals_counts_of_all_latencies(several: list[list[float]]) -> None:
    apart = [Counter(map(bucket, latencies)) for latencies in several]
    together = Counter(bucket(latency) for latencies in several for latency in latencies)
    assert merge_counts(apart) == dict(together)
