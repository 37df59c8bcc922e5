"""A request with an effect: written down before it leaves, its answer after; never sent twice.

Whoever finds an intent without an answer, after a crash or a broken line, looks in Alma first and
sends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from procedure.circulation.settlement import RequestOutcome, ReturnAnswered, ReturnRequested
from procedure.errors import AlmaError, JournalMoved, RequestOutcomeUnknown, TransactionRefused
from procedure.journal import Journal, Newest
from procedure.reconciliation.entries import LoanAnswered, LoanRequested

_A = TypeVar("_A", LoanAnswered, ReturnAnswered)


def record_request(
    journal: Journal, intent: LoanRequested | ReturnRequested, decided_on: Newest, moved: str
) -> None:
    """Write down what is about to be sent, unless what it was decided on has changed since.

    Raises:
        TransactionRefused: it has (`moved` says so): two people at two screens, the second one
            reads again.
    """
    try:
        journal.append(intent, unless_newer=decided_on)
    except JournalMoved:
        raise TransactionRefused("row_moved", moved) from None


async def send_once(
    journal: Journal, request: Awaitable[_A], fate: Callable[[RequestOutcome], _A]
) -> _A:
    """Send what was intended, and write down what became of it; `fate` is an answer that says so.

    Raises:
        FateUnknown: the line broke; it may have been done.
        AlmaError: nothing was done.
    """
    try:
        answer = await request
    except RequestOutcomeUnknown:
        await keep(journal, fate(RequestOutcome.UNKNOWN))
        raise
    except AlmaError:
        await keep(journal, fate(RequestOutcome.NEVER_ARRIVED))
        raise
    await keep(journal, answer)
    return answer


async def keep(journal: Journal, answer: LoanAnswered | ReturnAnswered) -> None:
    """Write an answer down, without holding up the loop."""
    await asyncio.wrap_future(journal.submit(answer))
