"""Due dates of loans."""

from datetime import date, timedelta

from procedure.circulation.scan_rules import ScanKind, ScanRules
from procedure.circulation.transactions import Loan
from procedure.local_time import local


def due_date(loan: Loan, rules: ScanRules) -> date:
    """Return the local day on which the item is due.

    Alma may set another date when the loan is uploaded: it applies its own terms of use and never
    sets a date in the past.
    """
    return local(loan.at).date() + timedelta(days=days_of(loan, rules))


def days_of(loan: Loan, rules: ScanRules) -> int:
    """Return the loan period in days: from the item list, the barcode's shape, or the handbook."""
    short = next((advice.days for advice in loan.told if advice.days), None)
    if short is not None:
        return short
    item = loan.item
    forms = (form for form in rules.forms if form.kind is ScanKind.ITEM and form.fits(item))
    form = next(forms, None)
    return rules.days if form is None or form.days is None else form.days
