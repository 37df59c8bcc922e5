"""Makes the dashboard's requests to Alma's API."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from procedure.circulation.settlements import ReturnAnswered
from procedure.circulation.transactions import Loan, Return
from procedure.errors import AlmaKeyRefused
from procedure.io.alma.batch import Progress, Request, run_batch
from procedure.io.alma.client import AlmaApi, Keys
from procedure.io.alma.create_loan import create_loan, settle
from procedure.io.alma.return_item import return_item, settle_scan, still_lent
from procedure.io.alma.verify import verify
from procedure.journal import Journal
from procedure.readiness.readiness import KeyState
from procedure.reconciliation.alma_records import ItemSeen, PatronSeen
from procedure.reconciliation.journal_entries import LoanAnswered
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.reconciliation.reconciliation_log import ReconciliationLog

NO_ITEM = "relais-doctor"  # no library has this item: looking it up checks the key


@dataclass
class AlmaService:
    """Makes the requests that reconciliation needs; each method opens and closes an API client.

    Every method may raise `AlmaError`. Results are recorded in `journal`, except the results of
    `check_key` and `still_lent`. `key_state` is the result of the last `check_key` that Alma
    answered.
    """

    open_api: Callable[[], AbstractAsyncContextManager[AlmaApi]]
    keys: Keys
    journal: Journal
    key_state: KeyState = field(default=KeyState.UNKNOWN, init=False)

    def __post_init__(self) -> None:
        if not self.reads:
            self.key_state = KeyState.NONE

    @property
    def reads(self) -> bool:
        """Whether there is a key for reading."""
        return bool(self.keys.read)

    @property
    def writes(self) -> bool:
        """Whether there are keys for reading and for writing."""
        return bool(self.keys.read and self.keys.write)

    async def check_key(self) -> None:
        """Send one request to check the key; raise `AlmaError` unless Alma accepts the key."""
        try:
            async with self.open_api() as api:
                await api.item(NO_ITEM)
        except AlmaKeyRefused:
            self.key_state = KeyState.REFUSED
            raise
        self.key_state = KeyState.ACCEPTED

    async def look_up(
        self,
        log: ReconciliationLog,
        loans: Iterable[Loan],
        *,
        since: datetime,
        on_progress: Progress,
    ) -> int:
        async with self.open_api() as api:
            return await look_up(
                api, self.journal, log, loans, since=since, on_progress=on_progress
            )

    async def verify(self, rows: Iterable[ReconciledLoan], *, on_progress: Progress) -> int:
        async with self.open_api() as api:
            return await verify(api, self.journal, rows, on_progress=on_progress)

    async def still_lent(self, returns: Iterable[Return]) -> set[UUID]:
        async with self.open_api() as api:
            return await still_lent(api, returns)

    async def lend(
        self, loan: UUID, *, library: str, workstation: str, operator: str | None
    ) -> LoanAnswered:
        async with self.open_api() as api:
            return await create_loan(
                api,
                self.journal,
                loan,
                library=library,
                workstation=workstation,
                operator=operator,
            )

    async def settle(self, loan: UUID) -> LoanAnswered | None:
        async with self.open_api() as api:
            return await settle(api, self.journal, loan)

    async def scan_in(
        self, return_id: UUID, *, library: str, workstation: str, operator: str | None
    ) -> ReturnAnswered:
        async with self.open_api() as api:
            return await return_item(
                api,
                self.journal,
                return_id,
                library=library,
                workstation=workstation,
                operator=operator,
            )

    async def settle_scan(self, return_id: UUID) -> ReturnAnswered | None:
        async with self.open_api() as api:
            return await settle_scan(api, self.journal, return_id)


async def look_up(
    api: AlmaApi,
    journal: Journal,
    log: ReconciliationLog,
    loans: Iterable[Loan],
    *,
    since: datetime,
    on_progress: Progress,
) -> int:
    """Look up the loans' items and patrons, except those looked up at `since` (aware) or later.

    Return the number of requests that got no answer. Each answer is recorded as soon as it arrives,
    so that an interrupted run can be resumed.

    Raises:
        AlmaError: Alma does not answer, the quota is used up, or the key is refused.
    """
    loans = list(loans)

    def requests(
        keys: Iterable[str],
        answers: Mapping[str, ItemSeen | PatronSeen],
        get: Callable[[str], Awaitable[ItemSeen | PatronSeen]],
    ) -> list[Request]:
        async def record(key: str) -> None:
            await journal.record(await get(key))

        return [
            lambda key=key: record(key)
            for key in dict.fromkeys(keys)
            if key not in answers or answers[key].at < since
        ]

    items = requests((loan.item for loan in loans), log.items, api.item)
    users = requests((loan.patron for loan in loans), log.patrons, api.user)
    return await run_batch(items + users, on_progress=on_progress)
