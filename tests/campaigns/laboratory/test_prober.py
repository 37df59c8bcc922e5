"""The prober observes its deadline, ignores proxies in the environment, and leaves nothing open."""

import asyncio
import errno
import gc
import gzip
import socket
import threading
import zlib
from datetime import timedelta

import pytest

from procedure.io.http.prober import Prober, user_agent
from procedure.io.http.resolver import Resolver, interleave_families
from procedure.monitoring.model import FailureCause, Phase, Status, Target, Vantage
from tests.campaigns.laboratory import bench as b
from tests.campaigns.laboratory.bench import HOST, Bench
from tests.campaigns.laboratory.faults import (
    answering,
    asks_for_a_cookie,
    redirecting,
    says_nothing,
)

FAST = timedelta(seconds=0.3)


def target(url: str, **options: object) -> Target:
    return Target("target", url, "A4", timedelta(minutes=1), **options)


class Listening:
    """A server that records its requests."""

    def __init__(self, status: str = "200 OK") -> None:
        self.asked: list[str] = []
        self.status = status

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\n\r\n".encode())


class Tunnelling(Listening):
    """A proxy that tunnels to a server on the loopback interface."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.transport.abort()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while received := await reader.read(65536):
        writer.write(received)
    if writer.can_write_eof():
        writer.write_eof()


async def test_probe_keeps_host_status_and_phases_of_each_hop() -> None:
    async def there(bench: Bench, path: str) -> str:
        return f"http://{b.LOGIN}:{await bench.serve(answering())}{path}"

    async with Bench() as bench:
        build = redirecting(lambda it: there(it, "/idp/SSO;jsessionid=1?SAMLRequest=secret#x"))
        outcome = await bench.prober.probe(target(await build(bench)))
    alma, login = outcome.hops
    assert (alma.http_status, login.http_status) == (302, 200)
    assert alma.url.startswith(f"http://{HOST}:")
    assert login.url.startswith(f"http://{b.LOGIN}:")
    assert outcome.final_url == login.url
    assert login.url.endswith("/idp/SSO")
    for hop in (alma, login):
        assert hop.phases.tls is None
        assert min(hop.phases.dns or 0, hop.phases.connect or 0, hop.phases.first_byte or 0) > 0
    assert outcome.phases.dns == pytest.approx((alma.phases.dns or 0) + (login.phases.dns or 0))


async def test_probe_measures_the_phases_separately() -> None:
    async def slowly(host: str, port: int) -> list[b.Address]:
        await asyncio.sleep(0.2)
        return [b.Address(socket.AF_INET, ("127.0.0.1", port))]

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await answering()(reader, writer)

    async with Bench() as bench:
        port = await bench.serve(late)
        async with Prober(agent="x", resolve=slowly) as prober:
            phases = (await prober.probe(target(f"http://{HOST}:{port}/"))).phases
    assert (phases.dns or 0) >= 200
    assert (phases.first_byte or 0) >= 95
    assert (phases.connect or 0) < (phases.dns or 0)
    assert phases.tls is None


async def test_probe_time_limit_includes_redirects() -> None:
    async def half_asleep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        await asyncio.sleep(0.2)
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {asked}x\r\n\r\n".encode())

    async with Bench(timedelta(seconds=0.5)) as bench:
        outcome = await bench.prober.probe(
            target(f"http://{HOST}:{await bench.serve(half_asleep)}/")
        )
    assert (outcome.status, outcome.cause) == (Status.DOWN, FailureCause.TIMEOUT)
    assert 500 <= (outcome.latency_ms or 0) < 5000


async def test_probe_times_out_on_a_silent_name_server_without_blocking() -> None:
    waiting = threading.Event()

    def silent(host: str, port: int, family: int) -> list[b.Address]:
        assert waiting.wait(60), "the probe did not time out"
        raise socket.gaierror(socket.EAI_AGAIN, "temporary failure")

    try:
        async with Prober(agent="x", timeout=FAST, resolve=Resolver(silent)) as prober:
            probing = asyncio.create_task(prober.probe(target("http://alma.example/")))
            turns = 0
            while not probing.done():
                await asyncio.sleep(0.01)
                turns += 1
            outcome = await probing
    finally:
        waiting.set()
    assert (outcome.cause, outcome.phase) == (FailureCause.TIMEOUT, Phase.DNS)
    assert turns > 1  # the loop was not blocked


async def test_probe_succeeds_if_a_name_server_is_silent_about_ipv6() -> None:
    waiting = threading.Event()

    def half_silent(host: str, port: int, family: int) -> list[b.Address]:
        if family != socket.AF_INET:
            assert waiting.wait(60), "the probe did not time out"
            raise socket.gaierror(socket.EAI_AGAIN, "temporary failure")
        return [b.Address(socket.AF_INET, ("127.0.0.1", port))]

    try:
        async with (
            Bench() as bench,
            Prober(agent="x", resolve=Resolver(half_silent)) as prober,
        ):
            port = await bench.serve(answering())
            outcome = await prober.probe(target(f"http://alma.example:{port}/"))
    finally:
        waiting.set()
    assert (outcome.status, outcome.cause) == (Status.UP, None)


async def test_probe_follows_twenty_redirects() -> None:
    async def longer_and_longer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        if len(asked) > 20:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {asked}x\r\n\r\n".encode())

    async with Bench() as bench:
        outcome = await bench.prober.probe(
            target(f"http://{HOST}:{await bench.serve(longer_and_longer)}/")
        )
    assert (outcome.status, len(outcome.hops)) == (Status.UP, 21)


async def test_cancelled_probe_leaves_no_socket() -> None:
    async with Bench() as bench:
        bench.names[HOST] = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "127.0.0.1")]
        for url in (
            f"http://{HOST}:{await bench.serve(says_nothing)}/",
            f"https://{HOST}:{await bench.serve(says_nothing)}/",
            f"http://{HOST}:{bench.swallowing()}/",
        ):
            probing = asyncio.create_task(bench.prober.probe(target(url)))
            await asyncio.sleep(0.3)
            probing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await probing
        await asyncio.sleep(0.01)
    gc.collect()


async def test_probe_ignores_proxies_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async with Bench() as bench:
        result = await bench.prober.probe(
            target(f"http://{HOST}:{await bench.serve(answering())}/")
        )
    assert result.status is Status.UP


async def test_probe_uses_the_proxy_of_a_target() -> None:
    async with Bench() as bench:
        proxy = Listening()
        through = f"http://127.0.0.1:{await bench.serve(proxy)}"
        outcome = await bench.prober.probe(target("http://far.test/a?b=c", proxy=through))
    assert outcome.status is Status.UP
    assert proxy.asked[0].startswith("GET http://far.test/a?b=c HTTP/1.1\r\nHost: far.test\r\n")


async def test_probe_tunnels_https_through_a_proxy() -> None:
    async with Bench() as bench:
        far = await bench.serve(answering(), tls=b.certificate(HOST))
        proxy = Tunnelling(far)
        through = f"http://127.0.0.1:{await bench.serve(proxy)}"
        url = f"https://{HOST}:{far}/"
        outcome = await bench.prober.probe(target(url, proxy=through))
    assert (outcome.status, outcome.http_status) == (Status.UP, 200)
    assert proxy.asked[0].startswith(f"CONNECT {HOST}:{far} HTTP/1.1\r\n")
    assert outcome.phases.tls is not None


async def test_probe_reports_a_refusing_proxy_as_a_network_fault() -> None:
    async with Bench() as bench:
        through = f"http://127.0.0.1:{await bench.serve(Listening('407 Who are you'))}"
        outcome = await bench.prober.probe(target(f"https://{HOST}/", proxy=through))
    assert (outcome.status, outcome.cause) == (Status.DOWN, FailureCause.NETWORK)
    assert outcome.detail == "the proxy answered 407"


async def test_probe_sends_the_tool_and_its_contact_as_user_agent() -> None:
    async with Bench() as bench:
        server = Listening()
        agent = user_agent("0.1", "bibliothèque\r\nX: 1")
        async with Prober(agent=agent, resolve=bench.resolve) as prober:
            port = await bench.serve(server)
            await prober.probe(target(f"http://{HOST}:{port}/", method="HEAD"))
        result = server.asked[0].replace(str(port), "PORT")
    assert result == (
        "HEAD / HTTP/1.1\r\n"
        f"Host: {HOST}:PORT\r\n"
        "Accept: */*\r\n"
        "User-Agent: Relais/0.1 (+biblioth?que??X: 1)\r\n"
        "Accept-Encoding: gzip\r\n"
        "Accept-Language: fr, en;q=0.8\r\n"
        "Connection: close\r\n"
        "\r\n"
    )


RAW_DEFLATE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
PACKINGS = {
    "gzip": gzip.compress(b"<p>Bonjour</p>"),
    "x-gzip": gzip.compress(b"<p>Bonjour</p>"),
    "deflate": zlib.compress(b"<p>Bonjour</p>"),
    "Deflate": RAW_DEFLATE.compress(b"<p>Bonjour</p>") + RAW_DEFLATE.flush(),
}


@pytest.mark.parametrize("coding", PACKINGS)
async def test_probe_decompresses_a_body(coding: str) -> None:
    async with Bench() as bench:
        seen: list[Status] = []
        for body, words in ((PACKINGS[coding], ("Bonjour",)), (b"", ())):
            header = f"Content-Encoding: {coding}"
            port = await bench.serve(answering("200 OK", header, body=body))
            asked = target(f"http://{HOST}:{port}/", must_contain=words)
            seen.append((await bench.prober.probe(asked)).status)
        result = seen
    assert result == [Status.UP, Status.UP]


async def test_probe_accepts_a_certificate_for_an_ip_address() -> None:
    async with Bench() as bench:
        port = await bench.serve(answering(), tls=b.certificate("127.0.0.1"))
        result = (await bench.prober.probe(target(f"https://127.0.0.1:{port}/"))).status
    assert result is Status.UP


async def test_probe_keeps_a_cookie_for_one_attempt() -> None:
    async with Bench() as bench:
        url = await asks_for_a_cookie(bench)
        result = [len((await bench.prober.probe(target(url))).hops) for _ in range(2)]
    assert result == [2, 2]


async def test_probe_runs_many_times_at_once_from_another_vantage() -> None:
    async with Bench() as bench:
        url = f"http://{HOST}:{await bench.serve(answering())}/"
        seen = (bench.prober.probe(target(url), vantage=Vantage("desk-1")) for _ in range(50))
        outcomes = await asyncio.gather(*seen)
    assert {(outcome.status, outcome.vantage) for outcome in outcomes} == {(Status.UP, "desk-1")}


@pytest.mark.parametrize("url", ["http://[::1", "nothing", "", "http:///", "http://a..b/"])
async def test_probe_of_an_invalid_address_returns_an_outcome(url: str) -> None:
    async with Bench() as bench, Prober(agent="x", context=b.self_signed()) as prober:
        del bench
        result = await prober.probe(target(url))
    assert result.status in (Status.DOWN, Status.UNKNOWN)


async def test_probe_without_free_sockets_returns_unknown() -> None:
    async def exhausted(host: str, port: int) -> list[b.Address]:
        raise OSError(errno.EMFILE, "Too many open files")

    async with Prober(agent="x", resolve=exhausted) as prober:
        outcome = await prober.probe(target("http://alma.example/"))
    assert (outcome.status, outcome.cause) == (Status.UNKNOWN, FailureCause.NETWORK)
    assert outcome.detail == "Too many open files"


def test_interleave_families() -> None:
    six = [b.Address(socket.AF_INET6, (f"::{n}", 80, 0, 0)) for n in range(3)]
    four = [b.Address(socket.AF_INET, (f"10.0.0.{n}", 80)) for n in range(1)]
    assert interleave_families([*six, *four]) == [six[0], four[0], six[1], six[2]]
