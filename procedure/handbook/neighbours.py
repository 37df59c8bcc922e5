"""`neighbours.toml`: other Relais servers, and the targets shared with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import cast

from procedure.handbook.fields import TimeSpan, address, kind_of, text, texts
from procedure.handbook.spelling import suggest_known
from procedure.handbook.table_reader import Field, KeyRule, Page, Shape
from procedure.monitoring.neighbour_board import Neighbour

KEY = KeyRule(
    re.compile(r"[a-z][a-z0-9-]*"), "a neighbour's key is small letters, digits and hyphens"
)
# A neighbour's server is busy when ours is: at most one request every half minute.
_INTERVAL = TimeSpan(timedelta(seconds=30), timedelta(hours=1))


def shared(value: object) -> dict[str, str]:
    """Return the neighbour's key of each target of ours that both watch."""
    if isinstance(value, list):
        return {key: key for key in texts(cast("list[object]", value))}
    if not isinstance(value, dict):
        raise ValueError(f"must be a list of our targets, or a table, not {kind_of(value)}")  # noqa: TRY004 - a wrong type in a file is a wrong value
    return {ours: text(theirs) for ours, theirs in cast("dict[str, object]", value).items()}


NEIGHBOUR: Shape = {
    "name": Field(text, required=True),
    "url": Field(address, required=True),
    "shared": Field(shared, required=True),
    "interval": Field(_INTERVAL),
}


def read_neighbours(page: Page, targets: Collection[str] | None) -> Iterator[tuple[str, Neighbour]]:
    """Yield the neighbours by key; invalid entries become faults of the page and are left out.

    `targets` are the keys of our targets, None when they could not be read.
    """
    for key, values in page.sections(KEY, NEIGHBOUR):
        shared: Mapping[str, str] = values.get("shared", {})
        if "shared" in values and not shared:
            page.fault(f"{key}.shared", "is empty; name a target that both of you watch")
        for ours in shared:
            if targets is not None and ours not in targets:
                message = f'no target of ours is "{ours}"; {suggest_known(ours, targets)}'
                page.fault(f"{key}.shared", message)
        if {"name", "url", "shared"} <= values.keys():
            yield key, Neighbour(key=key, **values)
