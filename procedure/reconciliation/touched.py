"""Which items an entry tells something new about: only those need be looked at again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.journal import Entry
from procedure.reconciliation.alma_records import ItemSeen, UserSeen
from procedure.reconciliation.entries import (
    Corrected,
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    ManualHandling,
    ReturnSettledByHand,
    SettledByHand,
)
from procedure.reconciliation.return_entries import ReturnAnswered, ReturnRequested

if TYPE_CHECKING:
    from procedure.reconciliation.log import ReconciliationLog


def items_touched(found: ReconciliationLog, entry: Entry) -> Iterable[str]:
    """Return the barcodes of an entry that was just folded, as scanned and as corrected."""
    touch = _TOUCHES.get(type(entry))
    return () if touch is None else touch(found, entry)


def _of_loan(found: ReconciliationLog, entry: Any) -> set[str]:
    return _of_loans(found, [entry.loan])


def _of_return(found: ReconciliationLog, entry: Any) -> list[str]:
    return _of_returns(found, [entry.back])


def _of_user(found: ReconciliationLog, entry: UserSeen) -> set[str]:
    rows = found.log.rows(patron=entry.identifier)
    also = found.log.lines.corrected_to(entry.identifier)
    return _of_loans(found, [*(row.loan.id for row in rows), *also])


def _of_void(found: ReconciliationLog, entry: Void) -> list[str]:
    return [*_of_loans(found, [entry.loan]), *_of_returns(found, [entry.loan])]


def _of_export(found: ReconciliationLog, entry: Export) -> list[str]:
    return [*_of_loans(found, entry.loans), *_of_returns(found, entry.returns)]


def _of_file(found: ReconciliationLog, entry: FileUploaded | JobReportRecorded) -> set[str]:
    export = found.log.export(entry.export)
    refused = entry.refused if isinstance(entry, JobReportRecorded) else ()
    loans = () if export is None else export.loans
    return _of_loans(found, [*loans, *(loan for loan, _ in refused)])


def _of_loans(found: ReconciliationLog, loans: Iterable[UUID]) -> set[str]:
    rows = (row for loan in loans if (row := found.log.row(loan)) is not None)
    return {item for row in rows for item in found.log.lines.items_of(row.loan)}


def _of_returns(found: ReconciliationLog, returns: Iterable[UUID]) -> list[str]:
    return [back.item for back in found.log.lines.returns(returns)]


_TOUCHES: dict[type[Any], Callable[[ReconciliationLog, Any], Iterable[str]]] = {
    Loan: lambda found, entry: _of_loans(found, [entry.id]),
    Return: lambda _, entry: [entry.item],
    Void: _of_void,
    Export: _of_export,
    FileUploaded: _of_file,
    JobReportRecorded: _of_file,
    ItemSeen: lambda _, entry: [entry.barcode],
    UserSeen: _of_user,
    **dict.fromkeys((ReturnRequested, ReturnAnswered, ReturnSettledByHand), _of_return),
    **dict.fromkeys(
        (LoanVerified, LoanRequested, LoanAnswered, ManualHandling, SettledByHand, Corrected),
        _of_loan,
    ),
}
