"""A user who keeps opening pages."""

import asyncio
from contextlib import suppress
from random import Random
from time import monotonic

from tornado.httpclient import HTTPError
from tornado.websocket import WebSocketError

from tests.campaigns.benchmarks.clients import OpenPage

FAILURES = (OSError, EOFError, AssertionError, HTTPError, WebSocketError)
# The pages that ten users have open: values of `page` in the address.
PLACES = ("guide",) * 6 + ("loans",) * 2 + ("history", "reconciliation")


class PageUser:
    """Opens one page after another, each for `stay` seconds on average."""

    def __init__(self, url: str, number: int, chance: Random, stay: float) -> None:
        self.waits: list[float] = []  # seconds to open each page
        self.failed: list[tuple[float, str]] = []  # when (`monotonic`) and why
        self._url, self._path = url, f"/dashboard?page={PLACES[number % len(PLACES)]}"
        self._chance, self._stay = chance, stay

    async def keep_open(self) -> None:
        """Open one page after another until cancelled."""
        while True:
            page = OpenPage(self._url, self._path)
            try:
                await page.open()
            except FAILURES as failure:
                await page.close()
                self.failed.append((monotonic(), f"{self._path}: {failure!r:.80}"))
                await asyncio.sleep(1)
                continue
            self.waits.append(page.interactive)
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._chance.expovariate(1 / self._stay)):
                        await page.until_closed()
            finally:
                await page.close()
