"""Measures the speed of the loan log, and compares recording a loan with a raw append and fsync.

Run with `python -m tests.campaigns.benchmarks loans --folder FOLDER` to measure the disk of that
folder.
"""

import asyncio
import os
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.loan_row import LoanState
from procedure.circulation.transactions import Loan
from procedure.io.clock import new_uuid7
from procedure.io.database.database import Database, open_database
from procedure.journal import Recorded
from tests.campaigns.benchmarks.figure import Figure, timed

TURNS = 9
COMMITS = 300
SUBMITTERS = 64
EACH = 100
ROWS = 100_000
START = datetime(2026, 11, 1, 7, tzinfo=UTC)
LINE = b"x" * 99 + b"\n"


def now() -> datetime:
    return datetime.now(UTC)


def new_loan() -> Loan:
    return Loan(id=new_uuid7(), at=now(), desk="CMU", patron="SLSP-000012345", item="0UBU0536413")


def appends(folder: Path) -> float:
    """Return the median duration of an append and fsync, in seconds."""
    handle = os.open(folder / "raw", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def append() -> None:
        os.write(handle, LINE)
        os.fsync(handle)

    try:
        return median(timed(append) for _ in range(COMMITS))
    finally:
        os.close(handle)


def acknowledgements(database: Database) -> float:
    """Return the median time to acknowledge a loan, in seconds."""
    return median(timed(lambda: database.journal.append(new_loan())) for _ in range(COMMITS))


def from_tasks(database: Database) -> float:
    """Return the seconds per loan if 64 coroutines append concurrently, as in a server."""
    loans = queue_of_loans()

    async def one() -> None:
        while loans:
            await database.journal.record(loans.popleft())

    async def all_at_once() -> float:
        started = perf_counter()
        await asyncio.gather(*(one() for _ in range(SUBMITTERS)))
        return perf_counter() - started

    return asyncio.run(all_at_once()) / (SUBMITTERS * EACH)


def queue_of_loans() -> deque[Loan]:
    """Return loans with ids in chronological order, as pages send them."""
    return deque(new_loan() for _ in range(SUBMITTERS * EACH))


def durability(folder: Path) -> Sequence[Figure]:
    """Measure in rounds, and compare within a round, because the speed of a shared disk drifts."""
    with open_database(f"sqlite:///{folder / 'b.sqlite3'}", role="server", now=now) as database:
        turns = [one_turn(database, folder) for _ in range(TURNS)]
    raw, *spans = zip(*turns, strict=True)
    return [
        Figure("append + fsync in a loop, p50", f"{median(raw) * 1e6:.0f} µs"),
        *(
            compared(name, span, raw, reach)
            for (name, _, reach), span in zip(AGAINST_LOOP, spans, strict=True)
        ),
    ]


def one_turn(database: Database, folder: Path) -> tuple[float, ...]:
    raw = appends(folder)
    return (raw, *(work(database) for _, work, _ in AGAINST_LOOP))


AGAINST_LOOP = (
    ("from append to acknowledgement, p50", acknowledgements, ""),
    (f"{SUBMITTERS} tasks in one loop, per loan", from_tasks, "rate at least 8x"),
)


def compared(name: str, span: Sequence[float], raw: Sequence[float], reach: str) -> Figure:
    """Compare durations with the raw appends of the same round."""
    ratio = median(seconds / limit for seconds, limit in zip(span, raw, strict=True))
    return Figure(name, f"{median(span) * 1e6:.0f} µs = {ratio:.2f}x, rate {1 / ratio:.1f}x", reach)


def rows() -> list[Recorded]:
    loans = (
        Loan(
            id=UUID(int=n + 1),
            at=START + timedelta(seconds=20 * n),
            desk=("CMU", "MAIL", "ARVE", "UNI")[n % 4],
            patron=f"SLSP-{n * 7919 % 20_000:09}",
            item=f"0UBU{n * 104_729 % 60_000:07}",
        )
        for n in range(ROWS)
    )
    return [Recorded(place, loan.at, loan) for place, loan in enumerate(loans, start=1)]


def folding() -> Sequence[Figure]:
    recorded = rows()
    log = CirculationLog()
    fold = timed(lambda: log.extend(recorded))
    log.rows()
    desk = timed(lambda: log.rows(desk="CMU", state=LoanState.RECORDED))
    patron = timed(lambda: log.rows(patron="SLSP-000000042"))
    return [
        Figure(f"fold {ROWS} loans", f"{fold * 1e3:.0f} ms", "1000 ms"),
        Figure("filter by desk and state", f"{desk * 1e3:.1f} ms", "50 ms"),
        Figure("filter by patron", f"{patron * 1e3:.2f} ms", "50 ms"),
    ]


def measure(folder: Path) -> Sequence[Figure]:
    return [*durability(folder), *folding()]
