"""The proof through Alma's API: every user's loans, then the items that are not among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from procedure.circulation.transactions import Loan
from procedure.io.alma.batch import Errand, run_errands
from procedure.io.alma.client import AlmaApi
from procedure.journal import Journal
from procedure.reconciliation.alma_records import LoanFacts, UserFacts
from procedure.reconciliation.entries import LoanVerified
from procedure.reconciliation.row_state import ReconciledLoan
from procedure.reconciliation.verification import VerificationResult, verify_loan


async def prove(
    api: AlmaApi,
    journal: Journal,
    rows: Iterable[ReconciledLoan],
    *,
    tell: Callable[[int, int], None],
) -> int:
    """Prove rows one user after the other; return for how many users there was no answer.

    Raises:
        AlmaError: Alma gives no answers, the quota is used up, or the key is refused.
    """
    by_patron: dict[str, list[ReconciledLoan]] = defaultdict(list)
    for row in rows:
        by_patron[row.corrected.patron].append(row)
    errands = [_errand(api, journal, patron, those) for patron, those in by_patron.items()]
    return await run_errands(errands, tell=tell)


def _errand(api: AlmaApi, journal: Journal, patron: str, rows: list[ReconciledLoan]) -> Errand:
    async def errand() -> None:
        user = await _read(api, patron)
        for row in rows:
            verdict = await _verdict(api, user, row.corrected)
            entry = _proved(api, row, verdict)
            await journal.record(entry)

    return errand


@dataclass
class _User:
    """What is asked about a user while rows are proved, each thing once and only when needed."""

    api: AlmaApi
    identifier: str
    known: bool
    active: dict[str, LoanFacts]
    _facts: UserFacts | None = None
    _over: list[LoanFacts] | None = None

    async def facts(self) -> UserFacts:
        """Return the account; one that is not known here can hold nothing, and is nobody's."""
        if self._facts is None:
            seen = await self.api.user(self.identifier) if self.known else None
            self._facts = UserFacts("") if seen is None or seen.user is None else seen.user
        return self._facts

    async def over(self) -> list[LoanFacts]:
        """Return the loans that are over, as far as Alma has not forgotten whose they were."""
        if self._over is None:
            found = await self.api.loans(self.identifier, over=True) if self.known else None
            self._over = found or []
        return self._over


async def _read(api: AlmaApi, patron: str) -> _User:
    loans = await api.loans(patron)
    active = {loan.item: loan for loan in loans or ()}
    # Each of a user's loans names the account, under its primary id.
    facts = UserFacts(loans[0].user) if loans else None
    return _User(api, patron, loans is not None, active, facts)


async def _verdict(api: AlmaApi, user: _User, loan: Loan) -> VerificationResult:
    held = user.active.get(loan.item)
    if held is None:
        seen = await api.item(loan.item)
        held = None if seen.item is None else seen.item.loan
    if held is None:
        return verify_loan(loan, None, None, now=api.now(), over=await user.over())
    return verify_loan(loan, held, await user.facts(), now=api.now())


def _proved(api: AlmaApi, row: ReconciledLoan, verdict: VerificationResult) -> LoanVerified:
    return LoanVerified(
        *(api.new_id(), api.now(), row.loan.id, verdict.found, verdict.reason, verdict.due),
    )
