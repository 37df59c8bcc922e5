"""The loans of a declared outage: the one count that every place with this name shows.

What was lent while a downtime was observed, and what is left to bring into Alma, are other counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from procedure.circulation.loan_index import LoanIndex
from procedure.circulation.loan_row import LoanRow
from procedure.outages.declared_outage import OutageRecord


@dataclass(frozen=True, slots=True)
class OutageLoans:
    """The loans that stand, and beside them the void ones, in order of time; no second scans."""

    standing: tuple[LoanRow, ...] = ()
    void: tuple[LoanRow, ...] = ()

    @property
    def count(self) -> int:
        """How many loans were made, as every place says it."""
        return len(self.standing)


def lending_span(record: OutageRecord, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when a loan belongs to an outage, both included (aware UTC).

    To its end or, where that is later, to when somebody said that it ended; to now while it lasts.
    """
    over = record.over
    return record.declared.begun, now if over is None else max(over.ended, over.at)


def outage_loans(record: OutageRecord, log: LoanIndex, now: datetime) -> OutageLoans:
    """Return the loans of an outage; a late entry counts by the time of the loan."""
    return _split(log.lent_within(*lending_span(record, now)))


def loans_outside(records: Iterable[OutageRecord], log: LoanIndex, now: datetime) -> OutageLoans:
    """Return the loans that were made in no declared outage."""
    spans = [lending_span(record, now) for record in records]
    return _split(
        row
        for row in log.rows()
        if not any(begun <= row.loan.at <= until for begun, until in spans)
    )


def _split(rows: Iterable[LoanRow]) -> OutageLoans:
    every = [row for row in rows if row.repeats is None]
    return OutageLoans(
        tuple(row for row in every if row.is_valid), tuple(row for row in every if not row.is_valid)
    )
