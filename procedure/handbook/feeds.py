"""The `[target.feed]` table of the handbook, read into a `Feed`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procedure.handbook.fields import address, one_of, table, text, texts
from procedure.handbook.table_reader import Field, Page, Shape
from procedure.local_time import zone_named
from procedure.status_pages.feed import Feed
from procedure.status_pages.formats import FORMATS
from procedure.status_pages.keywords import Keywords


def read_feed(page: Page, target: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"feed": …}` for a target with a feed, otherwise an empty dict.

    Invalid entries become faults of the page.
    """
    if "feed" not in values:
        return {}
    place = f"{target}.feed"
    read = page.table(place, values["feed"], FEED)
    words = page.table(f"{place}.keywords", read.pop("keywords", {}), KEYWORDS)
    if not {"format", "url", "filter"} <= read.keys():
        # With its fault there will be no handbook; this feed only stands in for the incomplete one.
        return {"feed": Feed("", "", ())}
    return {"feed": Feed(**read, keywords=Keywords(**words))}


def names(value: object) -> tuple[str, ...]:
    """Return the names of our component on a status page; `*` is all of it."""
    given = texts(value)
    if not given:
        raise ValueError('is empty; name our component there, or write ["*"] for all of the page')
    return given


def _zone(value: object) -> str:
    name = text(value)
    if zone_named(name) is None:
        raise ValueError(f'"{name}" is not a time zone; write one like "Europe/Zurich"')
    return name


FEED: Shape = {
    "format": Field(one_of(*FORMATS), required=True),
    "url": Field(address, required=True),
    "filter": Field(names, required=True),
    "zone": Field(_zone),
    "keywords": Field(table),
}
KEYWORDS: Shape = {
    name: Field(texts) for name in ("doubt", "nothing", "closed", "planned", "incident")
}
