"""What a page asks of Alma: each errand opens a line of its own and keeps what it learns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procedure.circulation.settlement import ReturnAnswered
from procedure.circulation.transactions import Loan
from procedure.io.alma.client import AlmaApi, Keys
from procedure.io.alma.create_loan import lend_by_api, settle
from procedure.io.alma.lookup import look_up
from procedure.io.alma.return_item import scan_in_by_api, settle_scan
from procedure.io.alma.verify import prove
from procedure.journal import Journal
from procedure.reconciliation.entries import LoanAnswered
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.row_state import ReconciledLoan

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class AlmaService:
    """The errands of the way back over one institution's API; `open_line` gives it for one errand.

    Every errand may raise `AlmaError`.
    """

    open_line: Callable[[], AbstractAsyncContextManager[AlmaApi]]
    keys: Keys
    journal: Journal

    @property
    def reads(self) -> bool:
        """Whether there is a key to read with."""
        return bool(self.keys.read)

    @property
    def writes(self) -> bool:
        """Whether there is a key to lend with."""
        return bool(self.keys.read and self.keys.write)

    async def look_up(
        self, found: ReconciliationLog, loans: Iterable[Loan], *, since: datetime, tell: Tell
    ) -> int:
        """Ask about items and users; see `procedure.io.alma.lookup`."""
        async with self.open_line() as api:
            return await look_up(api, self.journal, found, loans, since=since, tell=tell)

    async def prove(self, rows: Iterable[ReconciledLoan], *, tell: Tell) -> int:
        """Prove rows; see `procedure.io.alma.verify`."""
        async with self.open_line() as api:
            return await prove(api, self.journal, rows, tell=tell)

    async def lend(
        self, loan: UUID, *, library: str, workstation: str, operator: str | None
    ) -> LoanAnswered:
        """Make one refused loan, dated now; see `procedure.io.alma.create_loan`."""
        async with self.open_line() as api:
            return await lend_by_api(
                *(api, self.journal, loan),
                library=library,
                workstation=workstation,
                operator=operator,
            )

    async def settle(self, loan: UUID) -> LoanAnswered | None:
        """Find out what became of a loan that was sent and not answered."""
        async with self.open_line() as api:
            return await settle(api, self.journal, loan)

    async def scan_in(
        self, back: UUID, *, library: str, workstation: str, operator: str | None
    ) -> ReturnAnswered:
        """Return one book of the carts; see `procedure.io.alma.return_item`."""
        async with self.open_line() as api:
            return await scan_in_by_api(
                *(api, self.journal, back),
                library=library,
                workstation=workstation,
                operator=operator,
            )

    async def settle_scan(self, back: UUID) -> ReturnAnswered | None:
        """Find out what became of a return that was sent and not answered."""
        async with self.open_line() as api:
            return await settle_scan(api, self.journal, back)
