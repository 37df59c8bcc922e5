"""Somebody with the page open: for a while, then anew, and again after the server was restarted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random
from time import monotonic

from tornado.httpclient import HTTPError
from tornado.websocket import WebSocketError

from tests.campaigns.benchmarks.clients import OpenPage

PATIENCE = 60  # seconds for a page with its session
FAILURES = (OSError, EOFError, AssertionError, TimeoutError, HTTPError, WebSocketError)
# Of ten people, so many have these places open.
PLACES = ("guide",) * 6 + ("loans",) * 2 + ("history", "reconciliation")


class PageUser:
    """Keeps a page open, each for `stay` seconds on average."""

    def __init__(self, url: str, number: int, chance: Random, stay: float) -> None:
        self.opened = 0
        self.failed: list[tuple[float, str]] = []  # when, by `monotonic`, and why
        self._url, self._path = url, f"/dashboard?page={PLACES[number % len(PLACES)]}"
        self._chance, self._stay = chance, stay

    async def keep_open(self) -> None:
        """Open one page after another until cancelled."""
        while True:
            page = OpenPage(self._url, self._path)
            try:
                async with asyncio.timeout(PATIENCE):
                    await page.open()
            except FAILURES as failure:
                self.failed.append((monotonic(), f"{self._path}: {failure!r:.80}"))
                await asyncio.sleep(1)
                continue
            self.opened += 1
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._chance.expovariate(1 / self._stay)):
                        await page.until_closed()
            finally:
                await page.close()
