"""Run the simulated day and print its figures; exit with 1 if a figure grows or an error occurs."""

import argparse
import asyncio
import csv
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

import pandas as pd

from procedure.local_time import local
from tests.campaigns.benchmarks.figure import machine
from tests.campaigns.crashes.verdict import Verdict
from tests.campaigns.soak.day import Day
from tests.campaigns.soak.installation import installation
from tests.campaigns.soak.judgement import (
    WARM_UP,
    Comparison,
    by_hours,
    compare,
    fresh_memory,
    has_failed,
)

SHORTEST = 12  # hours; a shorter run cannot show growth
ROWS = 12


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.campaigns.soak", description=__doc__)
    options.add_argument("--hours", type=float, default=24, help="Length of the outage, in hours.")
    options.add_argument(
        "--minutes", type=float, default=60, help="Minutes of real time in which to simulate it."
    )
    options.add_argument("--desks", type=int, default=20)
    options.add_argument("--pages", type=int, default=60)
    options.add_argument(
        "--folder", help="Where to put the installation, for example on another disk."
    )
    options.add_argument(
        "--csv", default="soak.csv", help="The file to which samples are written during the run."
    )
    given = options.parse_args()
    # Exit through SystemExit, so that child processes are terminated too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(json.dumps(machine()))
    with TemporaryDirectory(prefix="relais-soak-", dir=given.folder) as folder:
        start, speed = _start(given.hours), 60 * given.hours / given.minutes
        with (
            Path(given.csv).open("w", newline="") as file,
            installation(Path(folder), start, speed) as running,
        ):
            print(f"Samples: {Path(given.csv).absolute()}")
            written = partial(_write, file)
            day = Day(running, given.hours, given.desks, given.pages, on_sample=written)
            return _report(day, asyncio.run(day.run()))


def _start(hours: float) -> datetime:
    """Return the start of a past period of `hours` hours, with local midnight in its middle."""
    half = timedelta(hours=hours / 2)
    midnight = local(datetime.now(UTC) - half).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(UTC) - half


_hours_shown: set[int] = set()


def _write(file: TextIO, sample: dict[str, float]) -> None:
    """Write a sample at once, in case the run is interrupted, and print each new hour."""
    writer = csv.DictWriter(file, sample)
    if not file.tell():
        writer.writeheader()
    writer.writerow(sample)
    file.flush()
    hour = int(sample["hours"])
    if hour not in _hours_shown:
        _hours_shown.add(hour)
        print(f"{hour} h", file=sys.stderr, flush=True)


def _report(day: Day, verdict: Verdict) -> int:
    samples, latencies = pd.DataFrame(day.samples), day.latencies
    print(by_hours(samples, latencies, day.hours / ROWS).round(2).to_string())
    compared = _compared(day, samples, latencies)
    for comparison in compared:
        word = "flat" if comparison.is_flat else "GROWS"
        print(
            f"{word:6} {comparison.what}: {comparison.first:.2f}, {comparison.last:.2f} "
            f"(at most {comparison.limit:.2f})"
        )
    log = [line for line in day.installation.log if "ERROR" in line or "Traceback" in line]
    loans = sum(len(station.answers) for station in day.workstations)
    print(f"{loans} loans acknowledged; {asdict(verdict)}")
    waits = pd.Series([wait for user in day.users for wait in user.waits])
    print(
        f"pages opened: {len(waits)}, median {waits.median():.1f} s, "
        f"p95 {waits.quantile(0.95):.1f} s"
    )
    print(
        f"failures outside the restarts: "
        f"{len(day.failures)}; restarts took {[round(b - a, 1) for a, b in day.restarts]} s; backups: "
        f"{len(day.installation.backups)}; errors in the log: {len(log)}"
    )
    print("\n".join([*log[:20], *day.failures[:20]]))
    grows = day.hours >= SHORTEST and not all(comparison.is_flat for comparison in compared)
    return int(grows or verdict != Verdict() or has_failed(day.failures) or bool(log))


def _compared(day: Day, samples: pd.DataFrame, latencies: pd.DataFrame) -> Sequence[Comparison]:
    since = day.clock.hours(day.restarts[0][1]) + WARM_UP * day.hours
    comparisons = compare(samples, latencies, since=since, until=day.hours)
    return [*comparisons, fresh_memory(samples, day.fresh["pss"])]


if __name__ == "__main__":
    sys.exit(main())
