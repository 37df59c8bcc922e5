"""Measures how long it takes to compute the frames for an overview of several years.

Outcomes are an hour apart, because the cost depends on the number of status changes, not on the
number of outcomes.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

from procedure import open_records
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.records.sources import PACKAGED_HANDBOOK
from tests.campaigns.benchmarks.figure import Figure
from tests.campaigns.benchmarks.history import BATCH, batches

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
START = datetime(2016, 1, 1, tzinfo=UTC)
TARGETS = (*load_handbook(PACKAGED_HANDBOOK).targets, "ninth", "tenth")
OUTAGES_A_YEAR = 300  # per target
TURNS = 7


def outcomes(years: int) -> Iterator[Outcome]:
    """Yield hourly outcomes, with gaps for all targets and separate downtimes for each target."""
    chance, hours = Random(2016), years * YEAR // HOUR
    down: dict[str, set[int]] = {}
    for target in TARGETS:
        begins = chance.sample(range(hours // 29), years * OUTAGES_A_YEAR)
        down[target] = {29 * n + 1 + hour for n in begins for hour in range(chance.randint(1, 12))}
    for number in range(hours):
        if number % 8000 < 20:
            continue  # the server is being updated
        for target in TARGETS:
            failed = number in down[target]
            yield Outcome(
                target=target,
                url="https://x.example",
                vantage="server",
                at=START + number * HOUR,
                status=Status.DOWN if failed else Status.UP,
                cause=FailureCause.TIMEOUT if failed else None,
            )


def overview(url: str, until: datetime) -> tuple[float, int]:
    """Compute the frames; return the processor time in seconds, and the number of rows."""
    with open_records(url, until=until) as records:
        begun = process_time()
        asked = (records.states, records.downtimes, records.service_downtimes)
        rows = sum(map(len, (*asked, records.availability("month"))))
        return process_time() - begun, rows


def measure(folder: Path) -> Sequence[Figure]:
    """Measure one year and ten years."""
    return [_measured(folder, years, reach) for years, reach in ((1, "0.3"), (10, "0.6"))]


def _measured(folder: Path, years: int, reach: str) -> Figure:
    url = f"sqlite:///{folder / f'{years}.sqlite3'}"
    with open_database(url, role="server", now=utc_now) as database:
        database.history.set_intervals(dict.fromkeys(TARGETS, HOUR))
        for batch in batches(outcomes(years), BATCH):
            database.history.record(batch)
    turns = [overview(url, START + years * YEAR) for _ in range(TURNS)]
    spent, rows = median(seconds for seconds, _ in turns), turns[0][1]
    return Figure(
        f"{years} years of ten targets ({rows} rows), s", f"{spent:.2f}", f"at most {reach}"
    )
