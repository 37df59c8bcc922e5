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
def test_there_is_none(measure: str, parts: tuple[str, ...]) -> None:
    assert [str(place) for part in parts for place in places(measure, part)] == []


def test_any_is_written_only_where_an_untyped_library_begins() -> None:
    assert sum(len(places("lines with Any", part)) for part in CODE) <= 300
