"""Signing off the reconciliation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from procedure.errors import TransactionRefused
from procedure.pandas_types import Frame
from procedure.reconciliation.journal_entries import SignedOff
from procedure.reconciliation.reconciled_loan import (
    NOT_IN_ALMA,
    SETTLED,
    ReconciledLoan,
    ReconciliationState,
)
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.stage_counts import StageCounts, count_stages


def current_rows(table: Frame, signed: Sequence[SignedOff]) -> Frame:
    """Return the rows of a loan table that are shown and counted.

    Rows covered by a signature are left out once there are newer loans, as long as the rows are
    still settled.
    """
    standing = table.position[table.state != ReconciliationState.VOID]
    newest = (table.position if standing.empty else standing).max()
    until = max((entry.position for entry in signed if entry.position < newest), default=0)
    covered = (table.position <= until) & table.state.isin(SETTLED)
    return table[~covered].reset_index(drop=True)


def current_counts(reconciliation: ReconciliationLog) -> StageCounts:
    """Count the current rows by stage."""
    return count_stages(current_rows(reconciliation.table(), reconciliation.signed))


def sign(
    reconciliation: ReconciliationLog,
    *,
    entry_id: UUID,
    at: datetime,
    operator: str,
    workstation: str = "",
) -> SignedOff:
    """Return the entry that records a signature; `at` is the current time (aware).

    Raises:
        TransactionRefused: the name is missing, there are no rows, or there are unsettled rows or
            pending loans.
    """
    name, counts = " ".join(operator.split()), reconciliation.states()
    if not name or not name.isprintable():
        raise TransactionRefused("operator_missing", "Say who is signing.")
    if not counts:
        raise TransactionRefused("nothing_to_sign", "There are no loans to sign off.")
    total = counts.total() - counts[ReconciliationState.VOID]
    if left := counts.total() - sum(counts[state] for state in SETTLED):
        text = f"Unsettled rows: {left} of {total}. Settle them, then sign."
        raise TransactionRefused("not_settled", text)
    if pending := len(reconciliation.log.pending()):
        text = f"Loans waiting for a forgotten card: {pending}. Complete or void them, then sign."
        raise TransactionRefused("card_missing", text)
    lacking = [row.loan.id for row in reconciliation.rows() if row.reason == NOT_IN_ALMA]
    states = tuple(sorted((state.value, count) for state, count in counts.items()))
    return SignedOff(
        id=entry_id,
        at=at,
        operator=name,
        states=states,
        position=reconciliation.position,
        workstation=workstation,
        lacking=tuple(lacking),
    )


def signature_for(signed: Iterable[SignedOff], rows: Sequence[ReconciledLoan]) -> SignedOff | None:
    """Return the first signature that covers all these rows, or None."""
    last = max((row.log.position for row in rows), default=0)
    return next((signature for signature in signed if rows and signature.position >= last), None)


def without_earlier(
    signed: Iterable[SignedOff], table: Frame
) -> Iterator[tuple[SignedOff, Counter[str], bool]]:
    """Yield each signature with a count of the rows that it covers and the previous one does not.

    The count is by state at the time of signing. It may be negative for a state, because earlier
    rows may have left that state. The third value says whether all these rows are still settled in
    the loan table.
    """
    since, before = 0, Counter[str]()
    for entry in signed:
        rows = table[(table.position > since) & (table.position <= entry.position)]
        counts = Counter(dict(entry.states))
        counts.subtract(before)
        yield entry, counts, bool(rows.state.isin(SETTLED).all())
        since, before = entry.position, Counter(dict(entry.states))


def is_current(signed: SignedOff, table: Frame) -> bool:
    """Return whether the counts of a loan table still equal the signed counts."""
    return dict(signed.states) == _states(table)


def _states(table: Frame) -> dict[str, int]:
    """Count the rows by state, in the format of a signature."""
    return {str(state): int(n) for state, n in table.state.value_counts().items() if n}
