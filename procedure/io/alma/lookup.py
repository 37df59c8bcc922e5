"""The pre-flight's questions: every item and every user that a loan names, asked once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from procedure.circulation.transactions import Loan
from procedure.io.alma.batch import Errand, run_errands
from procedure.io.alma.client import AlmaApi
from procedure.journal import Journal
from procedure.reconciliation.alma_records import ItemSeen, UserSeen
from procedure.reconciliation.log import ReconciliationLog


async def look_up(
    api: AlmaApi,
    journal: Journal,
    found: ReconciliationLog,
    loans: Iterable[Loan],
    *,
    since: datetime,
    tell: Callable[[int, int], None],
) -> int:
    """Ask Alma about what was not asked since an instant; return how many had no answer.

    Each answer is in the journal before the next question of its worker, so that a run that was
    killed is taken up where it was.

    Raises:
        AlmaError: Alma gives no answers, the quota is used up, or the key is refused.
    """
    loans = list(loans)
    items = [one for one in dict.fromkeys(loan.item for loan in loans)
             if not _fresh(found.items.get(one), since)]  # fmt: skip
    users = [one for one in dict.fromkeys(loan.patron for loan in loans)
             if not _fresh(found.users.get(one), since)]  # fmt: skip
    errands = [_keeping(journal, api.item, one) for one in items]
    errands += [_keeping(journal, api.user, one) for one in users]
    return await run_errands(errands, tell=tell)


def _fresh(seen: ItemSeen | UserSeen | None, since: datetime) -> bool:
    return seen is not None and seen.at >= since


def _keeping(
    journal: Journal, ask: Callable[[str], Awaitable[ItemSeen | UserSeen]], about: str
) -> Errand:
    async def errand() -> None:
        await journal.record(await ask(about))

    return errand
