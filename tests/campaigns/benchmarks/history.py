"""Measures how fast a year of history is stored and queried.

Run with `python -m tests.campaigns.benchmarks history [--rows N]`. Ten targets are probed every
thirty seconds, so a year has 10.5 million rows, which take several minutes to write.
"""

import sqlite3
from collections.abc import Iterator, Sequence, Sized
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy.engine import make_url

from procedure import frames
from procedure.io.database.database import Database, open_database
from procedure.monitoring.model import FailureCause, Outcome, Phase, Phases, Status
from tests.campaigns.benchmarks.figure import Figure, timed

TARGETS = [f"target-{number}" for number in range(10)]
INTERVAL = timedelta(seconds=30)
START = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 120 * len(TARGETS)
OUTAGES_A_ROW = 3000 / YEAR
TURNS = 7
BATCH = 20_000
ROUNDS = 2800


def now() -> datetime:
    return datetime.now(UTC)


def failing(rounds: int, chance: Random) -> list[range]:
    """Return a target's downtimes as ranges of rounds; each lasts from 2 to 300 rounds."""
    count = max(1, round(rounds * len(TARGETS) * OUTAGES_A_ROW / len(TARGETS)))
    starts = sorted(chance.sample(range(rounds // 400), count))
    return [range(400 * n + 10, 400 * n + 10 + chance.randint(2, 300)) for n in starts]


def year(rounds: int) -> Iterator[Outcome]:
    """Yield outcomes, round by round, with downtimes, gaps and slow hours."""
    chance = Random(2025)
    latencies = cycle([chance.lognormvariate(4.8, 0.4) for _ in range(10_007)])
    phases = cycle([Phases(1.5, 12.25, 30.125 + n / 8, 60.5) for n in range(101)])
    down = [{number for outage in failing(rounds, chance) for number in outage} for _ in TARGETS]
    for number in range(rounds):
        if number % 100_000 < 60:
            continue  # the server is being updated: a gap for all targets
        for place, target in enumerate(TARGETS):
            at = START + number * INTERVAL + timedelta(milliseconds=137 * place)
            url = f"https://{target}.example.org/"
            if number in down[place]:
                yield Outcome(
                    target=target,
                    url=url,
                    vantage="server",
                    at=at,
                    status=Status.DOWN,
                    cause=FailureCause.STATUS,
                    phase=Phase.FIRST_BYTE,
                    http_status=503,
                    latency_ms=next(latencies),
                    phases=next(phases),
                )
            else:
                slow = number % 20_000 < 120
                yield Outcome(
                    target=target,
                    url=url,
                    vantage="server",
                    at=at,
                    status=Status.SLOW if slow else Status.UP,
                    http_status=200,
                    final_url=url,
                    latency_ms=next(latencies) + 2000 * slow,
                    phases=next(phases),
                )


def batches(outcomes: Iterator[Outcome], size: int) -> Iterator[list[Outcome]]:
    while batch := list(islice(outcomes, size)):
        yield batch


def write(url: str, rows: int) -> float:
    """Store the year, and return how many seconds that took."""
    with open_database(url, role="server", now=now) as database:
        database.history.set_intervals(dict.fromkeys(TARGETS, INTERVAL))
        outcomes = year(rows // len(TARGETS))
        return sum(timed(lambda b=b: database.history.record(b)) for b in batches(outcomes, BATCH))


def answers(database: Database, rows: int) -> Sequence[Figure]:
    """Measure each query several times, alternating between the queries."""
    history = database.history
    until = START + rows // len(TARGETS) * INTERVAL
    day = START + (until - START) / 2
    day_end = day + timedelta(days=1)

    def availability() -> Sized:
        frame = frames.summaries(history.summaries("day", ("up", "slow", "down"), since=START))
        working = frame["up"] + frame["slow"]
        return working / (working + frame["down"])

    def every_outage() -> Sized:
        return history.downtimes(since=START, until=until)

    def hourly() -> Sized:
        return frames.summaries(history.summaries("hour", ("p95",), since=START))

    def one_day() -> Sized:
        return frames.readings(history.readings(TARGETS[4], since=day, until=day_end))

    def whole_outcomes() -> Sized:
        days_outcomes = history.outcomes(
            target=TARGETS[4], vantage="server", since=day, until=day_end
        )
        return list(days_outcomes)

    asked = (
        ("availability per day and target, ms", availability, "at most 10"),
        ("all outages, ms", every_outage, "at most 15"),
        ("p95 per hour and target, ms", hourly, "at most 60"),
        ("one target's day, ms", one_day, "at most 5"),
        ("one target's day as whole outcomes, ms", whole_outcomes, ""),
    )
    sizes = [len(question()) for _, question, _ in asked]
    turns = [[timed(question) for _, question, _ in asked] for _ in range(TURNS)]
    return [
        Figure(f"{name} ({size} rows)", f"{median(spans) * 1000:.1f}", reach)
        for (name, _, reach), size, spans in zip(
            asked, sizes, zip(*turns, strict=True), strict=True
        )
    ]


def space(path: Path) -> Sequence[Figure]:
    """Measure the size of the raw table and of its roll-ups."""
    with closing(sqlite3.connect(path)) as connection:
        pages = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
        size = dict(connection.execute(pages).fetchall())
    raw = size["outcome"]
    rolled = sum(size[name] for name in ("state", "hour", "day", "cadence", "rollup"))
    return [
        Figure("raw outcomes, MB", f"{raw / 1e6:.1f}"),
        Figure("roll-ups, MB", f"{rolled / 1e6:.1f}"),
        Figure("roll-ups, as a share of raw outcomes", f"{rolled / raw:.2%}", "at most 3 %"),
    ]


def storing(folder: Path, size: int) -> Figure:
    """Measure the time to store outcomes and their roll-ups, in transactions of `size` outcomes."""
    outcomes = islice(year(ROUNDS + 60), ROUNDS * len(TARGETS))
    url = f"sqlite:///{folder / f'{size}.db'}"
    with open_database(url, role="server", now=now) as database:
        database.history.set_intervals(dict.fromkeys(TARGETS, INTERVAL))
        record = database.history.record
        spans = [timed(lambda b=b: record(b)) / len(b) for b in batches(outcomes, size)]
    return Figure(f"{size} probes per transaction, µs per probe", f"{median(spans) * 1e6:.1f}")


def measure(folder: Path, rows: int = YEAR) -> Sequence[Figure]:
    url = f"sqlite:///{folder / 'year.sqlite3'}"
    small = [storing(folder, len(TARGETS)), storing(folder, 2000)]
    wrote = write(url, rows)
    path = Path(str(make_url(url).database))
    with open_database(url, role="server", now=now) as database:
        asked = answers(database, rows)
    return [
        *small,
        Figure(f"writing {rows} rows, s", f"{wrote:.0f}"),
        *asked,
        *space(path),
    ]
