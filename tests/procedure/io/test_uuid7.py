from __future__ import annotations

import time

from procedure.io.uuid7 import new_uuid7


def test_an_id_is_a_uuid_of_version_7_of_its_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after


def test_no_two_ids_are_the_same_and_later_ones_sort_behind() -> None:
    moments: dict[int, set[str]] = {}
    for _ in range(20_000):
        one = new_uuid7()
        moments.setdefault(one.int >> 80, set()).add(str(one))
    assert sum(map(len, moments.values())) == 20_000
    assert list(moments) == sorted(moments)
    texts = [text for _, together in sorted(moments.items()) for text in sorted(together)]
    assert texts == sorted(texts)
