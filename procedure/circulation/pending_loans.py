"""Loans that wait for their user's identifier: a forgotten card must not hold up the queue.

The journal says that an item left, and later who has it. In between, only a note says it ("Mme
Rochat, doctorante"): that is personal, it helps for a day, and it must be gone afterwards. The
journal deletes nothing; so the note stands beside it, in a table of its own, and is deleted once
the loan is completed or taken back. Nothing in the journal depends on it.
"""

from dataclasses import fields, replace
from uuid import UUID, uuid5

from procedure.circulation.transaction_checks import checked_loan, is_storable, trimmed
from procedure.circulation.transactions import Loan, PendingLoan, Scan
from procedure.errors import TransactionRefused

LONGEST_NOTE = 80
# Stands in for the identifier while everything else of the loan is checked.
_NOBODY = "0"


def loan_id(waiting: UUID) -> UUID:
    """Return the id of the loan that completes it.

    There is but one: completing it a second time, at the same moment or later, adds nothing.
    """
    return uuid5(waiting, "loan")


def checked_waiting(waiting: PendingLoan) -> PendingLoan:
    """Return what waits as it can be recorded, its scan trimmed.

    Raises:
        TransactionRefused: the desk or the barcode is missing or no scan at all.
    """
    loan = checked_loan(_loan(waiting, _NOBODY))
    return replace(waiting, desk=loan.desk, item=loan.item, warning=loan.warning)


def checked_note(note: str) -> str:
    """Return a note on one line.

    Raises:
        TransactionRefused: there is none, it is longer than 80 characters, or no database can
            hold it.
    """
    line = " ".join(note.split())
    if not line:
        raise TransactionRefused("note_missing", "Say in a few words who has the book.")
    if len(line) > LONGEST_NOTE:
        raise TransactionRefused("note_long", "Say in at most 80 characters who has the book.")
    if not is_storable(line):
        raise TransactionRefused("note_unreadable", "The note is unreadable: write it again.")
    return line


def complete(
    waiting: PendingLoan | None,
    patron: str,
    *,
    workstation: str = "",
    operator: str | None = None,
) -> Loan:
    """Return the loan that completes what waits: lent when the item left, known only now.

    `workstation` and `operator` are where it is completed and by whom; what waits keeps its own
    entry. A workstation that is not known is taken for the one where the item left.
    `waiting` is None when it does not wait any more, see `CirculationLog.pending_loan`.

    Raises:
        TransactionRefused: it does not wait any more, or the identifier is missing or no scan.
    """
    if waiting is None:
        raise TransactionRefused("waiting_settled", "This loan does not wait any more.")
    loan = _loan(waiting, trimmed(patron))
    place = workstation or loan.workstation
    return checked_loan(replace(loan, workstation=place, operator=operator))


def _loan(waiting: PendingLoan, patron: str) -> Loan:
    scan = {field.name: getattr(waiting, field.name) for field in fields(Scan)}
    scan |= {"id": loan_id(waiting.id)}
    return Loan(**scan, patron=patron, late=True, warning=waiting.warning)
