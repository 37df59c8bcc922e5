"""Loans: a durable commit against raw append and fsync, group commit, fold, filter, file.

Run with `python -m tests.benchmarks.loans [FOLDER]`; the folder's disk is the one measured.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import UUID, uuid4

from procedure.circulation import Loan
from procedure.io.backend import Connection
from procedure.io.sql import Database, open_database
from procedure.io.sql_journal import SqlJournal
from procedure.io.writer import Work, Writer
from procedure.journal import Recorded
from procedure.loan_log import LoanLog, LoanState
from procedure.offline_file import parse, render

COMMITS = 2000
SUBMITTERS = 64
ROWS = 100_000
START = datetime(2026, 11, 1, 7, tzinfo=UTC)
LINE = b"x" * 99 + b"\n"


@dataclass(frozen=True)
class Figure:
    """One thing measured: its value, and what it is to reach, both with their unit."""

    name: str
    value: str
    reach: str = ""


def now() -> datetime:
    return datetime.now(UTC)


def new_loan() -> Loan:
    return Loan(uuid4(), now(), "CMU", "SLSP-000012345", "0UBU0536413")


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def appends(folder: Path) -> list[float]:
    """Seconds of each append and fsync of a line of a hundred bytes."""
    handle = os.open(folder / "raw", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def append() -> None:
        os.write(handle, LINE)
        os.fsync(handle)

    try:
        return [timed(append) for _ in range(COMMITS)]
    finally:
        os.close(handle)


def commits(database: Database) -> list[float]:
    """Seconds from BEGIN to COMMIT of each loan, in the thread that writes."""
    begin = database.backend.begin
    spans: list[float] = []

    def one_loan(work: Work[object]) -> Work[None]:
        def run(connection: Connection) -> None:
            # The writer has begun a transaction already: end it, so that ours is timed whole.
            connection.execute("COMMIT")
            started = perf_counter()
            connection.execute(begin)
            work(connection)
            connection.execute("COMMIT")
            spans.append(perf_counter() - started)
            connection.execute(begin)

        return run

    class Timed(Writer):
        def __init__(self) -> None: ...

        def submit(self, work: Work[object]) -> object:  # type: ignore[override]
            return database.writer.submit(one_loan(work))

    journal = SqlJournal(database.backend, Timed(), now)
    for _ in range(COMMITS):
        journal.append(new_loan())
    return spans


async def _submit_all(database: Database, each: int) -> None:
    async def one() -> None:
        for _ in range(each):
            await asyncio.wrap_future(database.journal.submit(new_loan()))

    await asyncio.gather(*(one() for _ in range(SUBMITTERS)))


def durability(folder: Path) -> Sequence[Figure]:
    with open_database(f"sqlite:///{folder / 'b.sqlite3'}", role="server", now=now) as database:
        raw = median(appends(folder))
        inner = median(commits(database))
        outer = median(timed(lambda: database.journal.append(new_loan())) for _ in range(COMMITS))
        each = 100
        seconds = timed(lambda: asyncio.run(_submit_all(database, each)))
    rate = SUBMITTERS * each / seconds
    return [
        Figure("append + fsync, p50", f"{raw * 1e6:.0f} µs"),
        Figure("commit in the writer, p50", f"{inner * 1e6:.0f} µs = {inner / raw:.2f}x", "1.3x"),
        Figure("append to acknowledged, p50", f"{outer * 1e6:.0f} µs = {outer / raw:.2f}x"),
        Figure(f"{SUBMITTERS} submitters", f"{rate:.0f}/s = {rate * raw:.1f}x", "8x"),
    ]


def rows() -> list[Recorded]:
    loans = (
        Loan(
            UUID(int=n + 1),
            START + timedelta(seconds=20 * n),
            ("CMU", "MAIL", "ARVE", "UNI")[n % 4],
            f"SLSP-{n * 7919 % 20_000:09}",
            f"0UBU{n * 104_729 % 60_000:07}",
        )
        for n in range(ROWS)
    )
    return [Recorded(place, loan.at, loan) for place, loan in enumerate(loans, start=1)]


def folding() -> Sequence[Figure]:
    recorded = rows()
    log = LoanLog()
    fold = timed(lambda: log.extend(recorded))
    log.rows()
    desk = timed(lambda: log.rows(desk="CMU", state=LoanState.RECORDED))
    patron = timed(lambda: log.rows(patron="SLSP-000000042"))
    loans = [row.loan for row in log.rows()]
    content = render(loans).content
    write = timed(lambda: render(loans))
    read = timed(lambda: parse(content))
    return [
        Figure(f"fold {ROWS} loans", f"{fold * 1e3:.0f} ms", "1000 ms"),
        Figure("filter by desk and state", f"{desk * 1e3:.1f} ms", "50 ms"),
        Figure("filter by user", f"{patron * 1e3:.2f} ms", "50 ms"),
        Figure(f"write {ROWS} lines", f"{write * 1e3:.0f} ms"),
        Figure(f"read {ROWS} lines", f"{read * 1e3:.0f} ms"),
    ]


def measure(folder: Path) -> Sequence[Figure]:
    """Measure everything on the disk of this folder."""
    return [*durability(folder), *folding()]


if __name__ == "__main__":
    with TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as place:
        for figure in measure(Path(place)):
            print(f"{figure.name:<30} {figure.value:<20} {figure.reach}")
