"""Fetches a status page's feed; a failure becomes a reading, not an exception."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx

from procedure.io.http.error_rules import AnswerRefused
from procedure.io.http.response_body import read_bytes
from procedure.status_pages.feed import Feed
from procedure.status_pages.page_parsers import FORMATS, LARGEST_BODY, parse_page
from procedure.status_pages.reading_validity import Reading, feed_reading
from procedure.status_pages.status import PageReport, UnreadReason, unreadable

TIMEOUT = timedelta(seconds=10)
MOST_REDIRECTS = 3
LONGEST_WAIT = timedelta(hours=1)
LOGINS = ("login", "signin", "sign-in", "sso", "saml", "auth")

# A user name and password for each origin, `https://host[:port]`. They are never sent to another
# origin, even after a redirect.
Credentials = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _CachedPage:
    """A page's last body, for conditional requests."""

    body: bytes
    etag: str
    modified: str


class PageReader:
    """Reads feeds with one HTTP client, which must name Relais in its User-Agent.

    The reader sends conditional requests if a page supports them, and honours its Retry-After.
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
        self.credentials = credentials or {}
        self._cached: dict[str, _CachedPage] = {}
        self._not_before: dict[str, datetime] = {}

    async def read(self, target: str, feed: Feed, *, interval: timedelta) -> Reading:
        """Return the reading of one feed, with status `unknown` after any failure."""
        at = self._now()
        report = await self._read(feed, at)
        return feed_reading(target, feed.format, report, at=at, interval=interval)

    async def _read(self, feed: Feed, at: datetime) -> PageReport:
        # We never wait longer than an hour for a page, so a longer wait means that the clock was
        # set back.
        if at < self._not_before.get(feed.url, at) <= at + LONGEST_WAIT:
            return unreadable(UnreadReason.BUSY)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._fetch_through_redirects(feed, at)
        except AnswerRefused:
            return unreadable(UnreadReason.TOO_LARGE)
        except TimeoutError:
            return unreadable(UnreadReason.UNREACHABLE, "timeout")
        except Exception as failure:
            # The exception's text may contain a URL with a key, so keep only its type.
            return unreadable(UnreadReason.UNREACHABLE, type(failure).__name__)

    async def _fetch_through_redirects(self, feed: Feed, at: datetime) -> PageReport:
        url = feed.url
        for _ in range(MOST_REDIRECTS + 1):
            async with self._client.stream(
                "GET", url, headers=self._headers(feed, url), follow_redirects=False
            ) as answer:
                if "location" not in answer.headers or not answer.is_redirect:
                    return await self._read_response(feed, answer, at)
                onward = urljoin(url, answer.headers["location"])
            if not _same_site(url, onward):
                return unreadable(UnreadReason.LOGIN)
            url = onward
        return unreadable(UnreadReason.HTTP, "too many redirects")

    def _headers(self, feed: Feed, url: str) -> dict[str, str]:
        cached = self._cached.get(feed.url)
        wanted = {
            "Accept": FORMATS[feed.format].accept,
            "Accept-Encoding": "gzip",
            "If-None-Match": cached.etag if cached else "",
            "If-Modified-Since": cached.modified if cached else "",
            "Authorization": self._authorization(url),
        }
        return {name: value for name, value in wanted.items() if value}

    def _authorization(self, url: str) -> str:
        known = self.credentials.get(_origin(url))
        if known is None:
            return ""
        request = httpx.Request("GET", url)
        return next(httpx.BasicAuth(*known).auth_flow(request)).headers["Authorization"]

    async def _read_response(self, feed: Feed, answer: httpx.Response, at: datetime) -> PageReport:
        cached = self._cached.get(feed.url)
        status = answer.status_code
        if status == 304 and cached is not None:
            return await _parse(feed, cached.body, at)
        if status in {401, 403}:
            return unreadable(UnreadReason.LOGIN, f"HTTP {status}")
        if status in {429, 503}:
            self._not_before[feed.url] = at + _retry_delay(
                answer.headers.get("retry-after", ""), at
            )
            return unreadable(UnreadReason.BUSY, f"HTTP {status}")
        if status != 200:
            return unreadable(UnreadReason.HTTP, f"HTTP {status}")
        body = await read_bytes(answer, LARGEST_BODY)
        self._cache(feed, answer, body)
        return await _parse(feed, body, at)

    def _cache(self, feed: Feed, answer: httpx.Response, body: bytes) -> None:
        etag, modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
        self._cached.pop(feed.url, None)
        if etag or modified:
            self._cached[feed.url] = _CachedPage(body, etag, modified)


async def _parse(feed: Feed, body: bytes, at: datetime) -> PageReport:
    # A hostile page of 2 MB can take most of a second to parse, which must not delay probes.
    return await asyncio.to_thread(parse_page, feed.format, body, at, feed.parser_context)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.casefold()}"


def _same_site(url: str, onward: str) -> bool:
    """Return whether a redirect stays on the host and neither leaves HTTPS nor leads to a login."""
    before, after = urlsplit(url), urlsplit(onward)
    if before.hostname != after.hostname or after.scheme not in {before.scheme, "https"}:
        return False
    return not any(word in after.path.casefold() for word in LOGINS)


def _retry_delay(retry_after: str, at: datetime) -> timedelta:
    """Return the wait that a Retry-After header asks for, at most an hour; 0 if it is not valid."""
    try:
        if retry_after.strip().isdecimal():
            asked = timedelta(seconds=int(retry_after[:9]))
        else:
            asked = parsedate_to_datetime(retry_after).replace(tzinfo=UTC) - at
    except (ValueError, TypeError, IndexError):
        asked = timedelta()
    return min(max(asked, timedelta()), LONGEST_WAIT)
