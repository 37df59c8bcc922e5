"""What the reconciliation asks of Alma, whoever makes the calls: the process's own, or a test's."""

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
from procedure.reconciliation.reconciled_loan import ReconciledLoan

Progress = Callable[[int, int], None]  # called with the requests done and all requests


class AlmaClient(Protocol):
    """Alma's API as the page uses it; each answer is in the journal before the next question.

    Every call may raise `AlmaError`. The calls that
    send many requests return how many had no answer.
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
        self,
        found: ReconciliationLog,
        loans: Iterable[Loan],
        *,
        since: datetime,
        on_progress: Progress,
    ) -> int:
        """Ask about every item and user that was not asked about since an instant."""
        ...

    async def verify(self, rows: Iterable[ReconciledLoan], *, on_progress: Progress) -> int:
        """Ask where each row is."""
        ...

    async def lend(
        self, loan: UUID, *, library: str, workstation: str, operator: str | None
    ) -> LoanAnswered:
        """Make one refused loan, dated now; see `procedure.io.alma.create_loan.create_loan`."""
        ...

    async def settle(self, loan: UUID) -> LoanAnswered | None:
        """Find out what became of a loan that was sent and not answered."""
        ...

    async def scan_in(
        self, back: UUID, *, library: str, workstation: str, operator: str | None
    ) -> ReturnAnswered:
        """Return one book of the carts, now; see `procedure.io.alma.return_item.return_item`."""
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

    verify = look_up

    async def lend(self, *_: object, **__: object) -> LoanAnswered:
        """Lend nothing."""
        raise AlmaKeyRefused(_NO_KEY)

    settle = lend

    async def scan_in(self, *_: object, **__: object) -> ReturnAnswered:
        """Return nothing."""
        raise AlmaKeyRefused(_NO_KEY)

    settle_scan = scan_in


_NO_KEY = "There is no key for Alma's API: set RELAIS_ALMA_KEY."
