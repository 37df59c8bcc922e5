"""What the lists of accounts and items were worth: their doubts, held against Alma's answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from procedure.circulation.list_advice import Reason
from procedure.circulation.transactions import Loan
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState

# The messages of Alma's report for which a list may have given the reason before.
LISTED = frozenset({"blocked", "item_not_found", "user_not_found", "not_loanable", "on_hold_shelf"})


@dataclass(frozen=True, slots=True)
class ListWorth:
    """How many loans that a desk was shown a doubt about Alma refused, and how many it took.

    Of the refused ones without a doubt, a list may have had the reason (`missed`), or none can have
    it: somebody else has the item since, say.
    """

    told_refused: int = 0
    told_taken: int = 0
    missed: int = 0
    unknowable: int = 0


def list_worth(rows: Iterable[ReconciledLoan]) -> ListWorth:
    """Count the loans that Alma has refused or taken; a void one counts as any other."""
    told_refused = told_taken = missed = unknowable = 0
    for row in rows:
        told, refusal = is_doubted(row.loan), row.history.refusal
        if refusal is None:
            told_taken += told and row.state is ReconciliationState.CONFIRMED
        elif told:
            told_refused += 1
        elif refusal[1] in LISTED:
            missed += 1
        else:
            unknowable += 1
    return ListWorth(told_refused, told_taken, missed, unknowable)


def is_doubted(loan: Loan) -> bool:
    """Return whether its desk was shown a reason for which Alma may refuse a loan."""
    return any(said.reason is not Reason.ITEM_SHORT_LOAN for said in loan.told)
