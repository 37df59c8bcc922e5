"""What the way back asks of Alma, whoever makes the calls: the process's own, or a test's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from procedure.circulation.settlement import ReturnAnswered
from procedure.circulation.transactions import Loan
from procedure.errors import AlmaKeyRefused
from procedure.reconciliation.entries import LoanAnswered
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.row_state import ReconciledLoan

Tell = Callable[[int, int], None]


class AlmaClient(Protocol):
    """Alma's API as the page uses it; each answer is in the journal before the next question.

    Every call may raise `AlmaError`; `tell` is called with how many of how many are done. The
    calls that ask much return how many questions had no answer.
    """

    @property
    def reads(self) -> bool:
        """Whether there is a key to read with."""
        ...

    @property
    def writes(self) -> bool:
        """Whether there is a key to lend with."""
        ...

    async def look_up(
        self, found: ReconciliationLog, loans: Iterable[Loan], *, since: datetime, tell: Tell
    ) -> int:
        """Ask about every item and user that was not asked about since an instant."""
        ...

    async def prove(self, rows: Iterable[ReconciledLoan], *, tell: Tell) -> int:
        """Ask where each row is."""
        ...

    async def lend(
        self, loan: UUID, *, library: str, workstation: str, operator: str | None
    ) -> LoanAnswered:
        """Make one refused loan, dated now; see `procedure.io.alma.create_loan.lend_by_api`."""
        ...

    async def settle(self, loan: UUID) -> LoanAnswered | None:
        """Find out what became of a loan that was sent and not answered."""
        ...

    async def scan_in(
        self, back: UUID, *, library: str, workstation: str, operator: str | None
    ) -> ReturnAnswered:
        """Return one book of the carts, now; see `procedure.io.alma.return_item.scan_in_by_api`."""
        ...

    async def settle_scan(self, back: UUID) -> ReturnAnswered | None:
        """Find out what became of a return that was sent and not answered."""
        ...


class NoAlma:
    """No key is set: nothing is asked, and what needs Alma stays unchecked."""

    reads = False
    writes = False

    async def look_up(self, *_: object, **__: object) -> int:
        """Ask nothing."""
        raise AlmaKeyRefused(_NO_KEY)

    prove = look_up

    async def lend(self, *_: object, **__: object) -> LoanAnswered:
        """Lend nothing."""
        raise AlmaKeyRefused(_NO_KEY)

    settle = lend

    async def scan_in(self, *_: object, **__: object) -> ReturnAnswered:
        """Return nothing."""
        raise AlmaKeyRefused(_NO_KEY)

    settle_scan = scan_in


_NO_KEY = "There is no key for Alma's API: set RELAIS_ALMA_KEY."
