"""Stored names never change: the names in the code must equal those in stored_names.toml."""

import tomllib
from collections.abc import Iterator
from typing import Any

from tests.stored.names import PINNED, as_toml, names_in_use, stored_names


def test_stored_names_are_unchanged() -> None:
    pinned = tomllib.loads(PINNED.read_text("utf-8"))
    # Parse the rendered file, so that both sides have only TOML's types.
    actual = tomllib.loads(as_toml(stored_names(pinned)))
    differences = list(compared(pinned, actual))
    assert not differences, "\n".join(
        ["Stored names have changed; see tests/stored/README.md:", *differences]
    )


def test_removed_names_are_not_in_use() -> None:
    pinned = tomllib.loads(PINNED.read_text("utf-8"))
    in_use = names_in_use(stored_names(pinned))
    removed = pinned["removed"]
    assert removed.keys() == in_use.keys()
    assert {kind: sorted(in_use[kind].intersection(removed[kind])) for kind in removed} == {
        kind: [] for kind in removed
    }


def compared(pinned: Any, actual: Any, place: str = "") -> Iterator[str]:
    """Yield a line for each difference, beginning with the dotted key of the value."""
    if pinned == actual:
        return
    if isinstance(pinned, dict) and isinstance(actual, dict):
        for key in sorted({*pinned, *actual}):
            below = f"{place}.{key}" if place else key
            yield from compared(pinned.get(key), actual.get(key), below)
    elif isinstance(pinned, list) and isinstance(actual, list):
        gone = [name for name in pinned if name not in actual]
        new = [name for name in actual if name not in pinned]
        yield f"  {place}: gone {gone}, new {new}" if gone or new else f"  {place}: different order"
    else:
        yield f"  {place}: was {pinned!r}, is {actual!r}"
