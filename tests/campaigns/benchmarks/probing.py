"""Measures the processor time of probes, and the accuracy of their connect time."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from time import process_time

import certifi
import trustme

from procedure.io.http.prober import Prober, shared_tls_context
from procedure.monitoring.model import Target
from tests.campaigns.benchmarks.figure import Figure

TARGETS = 100
ROUNDS = 5  # of all targets, per run
RUNS = 7
IN_FLIGHT = 50
RATE = 100  # probes per second when connect times are measured
SECONDS = 10


@dataclass(frozen=True)
class Place:
    """The servers to probe, and the file with their certificate authority's certificate."""

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
            assert outcome.status == "up", outcome

        begun = process_time()
        await in_turn(place.urls(), ask)
        return per_probe(process_time() - begun)


def costs(place: Place) -> list[Figure]:
    asyncio.run(ours(place))
    spent = median(asyncio.run(ours(place)) for _ in range(RUNS))
    return [Figure("processor time per probe, all phases", f"{spent:.0f} µs")]


async def connect_times(place: Place) -> list[float]:
    """Return the connect times (ms) of an even stream of probes."""
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
        return [*costs(place), *fidelity(place)]
