"""Each status page is read at its interval; an error in Relais does not stop the readings."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from procedure.io import status_page_scheduler
from procedure.io.status_page_scheduler import PageScheduler
from procedure.monitoring.model import Target
from procedure.status_pages.feed import Feed
from procedure.status_pages.reading_validity import Reading, feed_reading
from procedure.status_pages.status import PageReport, PageStatus

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
SOON = timedelta(milliseconds=20)


def target(key: str, feed: Feed | None) -> Target:
    return Target(key, f"https://{key}.example.org", "A1", SOON, feed=feed)


FEED = Feed("feed", "https://feed.example.org", ("EU03",))


class Pages:
    """A reader of status pages; the first reading of each page raises an error."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        self.asked.append(target)
        if self.asked.count(target) == 1:
            raise RuntimeError("a fault of ours")
        return feed_reading(
            target, feed.format, PageReport(PageStatus.OK), at=AT, interval=interval
        )


async def test_page_is_read_again_after_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        watched = PageScheduler([target("page", FEED), target("switch", None)], Pages())
        watched.ensure_started()
        watched.ensure_started()
        async with asyncio.timeout(60):
            while watched.rounds < 2:  # noqa: ASYNC110 - a counter, not an event
                await asyncio.sleep(0.005)
        await watched.stop()
    assert dict(watched.latest) == {
        "page": feed_reading("page", "feed", PageReport(PageStatus.OK), at=AT, interval=SOON)
    }
    (logged,) = (record.getMessage() for record in caplog.records)
    assert logged.startswith("task 'page page' failed: RuntimeError")


async def test_reading_of_a_changed_page_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_page_scheduler, "SPREAD", 0.0)
    first, second = target("page", FEED), target("other", FEED)
    watched = PageScheduler([first, second], Pages())
    watched.ensure_started()
    async with asyncio.timeout(60):
        while set(watched.latest) != {"page", "other"}:  # noqa: ASYNC110 - a dict, not an event
            await asyncio.sleep(0.005)
    await watched.stop()
    moved = replace(first, feed=replace(FEED, url="https://moved.example.org"))
    watched.change_targets([moved, second])
    assert set(watched.latest) == {"other"}
    watched.change_targets([])
    assert dict(watched.latest) == {}
