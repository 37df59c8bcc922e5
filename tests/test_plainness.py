"""The limits of what makes code hard to read; tests/plainness.py counts."""

import pytest

from tests.plainness import places

CODE = ("procedure", "dashboard")


@pytest.mark.parametrize(
    ("measure", "part"),
    [
        ("starred literals", "procedure"),
        ("starred conditionals", "procedure"),
        ("loops over `one`", "procedure"),
        ("fmt: skip", "procedure"),
        ("files over 300 lines", "procedure"),
        ("files over 300 lines", "dashboard"),
    ],
)
def test_there_is_none(measure: str, part: str) -> None:
    assert [str(place) for place in places(measure, part)] == []


def test_any_is_written_only_where_an_untyped_library_begins() -> None:
    assert sum(len(places("the word Any", part)) for part in CODE) <= 900
