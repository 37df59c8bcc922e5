"""What became of the books of the carts, counted: each return is in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from procedure.circulation.transactions import Return
from procedure.reconciliation.carts import carted_items
from procedure.reconciliation.file_lines import FileLines
from procedure.reconciliation.log import ReconciliationLog


@dataclass(frozen=True, slots=True)
class CartCount:
    """The returns of one desk: by the API, by hand, lent again and settled so, and those left."""

    desk: str
    by_api: int = 0
    by_hand: int = 0
    lent_again: int = 0
    left: int = 0

    @property
    def all(self) -> int:
        """Every return that stands."""
        return self.accounted + self.left

    @property
    def accounted(self) -> int:
        """Those that are accounted for: nobody has to do anything about them."""
        return self.by_api + self.by_hand + self.lent_again


def count_carts(
    lines: FileLines, returns: Iterable[Return], left: Iterable[UUID]
) -> list[CartCount]:
    """Count returns by desk; `left` are those that lie on a cart still."""
    open_ones, fates = set(left), Counter[tuple[str, str]]()
    for back in returns:
        fates[back.desk, _fate(lines, back.id, open_ones)] += 1
    return [_of_desk(desk, fates) for desk in sorted({desk for desk, _ in fates})]


def cart_counts(found: ReconciliationLog) -> list[CartCount]:
    """Count what became of every return."""
    returns = found.log.lines.all_standing()
    left = (one.back.id for one in carted_items(found, returns))
    return count_carts(found.log.lines, returns, left)


def _of_desk(desk: str, fates: Mapping[tuple[str, str], int]) -> CartCount:
    return CartCount(desk, *(fates.get((desk, fate), 0) for fate in _FATES))


def _fate(lines: FileLines, back: UUID, left: set[UUID]) -> str:
    if back in left:
        return "left"
    if back in lines.returned_by_hand:
        return "by_hand"
    return "by_api" if lines.in_alma(back) else "lent_again"


_FATES = ("by_api", "by_hand", "lent_again", "left")
