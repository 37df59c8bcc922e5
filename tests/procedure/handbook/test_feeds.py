"""The feed of a target in the handbook: read whole, or every fault of it with what to do."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.errors import Fault
from procedure.handbook.feeds import read_feed
from procedure.handbook.table_reader import Page
from procedure.io.handbook_files import load_handbook
from procedure.status_pages.feed import ComponentFilter, Feed, ParserContext
from procedure.status_pages.keywords import Keywords

GOOD: dict[str, object] = {
    "format": "statuspage",
    "url": "https://status.example.org/api/v2/summary.json",
    "filter": ["EU03", "HEP EU03"],
}


def read(feed: object) -> tuple[object, list[Fault]]:
    page = Page("targets.toml", {})
    return read_feed(page, "vendor", {"feed": feed}).get("feed"), page.faults


def fault(key: str, message: str) -> list[Fault]:
    return [Fault("targets.toml", f"vendor.feed{key}", message)]


def test_read_feed_with_defaults() -> None:
    feed = Feed("statuspage", str(GOOD["url"]), ("EU03", "HEP EU03"))
    assert read(GOOD) == (feed, [])
    assert feed.parser_context == ParserContext(
        ComponentFilter(("EU03", "HEP EU03")), ZoneInfo("UTC"), Keywords()
    )


def test_read_feed_with_zone_and_words() -> None:
    feed, faults = read(GOOD | {"zone": "Europe/Zurich", "keywords": {"incident": ["kaputt"]}})
    assert faults == []
    assert feed == Feed(
        "statuspage",
        str(GOOD["url"]),
        ("EU03", "HEP EU03"),
        "Europe/Zurich",
        Keywords(incident=("kaputt",)),
    )


def test_read_feed_is_none_without_a_feed() -> None:
    page = Page("targets.toml", {})
    assert (read_feed(page, "vendor", {}), page.faults) == ({}, [])


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (
            {"format": "statuspages"},
            fault(
                ".format",
                '"statuspages" is not one of: '
                "confluence, exlibris-portal, exlibris-servicenow, feed, statuspage",
            ),
        ),
        (
            {"url": "status.example.org"},
            fault(".url", '"status.example.org" is not an address; write https:// and a host'),
        ),
        (
            {"url": "https://APIUser:secret@example.org"},
            fault(
                ".url",
                "holds a user name or a password; an address here is shown to everybody",
            ),
        ),
        (
            {"filter": []},
            fault(
                ".filter", 'is empty; name our component there, or write ["*"] for all of the page'
            ),
        ),
        ({"filter": "EU03"}, fault(".filter", "must be a list, not a text")),
        (
            {"zone": "Geneva"},
            fault(".zone", '"Geneva" is not a time zone; write one like "Europe/Zurich"'),
        ),
        (
            {"keywords": {"incident": "x"}},
            fault(".keywords.incident", "must be a list, not a text"),
        ),
    ],
)
def test_read_feed_names_each_fault(change: dict[str, object], faults: list[Fault]) -> None:
    assert read(GOOD | change)[1] == faults


def test_read_feed_names_everything_missing_at_once() -> None:
    assert read({})[1] == [
        *fault(".format", "missing; write it"),
        *fault(".url", "missing; write it"),
        *fault(".filter", "missing; write it"),
    ]


def test_packaged_handbook_has_two_feeds() -> None:
    targets = load_handbook(PACKAGED_HANDBOOK).targets
    feeds = {key: (one.feed.format, one.feed.filter) for key, one in targets.items() if one.feed}
    assert feeds == {
        "slsp-psi": ("confluence", ("Alma",)),
        "exlibris-status": ("exlibris-portal", ("EU03",)),
    }
