"""The carts: what was given back while Alma is down, and has not been returned in Alma yet.

`procedure.reconciliation.carts` says later, before Alma, which of them may be returned there; this
is the desk's side: what lies on which cart now, and what happened to one item in which order.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from procedure.circulation.transactions import Loan, Return, Void
from procedure.journal import Recorded
from procedure.local_time import local

# The kinds of entry that the carts are folded from.
KINDS = ("loan", "return", "void")


@dataclass(frozen=True, slots=True)
class LoanedFromCart:
    """An item both lent and put on a cart in this outage, with all of it in the order of time.

    `on_cart` says whether it lies there now; else it was lent again from the cart.
    """

    item: str
    events: tuple[Loan | Return, ...]

    @property
    def on_cart(self) -> bool:
        """Whether the last that is known of the item is that it was given back."""
        return isinstance(self.events[-1], Return)


class ReturnCarts:
    """The fold of loans, returns and voids by item; `extend` takes what is new.

    A void takes back a scan to a cart as it does a loan. An entry that was folded already changes
    nothing, and a void may come before what it takes back.
    """

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.position = 0
        self._events: dict[str, list[Loan | Return]] = defaultdict(list)
        self._returns: dict[UUID, Return] = {}
        self._known: set[UUID] = set()
        self._void: set[UUID] = set()
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; entries of other kinds are passed over."""
        for one in recorded:
            self.position = max(self.position, one.position)
            if isinstance(one.entry, Void):
                self._void.add(one.entry.loan)
            elif isinstance(one.entry, Loan | Return):
                self._add(one.entry)

    def on_cart(self, item: str, at: datetime) -> Return | None:
        """Return the scan by which an item lies on a cart at an instant; None when it does not."""
        before = [event for event in self.events(item) if event.at <= at]
        last = before[-1] if before else None
        return last if isinstance(last, Return) else None

    def find(self, back: UUID) -> Return | None:
        """Return the scan to a cart with this id, taken back or not."""
        return self._returns.get(back)

    def has(self, back: UUID) -> bool:
        """Tell whether a scan to a cart with this id was folded, taken back or not."""
        return back in self._returns

    def rows(
        self, *, desk: str | None = None, cart: str | None = None, day: date | None = None
    ) -> list[Return]:
        """Return what was put on carts and matches everything given, in the order of time."""
        found = (
            back
            for back in self._returns.values()
            if back.id not in self._void
            and desk in {None, back.desk}
            and cart in {None, back.cart}
            and day in {None, local(back.at).date()}
        )
        return sorted(found, key=_ORDER)

    def events(self, item: str) -> Sequence[Loan | Return]:
        """Return the loans and returns of an item that stand, in the order of time."""
        return [event for event in self._events.get(item, ()) if event.id not in self._void]

    def lent_and_carted(self) -> list[LoanedFromCart]:
        """Flag each item that was both lent and put on a cart, in the order of the carts."""
        items = dict.fromkeys(back.item for back in self.rows())
        found = (LoanedFromCart(item, tuple(self.events(item))) for item in items)
        return [one for one in found if any(isinstance(event, Loan) for event in one.events)]

    def _add(self, event: Loan | Return) -> None:
        if event.id in self._known:
            return
        self._known.add(event.id)
        insort(self._events[event.item], event, key=_ORDER)
        if isinstance(event, Return):
            self._returns[event.id] = event


_ORDER = attrgetter("at", "sequence")
