"""Verifies loans through Alma's API.

Each patron's active loans are read first. Items that are not among these loans are then looked
up one by one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from procedure.circulation.transactions import Loan
from procedure.io.alma.batch import Progress, run_batch
from procedure.io.alma.client import AlmaApi
from procedure.journal import Journal
from procedure.reconciliation.alma_records import LoanFacts, PatronFacts
from procedure.reconciliation.journal_entries import LoanVerified
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.reconciliation.verification import VerificationResult, verify_loan


async def verify(
    api: AlmaApi, journal: Journal, rows: Iterable[ReconciledLoan], *, on_progress: Progress
) -> int:
    """Verify the rows by patron; return the number of patrons for whom Alma gave no answer.

    Raises:
        AlmaError: Alma failed to answer several times in a row, the quota is used up, or the key is
            refused.
    """
    by_patron: dict[str, list[ReconciledLoan]] = defaultdict(list)
    for row in rows:
        by_patron[row.corrected.patron].append(row)

    async def verify_patron(patron: str) -> None:
        user = await _read_patron(api, patron)
        for row in by_patron[patron]:
            result = await _verify_loan(api, user, row.corrected)
            await journal.record(
                LoanVerified(
                    id=api.new_id(),
                    at=api.now(),
                    loan=row.loan.id,
                    found=result.verification,
                    reason=result.reason,
                    due=result.due,
                )
            )

    requests = [lambda patron=patron: verify_patron(patron) for patron in by_patron]
    return await run_batch(requests, on_progress=on_progress)


@dataclass
class _PatronAccount:
    """Alma's data about a patron; the account and past loans are requested only when needed."""

    api: AlmaApi
    identifier: str
    known: bool
    active: dict[str, LoanFacts]
    _facts: PatronFacts | None = None
    _completed: list[LoanFacts] | None = None

    async def facts(self) -> PatronFacts:
        """Return the patron's account; its primary id is empty if Alma does not know the patron."""
        if self._facts is None:
            answer = await self.api.user(self.identifier) if self.known else None
            self._facts = PatronFacts("") if answer is None or answer.user is None else answer.user
        return self._facts

    async def completed_loans(self) -> list[LoanFacts]:
        """Return the completed loans that Alma has not anonymised."""
        if self._completed is None:
            loans = await self.api.loans(self.identifier, completed=True) if self.known else None
            self._completed = loans or []
        return self._completed


async def _read_patron(api: AlmaApi, patron: str) -> _PatronAccount:
    loans = await api.loans(patron)
    active = {loan.item: loan for loan in loans or ()}
    # Each loan contains the primary id of the patron's account.
    facts = PatronFacts(loans[0].user) if loans else None
    return _PatronAccount(api, patron, loans is not None, active, facts)


async def _verify_loan(api: AlmaApi, patron: _PatronAccount, loan: Loan) -> VerificationResult:
    active = patron.active.get(loan.item)
    if active is None:
        answer = await api.item(loan.item)
        active = None if answer.item is None else answer.item.loan
    if active is None:
        completed = await patron.completed_loans()
        return verify_loan(loan, None, None, now=api.now(), over=completed)
    return verify_loan(loan, active, await patron.facts(), now=api.now())
