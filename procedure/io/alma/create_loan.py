"""Creates a loan through Alma's API, once, after somebody has confirmed it.

The intent is recorded before the request is sent. If a crash or a broken connection leaves the
request without an answer, the loan must be looked up in Alma before it can be requested again.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

from procedure.circulation.settlements import RequestOutcome
from procedure.errors import TransactionRefused
from procedure.io.alma.client import AlmaApi
from procedure.io.alma.send_once import keep, record_request, send_once
from procedure.journal import Journal
from procedure.reconciliation.journal_entries import LoanAnswered, LoanRequested
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog

# If a request has had no effect in Alma after this time, it never arrived, because its connection
# was closed long before.
SETTLED = timedelta(minutes=2)
# If an entry of one of these kinds has been recorded since the journal was read, the request is not
# sent, and the decision must be made again.
_CONFLICTING_KINDS = (
    "loan_intended",
    "loan_answered",
    "export",
    "resolved",
    "void",
    "corrected",
    "report_taken",
    "uploaded",
    "proved",
)


async def create_loan(
    api: AlmaApi,
    journal: Journal,
    loan: UUID,
    *,
    library: str,
    workstation: str = "",
    operator: str | None = None,
) -> LoanAnswered:
    """Create a refused loan in Alma, with its corrections and today's date; return the outcome.

    Raises:
        TransactionRefused: the row is unknown, doubtful or not refused, an earlier request for it
            is not settled, or newer entries may affect the decision.
        RequestOutcomeUnknown: the connection broke; `settle` finds the outcome later.
        AlmaError: nothing was done.
    """
    log = ReconciliationLog(journal.since(kinds=KINDS))
    row = _refused_row(log, loan)
    intent = LoanRequested(
        id=api.new_id(), at=api.now(), loan=loan, workstation=workstation, operator=operator
    )
    moved = "Somebody else is repairing rows: look again, then confirm."
    record_request(journal, intent, (_CONFLICTING_KINDS, log.position), moved)
    request = _request(api, row, intent, library)
    return await send_once(journal, request, partial(_answer, api, intent))


def _refused_row(log: ReconciliationLog, loan: UUID) -> ReconciledLoan:
    row = log.row(loan)
    if row is None:
        raise TransactionRefused("loan_unknown", "The log has no loan with this id.")
    if row.history.open_intent is not None:
        raise TransactionRefused(
            "fate_unknown",
            "This loan was already sent, and the outcome is unknown: settle it first.",
        )
    if row.state is not ReconciliationState.REFUSED or not row.log.is_valid:
        raise TransactionRefused(
            "not_refused", f"This row is {row.state}: there is nothing to repair."
        )
    if row.is_to_check:
        raise TransactionRefused(
            "to_check", "This scan is doubtful: first decide whether it is right."
        )
    return row


async def _request(
    api: AlmaApi, row: ReconciledLoan, intent: LoanRequested, library: str
) -> LoanAnswered:
    made, code = await api.lend(row.corrected, library=library)
    fate, due = (RequestOutcome.REFUSED, None) if made is None else (RequestOutcome.MADE, made.due)
    return LoanAnswered(api.new_id(), api.now(), intent.id, intent.loan, fate, code, due)


async def settle(api: AlmaApi, journal: Journal, loan: UUID) -> LoanAnswered | None:
    """Record and return an unanswered request's outcome, or return None if it is still unknown.

    This changes nothing in Alma; it only looks up who has the item now.

    Raises:
        TransactionRefused: there is no unanswered request for this loan.
        AlmaError: Alma does not answer.
    """
    row = ReconciliationLog(journal.since(kinds=KINDS)).row(loan)
    intent = None if row is None else row.history.open_intent
    if row is None or intent is None:
        raise TransactionRefused(
            "nothing_sent", "No request for this loan is waiting to be settled."
        )
    item, user = await api.item(row.corrected.item), await api.user(row.corrected.patron)
    active = None if item.item is None else item.item.loan
    if active is not None and user.user is not None and active.user == user.user.primary_id:
        answer = LoanAnswered(
            api.new_id(), api.now(), intent.id, loan, RequestOutcome.MADE, "", active.due
        )
    elif api.now() - intent.at < SETTLED:
        return None
    else:
        answer = _answer(api, intent, RequestOutcome.NEVER_ARRIVED)
    await keep(journal, answer)
    return answer


def _answer(api: AlmaApi, intent: LoanRequested, fate: RequestOutcome) -> LoanAnswered:
    return LoanAnswered(api.new_id(), api.now(), intent.id, intent.loan, fate)
