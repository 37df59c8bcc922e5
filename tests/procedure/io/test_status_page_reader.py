"""Reading a status page over HTTP is polite, stays within limits, and never raises an error."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from procedure.io.status_page_reader import PageReader
from procedure.status_pages.feed import Feed
from procedure.status_pages.page_parsers import LARGEST_BODY
from procedure.status_pages.reading_validity import Reading
from procedure.status_pages.status import PageStatus, UnreadReason

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INTERVAL = timedelta(minutes=5)
GOOD = json.dumps({"components": [{"name": "EU03", "status": "operational"}]}).encode()
PLANNED = json.dumps(
    {
        "components": [{"name": "EU03", "status": "operational"}],
        "scheduled_maintenances": [
            {"name": "EU03 upgrade", "scheduled_for": "2026-11-24T09:05:00Z"},
        ],
    }
).encode()


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Site:
    """A site on a real socket that answers by path and records the requests."""

    answers: dict[str, bytes]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    serving: list[asyncio.Task[None]] = field(default_factory=list)
    origin: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.append(task)
        # In some tests, the reader reaches a limit and closes the connection.
        with suppress(ConnectionError):
            await self.answer(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        path = head[0].split()[1]
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        self.asked.append((path, {name.lower(): value for name, value in headers.items()}))
        given = self.answers.get(path, answer("404 Not Found"))
        writer.write(given.replace(b"ORIGIN", self.origin.encode()))
        await writer.drain()
        if not given:  # a page that sends nothing until the reader gives up
            await reader.read()


@dataclass
class Hands:
    """The objects that a test controls: the reader, its clock, and the site."""

    reader: PageReader
    site: Site
    at: datetime = START

    async def read(self, path: str = "/summary.json", format_name: str = "statuspage") -> Reading:
        feed = Feed(format_name, self.site.origin + path, ("EU03",))
        return await self.reader.read("vendor", feed, interval=INTERVAL)


@asynccontextmanager
async def asking(
    answers: dict[str, bytes],
    *,
    timeout: float = 60,  # noqa: ASYNC109 - the reader's own timeout
    credentials: tuple[str, str] | None = None,
) -> AsyncIterator[Hands]:
    """Serve these answers to a reader until the test ends."""
    site = Site(answers)
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, httpx.AsyncClient(headers={"User-Agent": "Relais/1"}) as client:
        reader = PageReader(
            client,
            now=lambda: hands.at,
            timeout=timedelta(seconds=timeout),
            credentials={site.origin: credentials} if credentials else None,
        )
        hands = Hands(reader, site)
        yield hands
    await asyncio.gather(*site.serving)


async def read_once(given: bytes, **options: Any) -> Reading:
    async with asking({"/summary.json": given}, **options) as hands:
        return await hands.read()


async def test_read_good_page() -> None:
    assert await read_once(answer(body=GOOD)) == Reading(
        target="vendor",
        at=START,
        until=START + timedelta(minutes=15),
        source="feed:statuspage",
        status=PageStatus.OK,
        summary="EU03: operational",
        components=("EU03",),
    )


async def test_read_compressed_page() -> None:
    packed = answer(body=gzip.compress(GOOD), Content_Encoding="gzip")
    assert (await read_once(packed)).status is PageStatus.OK


async def test_read_names_the_tool_and_the_page() -> None:
    async with asking({"/summary.json": answer(body=GOOD)}) as hands:
        await hands.read()
        await hands.read(format_name="feed")
    (_, json_asked), (_, xml_asked) = hands.site.asked
    assert (json_asked["user-agent"], json_asked["accept"]) == ("Relais/1", "application/json")
    assert xml_asked["accept"].startswith("application/atom+xml")
    assert "authorization" not in json_asked


@pytest.mark.parametrize(
    ("given", "reason", "summary"),
    [
        (answer("401 Unauthorized"), UnreadReason.LOGIN, "HTTP 401"),
        (answer("403 Forbidden"), UnreadReason.LOGIN, "HTTP 403"),
        (answer("404 Not Found"), UnreadReason.HTTP, "HTTP 404"),
        (answer("500 Oops"), UnreadReason.HTTP, "HTTP 500"),
        (answer("204 No Content"), UnreadReason.HTTP, "HTTP 204"),
        (answer("304 Not Modified"), UnreadReason.HTTP, "HTTP 304"),
        (answer("429 Slow down"), UnreadReason.BUSY, "HTTP 429"),
        (answer(body=b""), UnreadReason.EMPTY, ""),
        (answer(body=b"<html>Log in</html>"), UnreadReason.SYNTAX, "JSONDecodeError"),
        (answer("302 Found", Location="https://login.example.org/"), UnreadReason.LOGIN, ""),
        (answer("302 Found", Location="/wiki/login.action"), UnreadReason.LOGIN, ""),
        (answer("302 Found", Location="//[bad"), UnreadReason.UNREACHABLE, "ValueError"),
        (answer("301 Moved", Location="/summary.json"), UnreadReason.HTTP, "too many redirects"),
        (answer("302 Found"), UnreadReason.HTTP, "HTTP 302"),
        (answer(body=b"x" * 9, Content_Encoding="gzip"), UnreadReason.UNREACHABLE, "error"),
        (
            answer(body=gzip.compress(GOOD)[:-9], Content_Encoding="gzip"),
            UnreadReason.UNREACHABLE,
            "error",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
            UnreadReason.UNREACHABLE,
            "RemoteProtocolError",
        ),
        (b"nonsense\r\n\r\n", UnreadReason.UNREACHABLE, "RemoteProtocolError"),
    ],
)
async def test_read_reports_a_fault_as_unknown_with_a_reason(
    given: bytes, reason: UnreadReason, summary: str
) -> None:
    reading = await read_once(given)
    assert (reading.status, reading.reason, reading.summary) == (
        PageStatus.UNKNOWN,
        reason,
        summary,
    )


async def test_read_times_out_on_a_silent_page() -> None:
    reading = await read_once(b"", timeout=0.05)
    assert (reading.reason, reading.summary) == (UnreadReason.UNREACHABLE, "timeout")


async def test_read_missing_page_is_unreachable() -> None:
    async with asking({}) as hands:
        hands.site.origin = "http://127.0.0.1:1"
        reading = await hands.read()
        assert (reading.status, reading.reason) == (PageStatus.UNKNOWN, UnreadReason.UNREACHABLE)


async def test_read_huge_page_ends_at_the_limit() -> None:
    declared = answer(body=b"{").replace(b"Length: 1", b"Length: 99999999")
    assert (await read_once(declared)).reason is UnreadReason.TOO_LARGE
    bomb = answer(body=gzip.compress(b" " * (LARGEST_BODY + 1)), Content_Encoding="gzip")
    assert (await read_once(bomb)).reason is UnreadReason.TOO_LARGE


async def test_read_follows_a_bounded_number_of_redirects() -> None:
    answers = {
        "/summary.json": answer("301 Moved", Location="/v2"),
        "/v2": answer("307 Moved", Location="ORIGIN/v3"),
        "/v3": answer(body=GOOD),
    }

    async with asking(answers) as hands:
        assert (await hands.read()).status is PageStatus.OK
    assert [path for path, _ in hands.site.asked] == ["/summary.json", "/v2", "/v3"]


async def test_read_follows_no_redirect_to_plain_http_or_another_host() -> None:
    for location in ("http://localhost/", "https://id.example.org/x", "ftp://127.0.0.1/x"):
        assert (
            await read_once(answer("302 Found", Location=location))
        ).reason is UnreadReason.LOGIN


async def test_credentials_go_only_to_their_own_origin() -> None:
    body = b'{"result": []}'

    async with asking({"/table": answer(body=body)}, credentials=("APIUser", "s3cret")) as hands:
        reading = await hands.read("/table", "exlibris-servicenow")
        assert reading.status is PageStatus.OK
        hands.site.origin = hands.site.origin.replace("127.0.0.1", "localhost")
        await hands.read("/table", "exlibris-servicenow")
    assert [headers.get("authorization") for _, headers in hands.site.asked][:2] == [
        "Basic QVBJVXNlcjpzM2NyZXQ=",
        None,
    ]


async def test_reading_never_contains_the_password() -> None:
    reading = await read_once(answer("401 Unauthorized"), credentials=("APIUser", "s3cret"))
    assert "s3cret" not in repr(reading)


async def test_read_asks_only_for_changes() -> None:
    dated = "Tue, 24 Nov 2026 08:00:00 GMT"
    first = answer(body=PLANNED, ETag='"v1"', Last_Modified=dated)

    async with asking({"/summary.json": first}) as hands:
        assert (await hands.read()).status is PageStatus.OK
        hands.site.answers["/summary.json"] = answer("304 Not Modified")
        hands.at = START + INTERVAL
        again = await hands.read()
        # The body is the same, but the work that it announces has begun.
        assert (again.status, again.at) == (PageStatus.PLANNED, START + INTERVAL)
        hands.site.answers["/summary.json"] = answer(body=GOOD)
        assert (await hands.read()).status is PageStatus.OK
        await hands.read()
    asked = [headers for _, headers in hands.site.asked]
    assert [
        (headers.get("if-none-match"), headers.get("if-modified-since")) for headers in asked
    ] == [
        (None, None),
        ('"v1"', dated),
        ('"v1"', dated),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("600", 600),
        ("Tue, 24 Nov 2026 09:10:00 GMT", 600),
        ("999999999", 3600),
        ("later", 0),
        ("Tue, 24 Nov 2020 09:10:00 GMT", 0),
    ],
)
async def test_read_waits_as_long_as_a_busy_page_asks(retry_after: str, seconds: int) -> None:
    busy = answer("503 Busy", Retry_After=retry_after)

    async with asking({"/summary.json": busy}) as hands:
        assert (await hands.read()).reason is UnreadReason.BUSY
        hands.site.answers["/summary.json"] = answer(body=GOOD)
        hands.at = START + timedelta(seconds=max(seconds - 1, 0))
        early = await hands.read()
        assert early.reason is (UnreadReason.BUSY if seconds else None)
        hands.at = START + timedelta(seconds=seconds)
        assert (await hands.read()).status is PageStatus.OK
    assert len(hands.site.asked) == (2 if seconds else 3)


async def test_read_after_a_clock_set_back_does_not_wait_for_days() -> None:
    async with asking({"/summary.json": answer("429 Slow down", Retry_After="60")}) as hands:
        assert (await hands.read()).reason is UnreadReason.BUSY
        hands.site.answers["/summary.json"] = answer(body=GOOD)
        hands.at = START - timedelta(days=2)
        assert (await hands.read()).status is PageStatus.OK
