"""Fetching what a status page says: seldom, in small bites, and never with an exception."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx

from procedure.io.http.error_causes import AnswerRefused
from procedure.io.http.response_body import read_bytes
from procedure.status_pages.feed import Feed
from procedure.status_pages.formats import FORMATS, LARGEST_BODY, parse_page
from procedure.status_pages.readings import Reading, feed_reading
from procedure.status_pages.status import PageReport, UnreadReason, unreadable

TIMEOUT = timedelta(seconds=10)
MOST_REDIRECTS = 3
LONGEST_PATIENCE = timedelta(hours=1)
LOGINS = ("login", "signin", "sign-in", "sso", "saml", "auth")

# By origin, `https://host[:port]`: a name and password go nowhere else, redirects included.
Credentials = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a page said last, kept to ask it whether anything has changed since."""

    body: bytes
    etag: str
    modified: str


class PageReader:
    """Reads feeds with one client, which names Relais in its User-Agent and follows no redirect.

    It asks only for what has changed where the page can tell, and waits as long as it is told to.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
        timeout: timedelta = TIMEOUT,
        credentials: Credentials | None = None,
    ) -> None:
        self._client = client
        self._now = now
        self._timeout = timeout.total_seconds()
        self._credentials = credentials or {}
        self._kept: dict[str, _Kept] = {}
        self._not_before: dict[str, datetime] = {}

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        """Read one feed; whatever goes wrong is a reading whose word is `unknown`."""
        at = self._now()
        said = await self._said(feed, at)
        return feed_reading(target, feed.format, said, at=at, interval=interval)

    async def _said(self, feed: Feed, at: datetime) -> PageReport:
        # No page may ask for more than an hour: a longer wait is a clock that was set back.
        if at < self._not_before.get(feed.url, at) <= at + LONGEST_PATIENCE:
            return unreadable(UnreadReason.BUSY)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._follow(feed, at)
        except AnswerRefused:
            return unreadable(UnreadReason.TOO_LARGE)
        except TimeoutError:
            return unreadable(UnreadReason.UNREACHABLE, "timeout")
        except Exception as failure:
            # A page's word is never worth a round of probes: every failure is a value. The text of
            # an exception may hold an address with a key in it, so its name must do.
            return unreadable(UnreadReason.UNREACHABLE, type(failure).__name__)

    async def _follow(self, feed: Feed, at: datetime) -> PageReport:
        url = feed.url
        for _ in range(MOST_REDIRECTS + 1):
            async with self._client.stream(
                "GET", url, headers=self._headers(feed, url), follow_redirects=False
            ) as answer:
                if "location" not in answer.headers or not answer.is_redirect:
                    return await self._answered(feed, answer, at)
                onward = urljoin(url, answer.headers["location"])
            if not _same_site(url, onward):
                return unreadable(UnreadReason.LOGIN)
            url = onward
        return unreadable(UnreadReason.HTTP, "too many redirects")

    def _headers(self, feed: Feed, url: str) -> dict[str, str]:
        kept = self._kept.get(feed.url)
        wanted = {
            "Accept": FORMATS[feed.format].accept,
            "Accept-Encoding": "gzip",
            "If-None-Match": kept.etag if kept else "",
            "If-Modified-Since": kept.modified if kept else "",
            "Authorization": self._authorization(url),
        }
        return {name: value for name, value in wanted.items() if value}

    def _authorization(self, url: str) -> str:
        known = self._credentials.get(_origin(url))
        if known is None:
            return ""
        request = httpx.Request("GET", url)
        return next(httpx.BasicAuth(*known).auth_flow(request)).headers["Authorization"]

    async def _answered(self, feed: Feed, answer: httpx.Response, at: datetime) -> PageReport:
        kept = self._kept.get(feed.url)
        status = answer.status_code
        if status == 304 and kept is not None:
            return await _parsed(feed, kept.body, at)
        if status in {401, 403}:
            return unreadable(UnreadReason.LOGIN, f"HTTP {status}")
        if status in {429, 503}:
            self._not_before[feed.url] = at + _patience(answer.headers.get("retry-after", ""), at)
            return unreadable(UnreadReason.BUSY, f"HTTP {status}")
        if status != 200:
            return unreadable(UnreadReason.HTTP, f"HTTP {status}")
        body = await read_bytes(answer, LARGEST_BODY)
        self._keep(feed, answer, body)
        return await _parsed(feed, body, at)

    def _keep(self, feed: Feed, answer: httpx.Response, body: bytes) -> None:
        etag, modified = (answer.headers.get(one, "") for one in ("etag", "last-modified"))
        self._kept.pop(feed.url, None)
        if etag or modified:
            self._kept[feed.url] = _Kept(body, etag, modified)


async def _parsed(feed: Feed, body: bytes, at: datetime) -> PageReport:
    # A hostile page of 2 MB takes most of a second: the probes must not wait for it.
    return await asyncio.to_thread(parse_page, feed.format, body, at, feed.parser_context)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.casefold()}"


def _same_site(url: str, onward: str) -> bool:
    """Tell whether a redirect stays with the page: same host, no login, never back to http."""
    here, there = urlsplit(url), urlsplit(onward)
    if here.hostname != there.hostname or there.scheme not in {here.scheme, "https"}:
        return False
    return not any(one in there.path.casefold() for one in LOGINS)


def _patience(retry_after: str, at: datetime) -> timedelta:
    """Return how long a busy page asks to be left alone: at most an hour, none if it is unsaid."""
    try:
        if retry_after.strip().isdecimal():
            asked = timedelta(seconds=int(retry_after[:9]))
        else:
            asked = parsedate_to_datetime(retry_after).replace(tzinfo=UTC) - at
    except (ValueError, TypeError, IndexError):
        asked = timedelta()
    return min(max(asked, timedelta()), LONGEST_PATIENCE)
