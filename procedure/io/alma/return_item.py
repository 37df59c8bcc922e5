"""Checks in a book from a cart through Alma's API, at most once, after somebody has confirmed it.

Books are usually checked in on Alma's own screen, which shows where each book goes next.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from procedure.circulation.settlements import RequestOutcome, ReturnAnswered, ReturnRequested
from procedure.circulation.transactions import Return
from procedure.errors import AlmaUnavailable, TransactionRefused
from procedure.io.alma.batch import run_batch
from procedure.io.alma.client import AlmaApi
from procedure.io.alma.create_loan import SETTLED
from procedure.io.alma.send_once import keep, record_request, send_once
from procedure.journal import Journal
from procedure.reconciliation.alma_records import ItemFacts
from procedure.reconciliation.carts import carted_items
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog

# Kinds of entries that may concern the book or its loans. If such an entry has been recorded since
# the journal was read, the request is refused, and somebody must look and confirm again.
_CONFLICTING_KINDS = (
    "loan",
    "void",
    "export",
    "corrected",
    "scan_intended",
    "scan_answered",
    "return_resolved",
)
_NOT_ON_LOAN = "402504"


async def return_item(
    api: AlmaApi,
    journal: Journal,
    return_id: UUID,
    *,
    library: str,
    workstation: str = "",
    operator: str | None = None,
) -> ReturnAnswered:
    """Check in one book from a cart through Alma's API, at the cart's desk.

    Raises:
        TransactionRefused: there is no such return, its earlier request is not settled, or newer
            entries may affect the decision; or the book is not on a cart, cannot be returned safely
            yet, is unknown to Alma or has been lent since.
        RequestOutcomeUnknown: the connection broke; `settle_scan` can find the outcome later.
        AlmaError: any other error; the book was not checked in.
    """
    log, row = _returnable(journal, return_id)
    answer = await api.item(row.item)
    if answer.item is None:
        raise TransactionRefused("item_not_found", "Alma has no item with this barcode.")
    if _lent_since(answer.item, row.at):
        raise TransactionRefused(
            "lent_since", "It has been lent since: returning it would end that loan."
        )
    intent = ReturnRequested(
        id=api.new_id(), at=api.now(), back=return_id, workstation=workstation, operator=operator
    )
    moved = "Something has been recorded in the meantime: look again, then confirm."
    record_request(journal, intent, (_CONFLICTING_KINDS, log.position), moved)
    request = _request(api, intent, answer.item, desk=row.desk, library=library)
    return await send_once(journal, request, partial(_answer, api, intent))


def _returnable(journal: Journal, return_id: UUID) -> tuple[ReconciliationLog, Return]:
    log = ReconciliationLog(journal.since(kinds=KINDS))
    known = log.log.find_return(return_id)
    if known is None:
        raise TransactionRefused("return_unknown", "The log has no return with this id.")
    scan = log.log.settlements.attempts.get(return_id)
    if scan is not None and scan.open:
        raise TransactionRefused(
            "fate_unknown",
            "This return was already sent, and the outcome is unknown: settle it first.",
        )
    rows = [item for item in carted_items(log, log.log.returns()) if item.returned.id == return_id]
    if not rows:
        raise TransactionRefused("not_on_cart", "This book is no longer on a cart.")
    if not rows[0].safe:
        raise TransactionRefused(
            "not_safe", "A loan of this book may not be in Alma yet: it would be lost."
        )
    return log, known


async def still_lent(api: AlmaApi, returns: Iterable[Return]) -> set[UUID]:
    """Return the ids of the returns whose books are still on an earlier loan in Alma.

    Raises:
        AlmaError: Alma did not answer for every item.
    """
    lent: set[UUID] = set()

    async def look(returned: Return) -> None:
        item = (await api.item(returned.item)).item
        if item is not None and item.loan is not None and not _lent_since(item, returned.at):
            lent.add(returned.id)

    def on_progress(done: int, of: int) -> None:
        del done, of

    if await run_batch([partial(look, back) for back in returns], on_progress=on_progress):
        raise AlmaUnavailable("Alma did not answer for every item.")
    return lent


def _lent_since(item: ItemFacts, at: datetime) -> bool:
    return item.loan is not None and item.loan.lent_at is not None and item.loan.lent_at > at


async def _request(
    api: AlmaApi, intent: ReturnRequested, item: ItemFacts, *, desk: str, library: str
) -> ReturnAnswered:
    code = await api.scan_in(item, desk=desk, library=library)
    fate = RequestOutcome.MADE if code in ("", _NOT_ON_LOAN) else RequestOutcome.REFUSED
    return _answer(api, intent, fate, code)


async def settle_scan(api: AlmaApi, journal: Journal, return_id: UUID) -> ReturnAnswered | None:
    """Record and return the outcome of an unanswered scan, or return None if it is still unknown.

    Nothing is sent again. If Alma no longer has the loan that the scan was to end, the return was
    made; if it still has that loan after `SETTLED`, the scan never arrived.

    Raises:
        TransactionRefused: there is no unanswered scan, or Alma does not know the barcode.
        AlmaError: Alma does not answer.
    """
    log = ReconciliationLog(journal.since(kinds=KINDS)).log
    scan = log.settlements.attempts.get(return_id)
    known = log.find_return(return_id)
    if scan is None or not scan.open or known is None:
        raise TransactionRefused("nothing_sent", "No scan of this return is waiting to be settled.")
    item = (await api.item(known.item)).item
    if item is None:
        raise TransactionRefused("item_not_found", "Alma has no item with this barcode.")
    if item.loan is not None and not _lent_since(item, scan.intent.at):
        if api.now() - scan.intent.at < SETTLED:
            return None
        answer = _answer(api, scan.intent, RequestOutcome.NEVER_ARRIVED)
    else:
        answer = _answer(api, scan.intent, RequestOutcome.MADE)
    await keep(journal, answer)
    return answer


def _answer(
    api: AlmaApi, intent: ReturnRequested, fate: RequestOutcome, code: str = ""
) -> ReturnAnswered:
    return ReturnAnswered(api.new_id(), api.now(), intent.id, intent.back, fate, code)
