"""Due dates of loans, and the loan slip that a patron takes away with them."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from datetime import date, timedelta

from procedure.circulation.scan_rules import ScanKind, ScanRules
from procedure.circulation.transactions import Loan
from procedure.local_time import local


def due_date(loan: Loan, rules: ScanRules) -> date:
    """Return the local day on which the loan is expected back.

    Alma has the last word: it counts by its own terms of use once the loan is brought in, and
    never sets a day that is past by then.
    """
    return local(loan.at).date() + timedelta(days=days_of(loan, rules))


def days_of(loan: Loan, rules: ScanRules) -> int:
    """Return for how many days an item is lent, by the list of items or its barcode's shape."""
    short = next((said.days for said in loan.told if said.days), None)
    if short is not None:
        return short
    item = loan.item
    forms = (form for form in rules.forms if form.kind is ScanKind.ITEM and form.fits(item))
    form = next(forms, None)
    return rules.days if form is None or form.days is None else form.days


@dataclass(frozen=True, slots=True)
class SlipWords:
    """What a slip says in one language.

    `head` is the library's name, with its address below it. `one` and `many` take the count of
    items and their day, of which `day` is the format.
    """

    head: str
    title: str
    one: str
    many: str
    caution: str
    day: str = "%d.%m.%Y"


def loan_slip(loans: Iterable[Loan], rules: ScanRules, words: SlipWords) -> str:
    """Write the slip of one user's loans by the day on which they are due; empty without a loan.

    Its parts are apart by an empty line. Who borrowed stands nowhere on it: a slip is left behind
    on tables.
    """
    ordered = sorted(loans, key=lambda loan: (loan.at, loan.sequence))
    if not ordered:
        return ""
    by_day: dict[date, list[str]] = {}
    for loan in ordered:
        by_day.setdefault(due_date(loan, rules), []).append(loan.item)
    title = words.title.format(day=f"{local(ordered[-1].at):{words.day}}")
    due = ["\n".join([_due(day, items, words), *items]) for day, items in sorted(by_day.items())]
    return "\n\n".join([words.head, title, *due, words.caution]) + "\n"


def _due(day: date, items: Sized, words: SlipWords) -> str:
    form = words.one if len(items) == 1 else words.many
    return form.format(count=len(items), due=f"{day:{words.day}}")
