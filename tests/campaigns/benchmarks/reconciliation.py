"""A million loans written, read and reconciled, against plain Python loops in the same run.

Run with `python -m tests.campaigns.benchmarks reconciliation [--rows N]`. Each pair starts from the same
objects and ends with the same answer; turns are interleaved, and the median of the paired ratios is
printed. Two smaller sizes show that the time grows with the rows and no faster.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from uuid import UUID

from procedure.circulation.offline_files.alma_file import render
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.transactions import Loan
from procedure.local_time import library_zone
from procedure.reconciliation.alma_records import LoanFacts
from procedure.reconciliation.journal_entries import Verification
from procedure.reconciliation.verification import verify_against_list
from tests.campaigns.benchmarks.figure import Figure

ROWS = 1_000_000
TURNS = 5
START = datetime(2026, 11, 2, 7, tzinfo=UTC)
NOW = datetime(2027, 1, 31, tzinfo=UTC)
DUE = NOW + timedelta(days=28)
# One row in fifty has something amiss: missing, on somebody else, lent at another time.
AMISS = 50


def made_up(rows: int) -> tuple[list[Loan], list[LoanFacts]]:
    """Loans of a long outage, a minute for twenty of them, and the list that Alma would give."""
    loans = [
        Loan(
            id=UUID(int=n), at=START + timedelta(minutes=n // 20), desk="CMU", patron=f"{2070000000 + n % 99991}", item=f"1060{n:07}"
        )
        for n in range(rows)
    ]  # fmt: skip
    return loans, [one for n, loan in enumerate(loans) if (one := _listed(n, loan)) is not None]


def _listed(n: int, loan: Loan) -> LoanFacts | None:
    if n % AMISS:
        return LoanFacts(loan.item, loan.patron, loan.at, DUE)
    kind = n // AMISS % 3
    if kind == 0:
        return None
    patron = "2079999999" if kind == 1 else loan.patron
    return LoanFacts(loan.item, patron, loan.at - timedelta(hours=kind), DUE)


# ----- the plain loops: what anybody would write -----


def plainly_written(loans: list[Loan]) -> bytes:
    lines = []
    for loan in loans:
        stamp = loan.at.astimezone(library_zone()).strftime("%Y%m%d%H%M")
        lines.append(f"{stamp}L{loan.item:<80}{loan.patron}\r\n")
    return "".join(lines).encode("ascii")


def plainly_read(content: bytes) -> list[tuple[datetime, str, str, str]]:
    rows = []
    for line in content.decode("ascii").splitlines():
        shown = datetime.strptime(line[:12], "%Y%m%d%H%M").replace(tzinfo=library_zone())
        rows.append((shown.astimezone(UTC), line[12], line[13:93].strip(), line[93:].strip()))
    return rows


def plainly_reconciled(loans: list[Loan], listed: list[LoanFacts]) -> tuple[int, int, int]:
    """Missing, on somebody else, lent at another time: by a joined key, as in the baselines."""
    ours = {f"{loan.item}|{loan.patron}": loan for loan in loans}
    theirs = {f"{loan.item}|{loan.user}": loan for loan in listed}
    items = {loan.item for loan in listed}
    gone = [loan for key, loan in ours.items() if key not in theirs]
    missing = sum(loan.item not in items for loan in gone)
    differing = 0
    for key, loan in ours.items():
        one = theirs.get(key)
        if one is not None and one.lent_at != loan.at:
            differing += 1
    return missing, len(gone) - missing, differing


def reconciled(loans: list[Loan], listed: list[LoanFacts]) -> tuple[int, int, int]:
    counts = Counter(
        (one.verification, one.reason) for one in verify_against_list(loans, listed, {}, now=NOW)
    )
    return (
        counts[Verification.MISSING, ""],
        counts[Verification.NOT_CHECKED, "user_not_known"],
        counts[Verification.IN_ALMA, "other_loan_date"],
    )


# ----- measuring -----


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    started = perf_counter()
    work()
    return perf_counter() - started


def paired(ours: Callable[[], object], plain: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of ours, and the median of the ratios to the plain loop of the same turn."""
    turns = [(timed(ours), timed(plain)) for _ in range(TURNS)]
    return median(one for one, _ in turns), median(one / other for one, other in turns)


def figures(rows: int) -> list[Figure]:
    loans, listed = made_up(rows)
    content = render(loans).content
    assert content == plainly_written(loans)
    read = parse(content)
    assert [(row.at, row.kind, row.item, row.patron) for row in read.rows] == plainly_read(content)
    assert reconciled(loans, listed) == plainly_reconciled(loans, listed)
    del read
    pairs = {
        "write": (lambda: render(loans), lambda: plainly_written(loans), 0.7),
        "read": (lambda: parse(content), lambda: plainly_read(content), 0.6),
        "reconcile": (
            lambda: reconciled(loans, listed),
            lambda: plainly_reconciled(loans, listed),
            0.7,
        ),
    }
    entries = []
    for name, (ours, plain, reach) in pairs.items():
        seconds, ratio = paired(ours, plain)
        per_row = seconds / rows * 1e6
        value = f"{ratio:.2f}x of the plain loop, {seconds * 1000:.0f} ms, {per_row:.2f} µs a row"
        entries.append(Figure(f"{name} {rows:,} rows", value, f"{reach:g}x"))
    return entries


def measure(_: object, rows: int = ROWS) -> list[Figure]:
    """Measure a tenth of the rows, three tenths, and all of them."""
    return [figure for size in (rows // 10, rows * 3 // 10, rows) for figure in figures(size)]
