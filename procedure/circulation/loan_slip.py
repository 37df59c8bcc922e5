"""The slip that a user takes away: the loans of the day and when each is expected back, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from procedure.circulation.due_dates import due_date
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import Loan
from procedure.local_time import local


@dataclass(frozen=True, slots=True)
class SlipWords:
    """What a slip says in one language; `line` takes the item and its day, `day` is a format."""

    title: str
    line: str
    day: str
    caution: str


SLIP_WORDS: Mapping[str, SlipWords] = {
    "fr": SlipWords(
        title="Vos emprunts du {day}",
        line="{item}  à rendre le {due}",
        day="%d.%m.%Y",
        caution="Les dates de retour seront confirmées dès qu’Alma fonctionnera de nouveau.",
    ),
    "en": SlipWords(
        title="Your loans of {day}",
        line="{item}  due back on {due}",
        day="%d.%m.%Y",
        caution="Due dates are confirmed when Alma is back.",
    ),
}


def loan_slip(loans: Iterable[Loan], rules: ScanRules, language: str) -> str:
    """Write the slip of one user's loans, oldest first; an empty text when there is none.

    Who borrowed stands nowhere on it: a slip is left behind on tables.
    """
    ordered = sorted(loans, key=lambda loan: (loan.at, loan.sequence))
    if not ordered:
        return ""
    words = SLIP_WORDS[language]
    wide = max(len(loan.item) for loan in ordered)
    lines = [
        words.line.format(item=loan.item.ljust(wide), due=f"{due_date(loan, rules):{words.day}}")
        for loan in ordered
    ]
    title = words.title.format(day=f"{local(ordered[-1].at):{words.day}}")
    return "\n".join([title, "", *lines, "", words.caution, ""])
