"""Rules for recording scanned loans, warning about them and voiding them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.doubts import ABOUT_CARD, is_question
from procedure.circulation.list_advice import ListAct, ListAdvice, ListRules
from procedure.circulation.loan_row import LoanRow
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transaction_checks import checked_loan, checked_reason
from procedure.circulation.transactions import Loan, PendingLoan, Return, Transaction, Void
from procedure.errors import TransactionRefused
from procedure.local_time import local, local_day


@dataclass(frozen=True, slots=True)
class LoanDecision:
    """A loan to record.

    `warning` is the key of the warning to show, or None:
    - `repeated`: the loan is a double scan of `earlier`, and so is not valid (`LoanRow.is_valid`);
    - `on_cart`: the item has been returned (`cart`), but perhaps not yet in Alma;
    - `other_patron`: the item was lent to somebody else earlier today (`earlier`);
    - `renewal`: the item was lent to the same patron earlier today (`earlier`);
    - the key of any other doubt: see `procedure.circulation.doubts`.
    """

    loan: Loan
    warning: str | None = None
    earlier: LoanRow | None = None
    cart: Return | None = None

    @property
    def repeated(self) -> bool:
        """Whether the loan is a double scan of `earlier`, and so is not valid."""
        return self.warning == "repeated"


def decide_on_loan(log: CirculationLog, loan: Loan, voided: Collection[UUID] = ()) -> LoanDecision:
    """Return the loan to record for a scan, with its warning.

    `voided` holds the ids of loans and returns that are about to be voided but are still valid in
    the log. If the loan's id is already in the log, the recorded loan is returned. An existing
    warning on the loan takes precedence over any other except `repeated`.

    Raises:
        TransactionRefused: see `procedure.circulation.transaction_checks.checked_loan`.
    """
    loan = checked_loan(loan)
    known = log.row(loan.id)
    if known is not None:
        first = None if known.repeats is None else log.row(known.repeats)
        return LoanDecision(known.loan, "repeated" if first else known.loan.warning, first)
    first = log.repeated_by(loan)
    if first is not None:
        return LoanDecision(loan, "repeated", first)
    returned = log.on_cart(loan.item, loan.at)
    if returned is not None and returned.id not in voided:
        return _warned(loan, cart=returned)
    return _warned(loan, _same_day(log, loan, voided))


def warning_after(last: Transaction | None, loan: Loan) -> str | None:
    """Return the key of the warning that an item's last transaction raises, or None.

    `last` is the item's last transaction before the loan, or None. Voided transactions do not
    count.
    """
    if isinstance(last, Return):
        return "on_cart"
    if last is None or local_day(last.at) != local_day(loan.at):
        return None
    return "renewal" if last.patron == loan.patron else "other_patron"


def loans_of_the_day(log: CirculationLog, loan: Loan) -> list[Loan]:
    """Return the loans to the same patron on the same local day, except voided loans."""
    rows = log.rows(patron=loan.patron, day=local(loan.at).date())
    return [row.loan for row in rows if row.void is None]


def warned_by_lists(
    loan: Loan, advice: Iterable[ListAdvice | None], rules: ListRules, before: Iterable[Loan] = ()
) -> Loan:
    """Return the loan with the list warnings that the handbook says to show.

    If the handbook lets staff decide on a list warning, the reason becomes the loan's warning. A
    question that the scan itself raises takes precedence. A question about the card is left out if
    staff have already confirmed a loan in `before` to the same patron with the same list warning.
    """
    list_warnings = tuple(rules.list_warnings(advice, loan.at))
    if not list_warnings or is_question(loan.warning):
        return replace(loan, told=list_warnings)
    confirmed = (
        earlier for earlier in before if earlier.overridden and earlier.patron == loan.patron
    )
    decided = {list_warning.reason for earlier in confirmed for list_warning in earlier.told}
    asked = (
        list_warning.reason.value
        for list_warning in list_warnings
        if rules.act(list_warning.reason) is ListAct.ASK
        and not (list_warning.reason in ABOUT_CARD and list_warning.reason in decided)
    )
    return replace(loan, told=list_warnings, warning=next(asked, loan.warning))


def _warned(loan: Loan, earlier: LoanRow | None = None, cart: Return | None = None) -> LoanDecision:
    last = cart if earlier is None else earlier.loan
    warning = loan.warning or warning_after(last, loan)
    return LoanDecision(replace(loan, warning=warning), warning, earlier, cart)


def void(
    log: CirculationLog,
    target: UUID,
    reason: str,
    *,
    void_id: UUID,
    at: datetime,
    workstation: str = "",
    operator: str | None = None,
) -> Void:
    """Return the entry that voids a loan, a return on a cart or a pending loan; `at` is aware.

    Even a loan that is already in a file for Alma may be voided: see `LoanRow.void_after_export`.

    Raises:
        TransactionRefused: there is no such entry, it has been voided or completed, or no reason is
        given.
    """
    if not isinstance(log.find(target), Loan | Return | PendingLoan):
        raise TransactionRefused("loan_unknown", "The log has no loan with this id.")
    if log.void_of(target) is not None:
        raise TransactionRefused("loan_void", "This has already been voided.")
    if log.pending_end(target) == "completed":
        what = f"void the loan {loan_id(target)} that completed it"
        raise TransactionRefused("waiting_settled", f"This loan is no longer pending: {what}.")
    return Void(
        id=void_id,
        at=at,
        loan=target,
        reason=checked_reason(reason),
        workstation=workstation,
        operator=operator,
    )


def _same_day(log: CirculationLog, loan: Loan, voided: Collection[UUID]) -> LoanRow | None:
    """Return the item's latest valid loan earlier on the same local day, or None."""
    near = log.near(loan.item, loan.at, timedelta(days=1))
    day = local(loan.at).date()
    before = [row for row in near if row.loan.id not in voided and row.loan.at <= loan.at]
    stand = [row for row in before if row.day == day]
    return stand[-1] if stand else None
