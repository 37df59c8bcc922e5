"""Looks up every item and user of the loans in Alma, once each, for the forecast."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from procedure.circulation.transactions import Loan
from procedure.io.alma.batch import Progress, Request, run_batch
from procedure.io.alma.client import AlmaApi
from procedure.journal import Journal
from procedure.reconciliation.alma_records import ItemSeen, UserSeen
from procedure.reconciliation.reconciliation_log import ReconciliationLog


async def look_up(
    api: AlmaApi,
    journal: Journal,
    log: ReconciliationLog,
    loans: Iterable[Loan],
    *,
    since: datetime,
    on_progress: Progress,
) -> int:
    """Look up what was not looked up since an instant; return how many had no answer.

    Each answer is in the journal before the next request of its worker, so that a run that was
    killed continues where it was.

    Raises:
        AlmaError: Alma does not answer, the quota is used up, or the key is refused.
    """
    loans = list(loans)

    def requests(
        keys: Iterable[str],
        seen: Mapping[str, ItemSeen | UserSeen],
        get: Callable[[str], Awaitable[ItemSeen | UserSeen]],
    ) -> list[Request]:
        async def record(key: str) -> None:
            await journal.record(await get(key))

        return [
            lambda key=key: record(key)
            for key in dict.fromkeys(keys)
            if key not in seen or seen[key].at < since
        ]

    items = requests((loan.item for loan in loans), log.items, api.item)
    users = requests((loan.patron for loan in loans), log.users, api.user)
    return await run_batch(items + users, on_progress=on_progress)
