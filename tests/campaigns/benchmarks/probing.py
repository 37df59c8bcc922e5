"""Probing: CPU per probe against blackbox_exporter, and how true the connect time is.

Run with `python -m tests.campaigns.benchmarks probing`. The probers take turns, so that what else the
machine does falls on all of them. The comparison needs Debian's `prometheus-blackbox-exporter`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from urllib.parse import quote

import certifi
import httpx
import trustme

from procedure.io.http.prober import Prober, shared_tls_context
from procedure.monitoring.model import Target
from tests.campaigns.benchmarks.figure import Figure

TARGETS = 100
ROUNDS = 5  # of all targets, in one run
RUNS = 7
IN_FLIGHT = 50
BLACKBOX = shutil.which("prometheus-blackbox-exporter")
RATE = 100  # probes a second, for the connect time
SECONDS = 10
MODULES = "modules: {page: {prober: http, http: {preferred_ip_protocol: ip4}}}\n"


@dataclass(frozen=True)
class Place:
    """What is probed, and the file of authorities that vouch for it."""

    plain: str
    secure: str
    authorities: str

    def urls(self) -> list[str]:
        return [f"{(self.plain, self.secure)[n % 2]}/{n}" for n in range(TARGETS)]


@contextmanager
def far_side(folder: Path) -> Iterator[Place]:
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    leaf.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    bundle = folder / "authorities.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    command = [
        sys.executable,
        "-m",
        "tests.campaigns.benchmarks.far_side",
        str(folder / "server.pem"),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        plain, secure = server.stdout.readline().split()
        yield Place(
            f"http://localhost:{int(plain)}", f"https://localhost:{int(secure)}", str(bundle)
        )
        server.stdin.close()


@contextmanager
def blackbox(folder: Path, authorities: str) -> Iterator[tuple[int, int]]:
    """Run blackbox_exporter; yield its process and its port."""
    config, port = folder / "blackbox.yml", 19_115
    config.write_text(MODULES, encoding="utf-8")
    command = [
        *(BLACKBOX, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"),
        "--log.level=error",
    ]
    environ = {**os.environ, "SSL_CERT_FILE": authorities}
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            asyncio.run(_answers(port))
            yield process.pid, port
        finally:
            process.terminate()


async def _answers(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError("blackbox_exporter does not answer")


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process has used, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def in_turn(urls: Sequence[str], ask: Callable[[str], Awaitable[object]]) -> None:
    free = asyncio.Semaphore(IN_FLIGHT)

    async def one(url: str) -> None:
        async with free:
            await ask(url)

    for _ in range(ROUNDS):
        await asyncio.gather(*(one(url) for url in urls))


def per_probe(seconds: float) -> float:
    return seconds / (TARGETS * ROUNDS) * 1e6


async def ours(place: Place) -> float:
    async with Prober(agent="bench", context=shared_tls_context(place.authorities)) as prober:

        async def ask(url: str) -> None:
            outcome = await prober.probe(Target("t", url, "", timedelta(minutes=1)))
            assert outcome.verdict == "up", outcome

        begun = process_time()
        await in_turn(place.urls(), ask)
        return per_probe(process_time() - begun)


async def plain_httpx(place: Place) -> float:
    """Measure httpx with its own transport, the same shared context and fresh connections."""
    limits = httpx.Limits(max_keepalive_connections=0)
    context = shared_tls_context(place.authorities)
    async with httpx.AsyncClient(verify=context, limits=limits, trust_env=False) as client:

        async def ask(url: str) -> None:
            assert (await client.get(url)).status_code == 200

        begun = process_time()
        await in_turn(place.urls(), ask)
        return per_probe(process_time() - begun)


async def theirs(place: Place, pid: int, port: int) -> float:
    async def ask(url: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = f"GET /probe?module=page&target={quote(url, safe='')} HTTP/1.0\r\n\r\n"
        writer.write(asked.encode())
        text = await reader.read()
        writer.close()
        assert b"\nprobe_success 1" in text

    begun = cpu_of(pid)
    await in_turn(place.urls(), ask)
    return per_probe(cpu_of(pid) - begun)


def costs(place: Place, folder: Path) -> list[Figure]:
    mine, bare, rival = [], [], []
    asyncio.run(ours(place))
    asyncio.run(plain_httpx(place))
    if BLACKBOX is None:
        for _ in range(RUNS):
            mine.append(asyncio.run(ours(place)))
            bare.append(asyncio.run(plain_httpx(place)))
        print("prometheus-blackbox-exporter is not installed: nothing to compare with.")
        return [_cost("Relais, all phases", mine, []), _cost("httpx by itself", bare, [])]
    with blackbox(folder, place.authorities) as (pid, port):
        asyncio.run(theirs(place, pid, port))
        for _ in range(RUNS):
            mine.append(asyncio.run(ours(place)))
            rival.append(asyncio.run(theirs(place, pid, port)))
            bare.append(asyncio.run(plain_httpx(place)))
    return [
        _cost("Relais, all phases", mine, rival, "1.8x; stretch 1.0x"),
        _cost("httpx by itself", bare, rival),
        _cost("blackbox_exporter", rival, rival),
    ]


def _cost(name: str, mine: Sequence[float], rival: Sequence[float], reach: str = "") -> Figure:
    ratios = [one / other for one, other in zip(mine, rival, strict=False)]
    against = f" = {median(ratios):.2f}x" if ratios else ""
    return Figure(f"{name}, CPU per probe", f"{median(mine):.0f} µs{against}", reach)


async def connect_times(place: Place) -> list[float]:
    """Return the connect times (ms) of a steady stream of probes, evenly spread."""
    clock = asyncio.get_running_loop().time
    target = Target("t", f"{place.plain}/", "", timedelta(minutes=1))
    async with Prober(agent="bench", context=shared_tls_context(place.authorities)) as prober:
        probes, start = [], clock()
        for turn in range(RATE * SECONDS):
            await asyncio.sleep(start + turn / RATE - clock())
            probes.append(asyncio.create_task(prober.probe(target)))
        return [(await probe).phases.connect or 0.0 for probe in probes]


def fidelity(place: Place) -> list[Figure]:
    runs = [asyncio.run(connect_times(place)) for _ in range(5)]
    p99 = median(quantiles(run, n=100)[98] for run in runs)
    middle = median(median(run) for run in runs)
    return [
        Figure(f"connect at {RATE} probes/s, p99", f"{p99:.2f} ms", "3 ms; stretch 1 ms"),
        Figure(f"connect at {RATE} probes/s, p50", f"{middle:.2f} ms"),
    ]


def measure(folder: Path) -> list[Figure]:
    with far_side(folder) as place:
        return [*costs(place, folder), *fidelity(place)]
