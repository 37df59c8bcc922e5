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
    HandedOn,
    LoanAnswered,
    LoanIntended,
    Proved,
    ReportTaken,
    Resolved,
    ReturnResolved,
    Uploaded,
)
from procedure.reconciliation.return_entries import ScanAnswered, ScanIntended

if TYPE_CHECKING:
    from procedure.reconciliation.log import Reconciliation


def items_touched(found: Reconciliation, entry: Entry) -> Iterable[str]:
    """Return the barcodes of an entry that was just folded, as scanned and as corrected."""
    touch = _TOUCHES.get(type(entry))
    return () if touch is None else touch(found, entry)


def _of_loan(found: Reconciliation, entry: Any) -> set[str]:
    return _of_loans(found, [entry.loan])


def _of_return(found: Reconciliation, entry: Any) -> list[str]:
    return _of_returns(found, [entry.back])


def _of_user(found: Reconciliation, entry: UserSeen) -> set[str]:
    rows = found.log.rows(patron=entry.identifier)
    also = found.log.lines.corrected_to(entry.identifier)
    return _of_loans(found, [*(row.loan.id for row in rows), *also])


def _of_void(found: Reconciliation, entry: Void) -> list[str]:
    return [*_of_loans(found, [entry.loan]), *_of_returns(found, [entry.loan])]


def _of_export(found: Reconciliation, entry: Export) -> list[str]:
    return [*_of_loans(found, entry.loans), *_of_returns(found, entry.returns)]


def _of_file(found: Reconciliation, entry: Uploaded | ReportTaken) -> set[str]:
    export = found.log.export(entry.export)
    refused = entry.refused if isinstance(entry, ReportTaken) else ()
    loans = () if export is None else export.loans
    return _of_loans(found, [*loans, *(loan for loan, _ in refused)])


def _of_loans(found: Reconciliation, loans: Iterable[UUID]) -> set[str]:
    rows = (row for loan in loans if (row := found.log.row(loan)) is not None)
    return {item for row in rows for item in found.log.lines.items_of(row.loan)}


def _of_returns(found: Reconciliation, returns: Iterable[UUID]) -> list[str]:
    return [back.item for back in found.log.lines.returns(returns)]


_TOUCHES: dict[type[Any], Callable[[Reconciliation, Any], Iterable[str]]] = {
    Loan: lambda found, entry: _of_loans(found, [entry.id]),
    Return: lambda _, entry: [entry.item],
    Void: _of_void,
    Export: _of_export,
    Uploaded: _of_file,
    ReportTaken: _of_file,
    ItemSeen: lambda _, entry: [entry.barcode],
    UserSeen: _of_user,
    **dict.fromkeys((ScanIntended, ScanAnswered, ReturnResolved), _of_return),
    **dict.fromkeys((Proved, LoanIntended, LoanAnswered, HandedOn, Resolved, Corrected), _of_loan),
}
