"""A declared outage's time spans and loans, their reconciliation, and how useful the lists were.

An outage's loans are not the same as the loans made during an observed downtime, or as the loans
that are still to be transferred.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from procedure.circulation.list_advice import Reason
from procedure.circulation.loan_index import LoanIndex
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.transactions import Loan
from procedure.journal import Recorded
from procedure.outages.outage_entries import OutageRecord
from procedure.pandas_types import Frame
from procedure.reconciliation.carts import CartCount, cart_counts
from procedure.reconciliation.journal_entries import refused_loans
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog

# The reasons for a refusal that a list could have predicted.
LISTED = frozenset({"blocked", "item_not_found", "user_not_found", "not_loanable", "on_hold_shelf"})

_TICK = timedelta.resolution


@dataclass(frozen=True, slots=True)
class OutageSpan:
    """A time span, including both ends (aware UTC), in which all scans belong to one outage."""

    outage: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class OutageLoans:
    """An outage's valid loans and voided loans, in chronological order, without double scans."""

    standing: tuple[LoanRow, ...] = ()
    void: tuple[LoanRow, ...] = ()

    @property
    def count(self) -> int:
        """The number of valid loans, as shown on every page."""
        return len(self.standing)


def outage_spans(records: Iterable[OutageRecord], now: datetime) -> list[OutageSpan]:
    """Return the time spans of each outage, in order; no time belongs to two outages.

    An outage lasts until its end, or until the end was recorded, whichever is later. An outage that
    has not ended lasts until `now`. If two outages overlap, the shared time belongs to the outage
    that was declared first. A new declaration therefore never changes an earlier outage.
    """
    spans: list[OutageSpan] = []
    for record in records:
        free = [_span(record, now)]
        for taken in spans:
            free = [part for span in free for part in _outside(span, taken)]
        spans += free
    return sorted(spans, key=attrgetter("start"))


def outage_loans(outage: UUID, spans: Iterable[OutageSpan], log: LoanIndex) -> OutageLoans:
    """Return the loans made during an outage, even if they were entered later."""
    own = (span for span in spans if span.outage == outage)
    return _split(row for span in own for row in log.lent_within(span.start, span.end))


def count_loans(outage: UUID, spans: Iterable[OutageSpan], log: LoanIndex) -> int:
    """Return the `count` of `outage_loans`, without reading the loans."""
    return sum(_count_within(span, log) for span in spans if span.outage == outage)


def count_loans_outside(spans: Iterable[OutageSpan], log: LoanIndex) -> int:
    """Count the loans made outside any declared outage."""
    return log.count_lent() - sum(_count_within(span, log) for span in spans)


@dataclass(frozen=True, slots=True)
class ReconciledOutage:
    """The loans and returns of an outage, and the progress of their reconciliation.

    `table` holds the loans, including voided loans, as a loan table; `rows` holds them as objects.
    `pending` is the number of pending loans, which are not in `rows`. `returns` maps the ids of
    returns to their desks, and `carts` counts the returns by desk and outcome.
    """

    table: Frame
    rows: Sequence[ReconciledLoan]
    pending: int
    returns: Mapping[UUID, str]
    carts: Sequence[CartCount]


def reconcile_outage(
    outage: UUID, outages: Iterable[OutageRecord], recorded: Sequence[Recorded], now: datetime
) -> ReconciledOutage:
    log = ReconciliationLog(recorded)
    own = [span for span in outage_spans(outages, now) if span.outage == outage]
    loans = outage_loans(outage, own, log.log)
    table = log.table(sorted((*loans.standing, *loans.void), key=lambda row: row.order))
    returns = [back for back in log.returns() if _is_within(own, back.returned.at)]
    return ReconciledOutage(
        table,
        list(table.row),
        sum(_is_within(own, loan.at) for loan in log.log.pending()),
        {back.returned.id: back.returned.desk for back in returns},
        cart_counts(log, returns),
    )


def count_refused(
    recorded: Iterable[Recorded], loans: Iterable[ReconciledLoan]
) -> tuple[Counter[str], int]:
    """Return the number of loans ever refused, by last reason, and the number of refusals.

    The reasons are the keys that `refused_loans` returns. A loan may be refused several times, once
    for each file or request.
    """
    own = {row.loan.id for row in loans}
    pairs = [pair for record in recorded for pair in refused_loans(record.entry)]
    refused = [(loan, key) for loan, key in pairs if loan in own]
    return Counter(dict(refused).values()), len(refused)


def last_settled(loans: Iterable[ReconciledLoan]) -> datetime | None:
    """Return when the last of these loans was settled (aware UTC).

    Return None if a loan is open, or if there are no loans. Voided loans are ignored.
    """
    standing = [row for row in loans if row.state is not ReconciliationState.VOID]
    settled = [row.settled[0] for row in standing if row.settled is not None]
    return max(settled, default=None) if len(settled) == len(standing) else None


def _count_within(span: OutageSpan, log: LoanIndex) -> int:
    return log.count_lent(span.start, span.end + _TICK)


def _span(record: OutageRecord, now: datetime) -> OutageSpan:
    over = record.over
    end = now if over is None else max(over.ended, over.at)
    return OutageSpan(record.declared.id, record.declared.begun, end)


def _outside(span: OutageSpan, taken: OutageSpan) -> Iterator[OutageSpan]:
    """Yield the parts of a span that are outside another span."""
    parts = (
        (span.start, min(span.end, taken.start - _TICK)),
        (max(span.start, taken.end + _TICK), span.end),
    )
    return (OutageSpan(span.outage, start, end) for start, end in parts if start <= end)


def _is_within(spans: Sequence[OutageSpan], at: datetime) -> bool:
    place = bisect_right(spans, at, key=attrgetter("start")) - 1
    return place >= 0 and at <= spans[place].end


def _split(rows: Iterable[LoanRow]) -> OutageLoans:
    every = [row for row in rows if row.repeats is None]
    return OutageLoans(
        tuple(row for row in every if row.is_valid), tuple(row for row in every if not row.is_valid)
    )


@dataclass(frozen=True, slots=True)
class ListWorth:
    """The usefulness of the lists of accounts and items, as numbers of loans.

    - `warned_refused`: a list warned about the loan, and Alma refused it.
    - `warned_taken`: a list warned about the loan, but Alma accepted it.
    - `missed`: no list warned about the loan, but Alma refused it for a reason in `LISTED`.
    - `unknowable`: no list warned about the loan, and Alma refused it for a reason that no list
      could have predicted, for example because somebody else has the item.
    """

    warned_refused: int = 0
    warned_taken: int = 0
    missed: int = 0
    unknowable: int = 0


def list_worth(rows: Iterable[ReconciledLoan]) -> ListWorth:
    """Count the refused loans, including voided loans, and the accepted loans with a warning."""
    warned_refused = warned_taken = missed = unknowable = 0
    for row in rows:
        warned, refusal = is_doubted(row.loan), row.history.refusal
        if refusal is None:
            warned_taken += warned and row.state is ReconciliationState.CONFIRMED
        elif warned:
            warned_refused += 1
        elif refusal[1] in LISTED:
            missed += 1
        else:
            unknowable += 1
    return ListWorth(warned_refused, warned_taken, missed, unknowable)


def is_doubted(loan: Loan) -> bool:
    """Return whether the desk was shown a reason why Alma may refuse the loan."""
    return any(advice.reason is not Reason.ITEM_SHORT_LOAN for advice in loan.told)
