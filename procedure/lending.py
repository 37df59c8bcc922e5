"""The decision at a scan: whether a loan is recorded, and of what the person is warned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from procedure.cart_log import CartLog
from procedure.circulation import Loan, Return, Void, checked, checked_reason
from procedure.errors import TransactionRefused
from procedure.loan_log import LoanLog, LoanRow
from procedure.wall_clock import local


@dataclass(frozen=True, slots=True)
class Lending:
    """A loan as it is to be recorded.

    `warning` is the key to show beside the row: `repeated` (a second reading of `earlier`, which
    stands for it), `on_cart` (the item was given back and lies on a cart, `cart` says where: it is
    not yet returned in Alma), `other_patron` (somebody else has this item since `earlier`, today),
    `renewal` (the same user has it since `earlier`, today), what keeps it out of the file, or None.
    """

    loan: Loan
    warning: str | None = None
    earlier: LoanRow | None = None
    cart: Return | None = None

    @property
    def repeated(self) -> bool:
        """Whether it is recorded without standing, since `earlier` is the same scan."""
        return self.warning == "repeated"


def lend(log: LoanLog, loan: Loan, carts: CartLog | None = None) -> Lending:
    """Decide on a scan, in the light of what was lent before; the caller appends `.loan`.

    A loan whose id the log has already comes back as it was kept. Of two warnings, the one that
    keeps the loan out of Alma's file goes before the one about another loan.

    Raises:
        TransactionRefused: see `procedure.circulation.checked`.
    """
    loan = checked(loan)
    known = log.row(loan.id)
    if known is not None:
        first = None if known.repeats is None else log.row(known.repeats)
        return Lending(known.loan, "repeated" if first else known.loan.warning, first)
    first = log.repeated_by(loan)
    if first is not None:
        return Lending(loan, "repeated", first)
    back = carts.on_cart(loan.item, loan.at) if carts else None
    if back is not None:
        return _warned(loan, "on_cart", cart=back)
    earlier = _same_day(log, loan)
    if earlier is None:
        return Lending(loan, loan.warning)
    about = "renewal" if earlier.loan.patron == loan.patron else "other_patron"
    return _warned(loan, about, earlier)


def _warned(
    loan: Loan, about: str, earlier: LoanRow | None = None, cart: Return | None = None
) -> Lending:
    warning = loan.warning or about
    return Lending(replace(loan, warning=warning), warning, earlier, cart)


def void(
    log: LoanLog,
    loan: UUID,
    reason: str,
    *,
    void_id: UUID,
    at: datetime,
    workstation: str = "",
    operator: str | None = None,
) -> Void:
    """Return the entry that takes a loan back; `at` is now (aware).

    A loan that a file for Alma holds already may be voided too: see `LoanRow.void_after_export`.

    Raises:
        TransactionRefused: no such loan, void already, or no reason given.
    """
    row = log.row(loan)
    if row is None:
        raise TransactionRefused("loan_unknown", "The log has no loan with this id.")
    if row.void is not None:
        raise TransactionRefused("loan_void", "This loan is void already.")
    return Void(void_id, at, loan, checked_reason(reason), workstation, operator)


def _same_day(log: LoanLog, loan: Loan) -> LoanRow | None:
    """Return the newest loan of the item before this one on the same local day, if it stands."""
    before = log.near(loan.item, loan.at, timedelta(days=1))
    day = local(loan.at).date()
    stand = [row for row in before if row.day == day and row.loan.at <= loan.at]
    return stand[-1] if stand else None
