"""Finds which items on the carts can be returned in Alma now, and which must wait for a loan.

If an item is returned in Alma before its loan has been uploaded, Alma skips the loan ("a later
action on this item happened"), and the loan is lost.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from procedure.circulation.transactions import Return
from procedure.reconciliation.inputs import StandingReturn
from procedure.reconciliation.reconciled_loan import SETTLED, ReconciledLoan
from procedure.reconciliation.reconciliation_log import ReconciliationLog


@dataclass(frozen=True, slots=True)
class CartedItem:
    """A return on a cart, and the loans of the item that are not yet known to be in Alma.

    - `waits_for`: the loans made before the return.
    - `lent_again`: the loans made from the cart, after the return. Until the return is in Alma,
      Alma still has the earlier loan, so no order of files is safe for these loans.
    - `since`: the time at which the last of the item's loans was settled, or None if a loan is open
      or there are no loans.
    """

    returned: Return
    waits_for: tuple[ReconciledLoan, ...]
    lent_again: tuple[ReconciledLoan, ...]
    since: datetime | None = None

    @property
    def safe(self) -> bool:
        """Whether the item may be returned in Alma now."""
        return not self.waits_for and not self.lent_again


def carted_items(reconciliation: ReconciliationLog, returns: Iterable[Return]) -> list[CartedItem]:
    """Return the items on the carts, in chronological order.

    An item that was lent again is left out once all its loans are settled, because a return in Alma
    would end the new loan. Returns that were made through the API or settled by hand are left out
    too.
    """
    settlements = reconciliation.log.settlements
    left = [returned for returned in returns if not settlements.is_settled(returned.id)]
    about = by_item(reconciliation.rows_about({returned.item for returned in left}))
    items = (
        judged(returned, about[returned.item]) for returned in sorted(left, key=attrgetter("at"))
    )
    return [item for item in items if item is not None]


def by_item(rows: Iterable[ReconciledLoan]) -> Mapping[str, list[ReconciledLoan]]:
    """Group rows by the barcode as scanned, and by each corrected barcode."""
    about: dict[str, list[ReconciledLoan]] = defaultdict(list)
    for row in rows:
        corrections = (change.item for _, change in row.history.corrections)
        for item in {row.loan.item, *corrections}:
            about[item].append(row)
    return about


def judged(returned: Return, about: Iterable[ReconciledLoan]) -> CartedItem | None:
    """Return the carted item with its open loans, or None if the item is no longer on a cart.

    `about` holds the item's rows. The item has left the cart if it was lent again after the return
    and all its loans are settled.
    """
    rows = [row for row in about if row.log.void is None]
    open_rows = [row for row in rows if row.state not in SETTLED]
    if not open_rows and any(row.loan.at > returned.at for row in rows):
        return None
    return CartedItem(
        returned,
        tuple(row for row in open_rows if row.loan.at <= returned.at),
        tuple(row for row in open_rows if row.loan.at > returned.at),
        None if open_rows else max((row.settled[0] for row in rows if row.settled), default=None),
    )


@dataclass(frozen=True, slots=True)
class CartCount:
    """The number of a desk's returns by outcome; `left` counts the returns still on a cart."""

    desk: str
    by_api: int = 0
    by_hand: int = 0
    lent_again: int = 0
    left: int = 0

    @property
    def all(self) -> int:
        return self.accounted + self.left

    @property
    def accounted(self) -> int:
        """The number of returns that need no further action."""
        return self.by_api + self.by_hand + self.lent_again


def count_carts(returns: Iterable[StandingReturn], left: Collection[UUID]) -> list[CartCount]:
    """Count returns by desk and outcome; `left` holds the ids of the returns still on a cart."""
    fates = Counter((record.returned.desk, _fate(record, left)) for record in returns)
    desks = sorted({desk for desk, _ in fates})
    return [CartCount(desk, *(fates[desk, fate] for fate in _FATES)) for desk in desks]


def cart_counts(
    reconciliation: ReconciliationLog, returns: Iterable[StandingReturn] | None = None
) -> list[CartCount]:
    """Count returns by desk and outcome; if `returns` is None, count all returns in the log."""
    counted = reconciliation.returns() if returns is None else list(returns)
    on_carts = carted_items(reconciliation, (item.returned for item in counted))
    return count_carts(counted, {item.returned.id for item in on_carts})


def _fate(record: StandingReturn, left: Collection[UUID]) -> str:
    return "left" if record.returned.id in left else record.settled or "lent_again"


_FATES = ("by_api", "by_hand", "lent_again", "left")
