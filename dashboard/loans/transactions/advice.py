"""What the lists of accounts and items say of a scan."""

from __future__ import annotations

from dashboard.core.context import AppContext
from procedure.circulation.list_advice import ListAdvice
from procedure.circulation.scan_classification import classify_scan
from procedure.circulation.transactions import Loan, PendingLoan


def advice_on_item(context: AppContext, scan: Loan | PendingLoan) -> ListAdvice | None:
    """Return what the list of items says about the item of a scan, None without a list."""
    barcode = classify_scan(scan.item, "item", context.handbook.scans).text
    return context.lists().item(barcode, scan.at)


def advice_on_loan(context: AppContext, loan: Loan) -> list[ListAdvice | None]:
    """Return what the lists say about a loan: the item first, whose question is no other loan's.

    What a browser's list has shown already stays as it was shown.
    """
    identifier = classify_scan(loan.patron, "patron", context.handbook.scans).text
    here = (advice_on_item(context, loan), context.lists().patron(identifier, loan.at))
    shown = {said.reason for said in loan.told}
    return [*loan.told, *(said for said in here if said is None or said.reason not in shown)]
