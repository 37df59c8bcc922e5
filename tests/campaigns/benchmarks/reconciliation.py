"""Measures how long it takes to write, read and reconcile a million loans.

Run with `python -m tests.campaigns.benchmarks reconciliation [--rows N]`. Two smaller sizes show
that the time grows linearly.
"""

import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from uuid import UUID

from procedure.circulation.offline_files.alma_file import render
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.transactions import Loan
from procedure.reconciliation.alma_records import LoanFacts
from procedure.reconciliation.verification import compare_with_list
from tests.campaigns.benchmarks.figure import Figure

ROWS = 1_000_000
TURNS = 5
START = datetime(2026, 11, 2, 7, tzinfo=UTC)
NOW = datetime(2027, 1, 31, tzinfo=UTC)
DUE = NOW + timedelta(days=28)
# One row in fifty is wrong: missing, lent to somebody else, or lent at another time.
AMISS = 50


def made_up(rows: int) -> tuple[list[Loan], list[LoanFacts]]:
    """Return loans, twenty a minute, and the list that Alma would export."""
    loans = [
        Loan(
            id=UUID(int=n),
            at=START + timedelta(minutes=n // 20),
            desk="CMU",
            patron=f"{2070000000 + n % 99991}",
            item=f"1060{n:07}",
        )
        for n in range(rows)
    ]
    return loans, [one for n, loan in enumerate(loans) if (one := _listed(n, loan)) is not None]


def _listed(n: int, loan: Loan) -> LoanFacts | None:
    if n % AMISS:
        return LoanFacts(loan.item, loan.patron, loan.at, DUE)
    kind = n // AMISS % 3
    if kind == 0:
        return None
    patron = "2079999999" if kind == 1 else loan.patron
    return LoanFacts(loan.item, patron, loan.at - timedelta(hours=kind), DUE)


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    started = perf_counter()
    work()
    return perf_counter() - started


def figures(rows: int) -> list[Figure]:
    loans, listed = made_up(rows)
    content = render(loans).content
    acts = {
        "write": lambda: render(loans),
        "read": lambda: parse(content),
        "reconcile": lambda: list(compare_with_list(loans, listed, {}, now=NOW)),
    }
    entries = []
    for name, act in acts.items():
        seconds = median(timed(act) for _ in range(TURNS))
        value = f"{seconds * 1000:.0f} ms, {seconds / rows * 1e6:.2f} µs a row"
        entries.append(Figure(f"{name} {rows:,} rows", value))
    return entries


def measure(_: object, rows: int = ROWS) -> list[Figure]:
    """Measure a tenth of the rows, three tenths, and all of them."""
    return [figure for size in (rows // 10, rows * 3 // 10, rows) for figure in figures(size)]
