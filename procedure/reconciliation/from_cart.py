"""Loans of items from a return cart, made before the return reached Alma.

Alma still has the item's earlier loan and refuses the loan made from the cart, whatever the order
of the files, unless the return comes in between. A file can include the return as an R row, with
the time at which the item was put on the cart.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.transactions import Loan, Return


class CartLoanPolicy(StrEnum):
    """How an export handles loans made from a cart, as chosen by staff.

    `AS_IT_IS` writes the loan without the return. `RETURNS_FIRST` writes the return before the
    loan. `HAND_ON` leaves the loan out of files, to be entered in Alma by hand.
    """

    AS_IT_IS = "as_it_is"
    RETURNS_FIRST = "returns_first"
    HAND_ON = "hand_on"


def lent_from_cart(log: CirculationLog, loans: Iterable[Loan]) -> list[tuple[Loan, Return]]:
    """Return the loans (as corrected) that were made from a cart, each with the item's return.

    A loan is left out if that return is already in a file or settled by hand, or has been sent to
    Alma's API.
    """
    before = ((loan, _return_before(log, loan)) for loan in loans)
    return [(loan, returned) for loan, returned in before if returned is not None]


def _return_before(log: CirculationLog, loan: Loan) -> Return | None:
    backs = [entry for entry in log.standing(loan.item) if isinstance(entry, Return)]
    if not backs:
        return None
    others = (row.loan for row in log.rows(item=loan.item) if row.is_valid)
    sent = {returned.id for returned in backs if log.settlements.is_sent(returned.id)}
    return return_before(loan, backs, others, sent)


def return_before(
    loan: Loan, backs: Iterable[Return], others: Iterable[Loan], sent: Collection[UUID]
) -> Return | None:
    """Return the return that put a loan's item on a cart before the loan, or None.

    `backs` and `others` are the item's valid returns and loans. The result is also None if another
    loan came in between, or if `sent` contains the return's id, because the return is then already
    on its way to Alma.
    """
    last = max((back for back in backs if _key(back) <= _key(loan)), key=_key, default=None)
    if last is None or last.id in sent:
        return None
    between = any(other.id != loan.id and _key(last) < _key(other) < _key(loan) for other in others)
    return None if between else last


def lent_first_at(log: CirculationLog, returns: Iterable[Return], desk: str) -> tuple[str, ...]:
    """Return the desks that must upload their files before this desk's file with these returns.

    These desks lent the items before they were returned.
    """
    desks = {
        row.loan.desk
        for returned in returns
        for row in log.rows(item=returned.item)
        if row.void is None and _key(row.loan) <= _key(returned)
    }
    return tuple(sorted(desks - {desk}))


def _key(line: Loan | Return) -> tuple[object, ...]:
    return (line.at, line.sequence)
