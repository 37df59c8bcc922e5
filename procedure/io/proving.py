"""The proof through Alma's API: every user's loans, then the items that are not among them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from procedure.alma_facts import LoanFacts, UserFacts
from procedure.circulation import Loan
from procedure.findings import Proved
from procedure.io.alma_api import AlmaApi
from procedure.io.errands import Errand, run_errands
from procedure.journal import Journal
from procedure.proof import Verdict, judge
from procedure.row_state import Row


async def prove(
    api: AlmaApi, journal: Journal, rows: Iterable[Row], *, tell: Callable[[int, int], None]
) -> int:
    """Prove rows one user after the other; return for how many users there was no answer.

    Raises:
        AlmaError: Alma gives no answers, the quota is used up, or the key is refused.
    """
    by_patron: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_patron[row.corrected.patron].append(row)
    errands = [_errand(api, journal, patron, those) for patron, those in by_patron.items()]
    return await run_errands(errands, tell=tell)


def _errand(api: AlmaApi, journal: Journal, patron: str, rows: list[Row]) -> Errand:
    async def errand() -> None:
        user = await _read(api, patron)
        for row in rows:
            verdict = await _verdict(api, user, row.corrected)
            entry = _proved(api, row, verdict)
            await asyncio.wrap_future(journal.submit(entry))

    return errand


@dataclass
class _User:
    """What is asked about a user while rows are proved, each thing once."""

    identifier: str
    active: dict[str, LoanFacts]
    facts: UserFacts | None
    over: list[LoanFacts] | None = None


async def _read(api: AlmaApi, patron: str) -> _User:
    loans = await api.loans(patron)
    active = {loan.item: loan for loan in loans or ()}
    seen = await api.user(patron) if loans is not None else None
    return _User(patron, active, None if seen is None else seen.user)


async def _verdict(api: AlmaApi, user: _User, loan: Loan) -> Verdict:
    held = user.active.get(loan.item)
    if held is not None and user.facts is not None:
        return judge(loan, held, user.facts, now=api.now())
    seen = await api.item(loan.item)
    held = None if seen.item is None else seen.item.loan
    if held is None and user.facts is not None and user.over is None:
        user.over = await api.loans(user.identifier, over=True) or []
    # A user who is not known here can hold nothing: whoever has the item is somebody else.
    facts = user.facts or UserFacts("")
    return judge(loan, held, facts, now=api.now(), over=user.over or ())


def _proved(api: AlmaApi, row: Row, verdict: Verdict) -> Proved:
    return Proved(
        *(api.new_id(), api.now(), row.loan.id, verdict.found, verdict.reason, verdict.due),
    )
