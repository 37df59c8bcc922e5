import time

from procedure.io.clock import new_uuid7


def test_new_uuid7_has_version_7_and_the_current_time() -> None:
    before = time.time_ns() // 1_000_000
    made = new_uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after


def test_new_uuid7_is_unique_and_sorted() -> None:
    moments: dict[int, set[str]] = {}
    for _ in range(20_000):
        one = new_uuid7()
        moments.setdefault(one.int >> 80, set()).add(str(one))
    assert sum(map(len, moments.values())) == 20_000
    assert list(moments) == sorted(moments)
    texts = [text for _, together in sorted(moments.items()) for text in sorted(together)]
    assert texts == sorted(texts)
