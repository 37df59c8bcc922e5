"""Sends a request to Alma at most once, recording it first and its answer afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from procedure.circulation.settlements import RequestOutcome, ReturnAnswered, ReturnRequested
from procedure.errors import AlmaError, JournalMoved, RequestOutcomeUnknown, TransactionRefused
from procedure.journal import Journal, Newest
from procedure.reconciliation.journal_entries import LoanAnswered, LoanRequested

_A = TypeVar("_A", LoanAnswered, ReturnAnswered)


def record_request(
    journal: Journal, intent: LoanRequested | ReturnRequested, decided_on: Newest, moved: str
) -> None:
    """Record a request about to be sent, unless newer entries may affect the decision to send it.

    Raises:
        TransactionRefused: newer entries may affect the decision, for example because somebody
            acted on another screen; the error's message is `moved`.
    """
    try:
        journal.append(intent, unless_newer=decided_on)
    except JournalMoved:
        raise TransactionRefused("row_moved", moved) from None


async def send_once(
    journal: Journal, request: Awaitable[_A], fate: Callable[[RequestOutcome], _A]
) -> _A:
    """Send a recorded request; record and return its answer.

    If Alma gives no answer, `fate` is called with the outcome, and the entry that it returns is
    recorded instead.

    Raises:
        RequestOutcomeUnknown: the connection broke; Alma may have carried out the request.
        AlmaError: any other error; Alma did not carry out the request.
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
    """Record an answer without blocking the event loop."""
    await asyncio.wrap_future(journal.submit(answer))
