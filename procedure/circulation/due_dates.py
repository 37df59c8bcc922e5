"""When a loan is expected back: days of the local calendar, counted from the day of lending."""

from __future__ import annotations

from datetime import date, timedelta

from procedure.circulation.scan_rules import ScanKind, ScanRules
from procedure.circulation.transactions import Loan
from procedure.local_time import local


def due_date(loan: Loan, rules: ScanRules) -> date:
    """Return the local day (Europe/Zurich) on which the loan is expected back.

    Alma has the last word: it counts by its own terms of use once the loan is brought in, and
    never sets a day that is past by then.
    """
    return local(loan.at).date() + timedelta(days=days_of(loan.item, rules))


def days_of(item: str, rules: ScanRules) -> int:
    """Return for how many days an item is lent, by the shape of its barcode."""
    forms = (form for form in rules.forms if form.kind is ScanKind.ITEM and form.fits(item))
    form = next(forms, None)
    return rules.days if form is None or form.days is None else form.days
