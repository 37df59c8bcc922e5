"""Pending loans, which are made without the patron's card.

The journal records that an item was lent, and later which patron has it. In between, only a note
identifies the patron ("Mme Rochat, doctorante"). The note is personal data, and journal entries
cannot be deleted. So the note is kept in a separate table, and deleted once the loan is completed
or voided.
"""

from dataclasses import fields, replace
from uuid import UUID, uuid5

from procedure.circulation.transaction_checks import checked_loan, is_storable, trimmed
from procedure.circulation.transactions import Loan, PendingLoan, Scan
from procedure.errors import TransactionRefused

LONGEST_NOTE = 80
# A placeholder for the identifier that a pending loan lacks.
_NOBODY = "0"


def loan_id(pending: UUID) -> UUID:
    """Return the id of the loan that completes a pending loan.

    The id is derived from the pending loan, so the loan can be completed only once.
    """
    return uuid5(pending, "loan")


def checked_pending(pending: PendingLoan) -> PendingLoan:
    """Check a pending loan, and return it with its scan trimmed.

    Raises:
        TransactionRefused: the desk or the barcode is missing, unreadable or too long.
    """
    loan = checked_loan(_loan(pending, _NOBODY))
    return replace(pending, desk=loan.desk, item=loan.item, warning=loan.warning)


def checked_note(note: str) -> str:
    """Return a note as a single line.

    Raises:
        TransactionRefused: the note is empty, is longer than 80 characters, or cannot be stored.
    """
    line = " ".join(note.split())
    if not line:
        raise TransactionRefused("note_missing", "Say in a few words who has the book.")
    if len(line) > LONGEST_NOTE:
        raise TransactionRefused("note_long", "Say in at most 80 characters who has the book.")
    if not is_storable(line):
        raise TransactionRefused(
            "note_unreadable", "The note contains unreadable characters: enter it again."
        )
    return line


def complete(
    pending: PendingLoan | None,
    patron: str,
    *,
    workstation: str = "",
    operator: str | None = None,
) -> Loan:
    """Return the loan that completes a pending loan; its `at` is when the item was lent.

    `workstation` and `operator` say where and by whom it is completed; if `workstation` is empty,
    the pending loan's workstation is used. `pending` is None if the loan is no longer pending; see
    `CirculationLog.pending_loan`.

    Raises:
        TransactionRefused: the loan is no longer pending, or the identifier is missing, unreadable
        or too long.
    """
    if pending is None:
        raise TransactionRefused("waiting_settled", "This loan is no longer pending.")
    loan = _loan(pending, trimmed(patron))
    place = workstation or loan.workstation
    return checked_loan(replace(loan, workstation=place, operator=operator))


def _loan(pending: PendingLoan, patron: str) -> Loan:
    scan = {field.name: getattr(pending, field.name) for field in fields(Scan)}
    scan |= {"id": loan_id(pending.id)}
    return Loan(**scan, patron=patron, late=True, warning=pending.warning)
