"""Creates the entries that record the actions of staff on loans, returns and files."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from procedure.circulation.offline_files.alma_file import ALMA_FILE
from procedure.circulation.offline_files.offline_format import OfflineFormat
from procedure.circulation.scan_classification import scan_doubt
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    ReturnSettledByHand,
    SettledByHand,
    corrected,
)
from procedure.circulation.transaction_checks import (
    checked_loan,
    checked_reason,
    trimmed,
)
from procedure.circulation.transactions import Export, Return
from procedure.errors import TransactionRefused
from procedure.reconciliation.carts import carted_items
from procedure.reconciliation.journal_entries import FileUploaded
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog

# The value of `how` that is recorded for a return made in Alma itself.
ALMA_SCREEN = "alma_screen"
# After an entry of one of these kinds, a decision about a return may be out of date.
MOVING = ("loan", "void", "corrected", "report_taken", "proved", "scan_intended", "return_resolved")
_OVER = (ReconciliationState.VOID, ReconciliationState.SETTLED_BY_HAND)


class EntryFields(TypedDict):
    """The fields of every entry that records a person's action; `at` is aware."""

    entry_id: UUID
    at: datetime
    operator: str


def resolve_loan(
    reconciliation: ReconciliationLog,
    loan: UUID,
    how: str,
    *,
    entry_id: UUID,
    at: datetime,
    operator: str | None,
    file_format: OfflineFormat = ALMA_FILE,
) -> SettledByHand:
    """Return the entry that settles a row by hand; `at` is the current time (aware).

    A row that can still be written to a file in `file_format` must be exported or voided instead.
    Otherwise, the item would be lent twice.

    Raises:
        TransactionRefused: the row is unknown, settled, or can still be exported; `operator` is
            empty; or `how` is empty or cannot be stored.
    """
    row = _row(reconciliation, loan)
    name = _name(operator, "Say who is settling this.")
    if row.state is ReconciliationState.RECORDED and file_format.problem(row.corrected) is None:
        raise TransactionRefused(
            "not_exported", "This loan is not in a file yet: export it, or void it."
        )
    if row.state in (*_OVER, ReconciliationState.CONFIRMED):
        raise TransactionRefused("nothing_to_settle", f"This row is already {row.state}.")
    return SettledByHand(id=entry_id, at=at, loan=loan, how=checked_reason(how), operator=name)


def resolve_return(
    reconciliation: ReconciliationLog,
    returns: Iterable[Return],
    how: str,
    *,
    new_id: Callable[[], UUID],
    at: datetime,
    operator: str | None,
) -> list[ReturnSettledByHand]:
    """Return the entries that settle returns by hand; `at` is the current time (aware).

    A return cannot be settled before all the item's loans are settled.

    Raises:
        TransactionRefused: none of the items is on a cart; an item is not safe to return;
            `operator` is empty; or `how` is empty or cannot be stored.
    """
    name, words, left = (
        _name(operator, "Say who is settling this."),
        checked_reason(how),
        carted_items(reconciliation, returns),
    )
    if not left:
        raise TransactionRefused("not_on_cart", "This book is no longer on a cart.")
    if not all(item.safe for item in left):
        raise TransactionRefused(
            "not_safe", "A loan of this book is not verified yet: settle that loan first."
        )
    return [
        ReturnSettledByHand(id=new_id(), at=at, back=item.returned.id, how=words, operator=name)
        for item in left
    ]


def correct_loan(
    reconciliation: ReconciliationLog,
    loan: UUID,
    *,
    patron: str = "",
    item: str = "",
    entry_id: UUID,
    at: datetime,
    operator: str | None = None,
    rules: ScanRules | None = None,
) -> Corrected:
    """Return the entry that corrects the patron's identifier or the item's barcode in a loan.

    The corrected values are checked against `rules`, like scans at a desk. A row with a doubtful
    value is not written to files. `rules` may be omitted only for values from Alma itself.

    Raises:
        TransactionRefused: the row is unknown, settled by hand or voided; nothing changed; a value
            is unreadable or too long; or the row has an open question and `operator` is empty.
    """
    row = _row(reconciliation, loan)
    if row.is_to_check:
        operator = _name(operator, "Say who is correcting this.")
    if row.state in _OVER or not row.log.is_valid:
        raise TransactionRefused("nothing_to_settle", f"This row is already {row.state}.")
    entry = Corrected(
        id=entry_id, at=at, loan=loan, patron=trimmed(patron), item=trimmed(item), operator=operator
    )
    after = checked_loan(corrected(row.corrected, [entry]))
    if (after.patron, after.item) == (row.corrected.patron, row.corrected.item):
        raise TransactionRefused("unchanged", "This changes nothing.")
    doubtful = None if rules is None else scan_doubt(after.patron, after.item, rules)
    return replace(entry, warning=doubtful)


def confirm_scan(
    reconciliation: ReconciliationLog,
    loan: UUID,
    *,
    entry_id: UUID,
    at: datetime,
    operator: str | None,
) -> Corrected:
    """Return the entry that confirms a doubtful loan.

    Raises:
        TransactionRefused: the row is unknown or has no open question, or `operator` is empty.
    """
    row = _row(reconciliation, loan)
    name = _name(operator, "Say who decides.")
    if not row.is_to_check:
        raise TransactionRefused("nothing_to_check", "No question about this loan is open.")
    return Corrected(id=entry_id, at=at, loan=loan, operator=name)


def set_aside(
    reconciliation: ReconciliationLog,
    loan: UUID,
    note: str,
    *,
    entry_id: UUID,
    at: datetime,
    operator: str | None,
) -> ManualHandling:
    """Return the entry that hands a row on to somebody who will enter the loan in Alma.

    The row stays open but is left out of files.

    Raises:
        TransactionRefused: the row is unknown, settled, or on its way in a file; `operator` is
            empty; or `note` is empty or cannot be stored.
    """
    row = _row(reconciliation, loan)
    name = _name(operator, "Say who is handing this on.")
    if row.state not in (ReconciliationState.RECORDED, ReconciliationState.REFUSED):
        raise TransactionRefused("nothing_to_hand_on", f"This row is already {row.state}.")
    return ManualHandling(id=entry_id, at=at, loan=loan, note=checked_reason(note), operator=name)


def mark_uploaded(
    export: Export, *, entry_id: UUID, at: datetime, operator: str | None = None
) -> FileUploaded:
    """Return the entry that records the upload of a file to Alma at the time `at` (aware)."""
    return FileUploaded(id=entry_id, at=at, export=export.id, operator=operator)


def _row(reconciliation: ReconciliationLog, loan: UUID) -> ReconciledLoan:
    row = reconciliation.row(loan)
    if row is None:
        raise TransactionRefused("loan_unknown", "The log has no loan with this id.")
    return row


def _name(operator: str | None, missing: str) -> str:
    name = " ".join((operator or "").split())
    if not name:
        raise TransactionRefused("operator_missing", missing)
    return name
