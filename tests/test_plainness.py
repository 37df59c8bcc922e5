"""Limits on constructs that make code hard to read."""

import pytest

from tests.plainness import PARTS, places

CODE = ("procedure", "dashboard")


@pytest.mark.parametrize(
    ("measure", "parts"),
    [
        ("starred literals", PARTS),
        ("starred conditionals", PARTS),
        ("loops over `one`", PARTS),
        ("fmt: skip", PARTS),
    ],
)
def test_constructs_that_are_hard_to_read_are_not_used(
    measure: str, parts: tuple[str, ...]
) -> None:
    assert [str(place) for part in parts for place in places(measure, part)] == []


def test_any_is_used_in_at_most_300_lines() -> None:
    assert sum(len(places("lines with Any", part)) for part in CODE) <= 300
