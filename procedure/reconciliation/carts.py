"""The cart: which returns are safe now, and which only after a loan is known to be in Alma.

Returning a book of C1 before its loan was uploaded makes Alma skip the loan ("a later action on
this item happened"): the loan is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from procedure.circulation.transactions import Return
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.row_state import SETTLED, ReconciledLoan, ReconciliationState


@dataclass(frozen=True, slots=True)
class CartedItem:
    """A return on the cart, and the loans of its item that are not yet known to be in Alma.

    `lent_again` are loans made from the cart, after the return: while the return is not in Alma,
    the earlier loan still stands there, and no order of files is safe for them. `since` is when
    the last of its loans was settled, None while one waits or when it never had any.
    """

    back: Return
    waits_for: tuple[ReconciledLoan, ...]
    lent_again: tuple[ReconciledLoan, ...]
    since: datetime | None = None

    @property
    def safe(self) -> bool:
        """Whether it may be returned in Alma now."""
        return not self.waits_for and not self.lent_again


def carted_items(found: ReconciliationLog, returns: Iterable[Return]) -> list[CartedItem]:
    """Judge every return against the loans of its item, in order of time.

    A book that was lent again lies on no cart: it is left out once that loan is settled, as Alma
    knows of the later loan, and returning the book there would end it. So is a book that was
    scanned in, or settled by hand.
    """
    returns = sorted(returns_left(found, returns), key=lambda one: one.at)
    rows = ((back, found.rows_about(back.item)) for back in returns)
    return [one for back, about in rows if (one := judged(back, about)) is not None]


def returns_left(found: ReconciliationLog, returns: Iterable[Return]) -> Iterator[Return]:
    """Give the returns that were neither made through the API nor settled by hand."""
    return (one for one in returns if not found.log.lines.in_alma(one.id))


def judged(back: Return, about: Iterable[ReconciledLoan]) -> CartedItem | None:
    """Judge one return against the rows of its item; None when the book is on no cart."""
    rows = [row for row in about if row.state is not ReconciliationState.VOID]
    open_rows = [row for row in rows if row.state not in SETTLED]
    if not open_rows and any(row.loan.at > back.at for row in rows):
        return None
    return CartedItem(
        back,
        tuple(row for row in open_rows if row.loan.at <= back.at),
        tuple(row for row in open_rows if row.loan.at > back.at),
        None if open_rows else max((at for row in rows if (at := _settled_at(row))), default=None),
    )


def _settled_at(row: ReconciledLoan) -> datetime | None:
    trail = row.trail
    words = (trail.proof and trail.proof[1], trail.resolved, trail.answer and trail.answer[1])
    return max((word.at for word in words if word is not None), default=None)
