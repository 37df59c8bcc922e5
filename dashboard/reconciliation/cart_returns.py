"""Deals with the items on the carts: returns them through Alma's API, or settles them by hand."""

from collections.abc import Sequence
from uuid import UUID

import param

from dashboard.reconciliation.alma_actions import AlmaAction
from procedure.circulation.transactions import Return
from procedure.errors import JournalMoved, TransactionRefused
from procedure.reconciliation.carts import CartedItem
from procedure.reconciliation.corrections import ALMA_SCREEN, MOVING, resolve_return


class CartReturns(AlmaAction):
    """The item whose form is open, and the actions on it and on a desk's carts."""

    item = param.ClassSelector(class_=CartedItem, doc="The item whose form is open, or None.")

    def open(self, return_id: UUID) -> None:
        """Open an item's form; if it can be returned through the API, ask for confirmation."""
        context = self.require()
        item = next((cart for cart in self._carts() if cart.returned.id == return_id), None)
        asks = context.alma.writes and item is not None and item.safe
        self.param.update(item=item, confirming=asks, outcome="")

    def close(self) -> None:
        self.param.update(item=None, confirming=False, outcome="")

    @property
    def is_unanswered(self) -> bool:
        """Whether the item's return has been sent but the outcome is unknown."""
        attempts = self.progress.ledger.reconciled.log.settlements.attempts
        attempt = self.item and attempts.get(self.item.returned.id)
        return attempt is not None and attempt.open

    def send_return(self) -> None:
        """Return the item in Alma, if confirmed.

        Raises:
            TransactionRefused, NotAllowed: nothing was sent.
        """
        returned = self._opened()
        if self.confirming and not self.sending:
            by = self.destination(returned.desk)
            self.send(self.progress.context.alma.scan_in(returned.id, **by))

    def settle(self, how: str) -> None:
        """Settle the item by hand, with a reason and a name.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        self._settle([self._opened()], how)

    def settle_desk(self, desk: str) -> None:
        """Record that all `safe` items on a desk's carts were returned in Alma's own interface.

        If there is an API key, look up each item first: items still on loan stay on the list.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        self.require()
        backs = [
            cart.returned for cart in self._carts() if cart.safe and cart.returned.desk == desk
        ]
        alma = self.progress.context.alma
        if not alma.reads:
            self._settle(backs, ALMA_SCREEN)
        elif not self.sending:
            self.progress.require_name()
            request = alma.still_lent(backs)
            self.send(request, lambda lent: self._settle_returned(backs, lent))

    def _settle_returned(self, backs: Sequence[Return], lent: set[UUID]) -> str:
        """Settle the items that are not on loan in Alma; return the outcome's key."""
        self.require()
        returned = [back for back in backs if back.id not in lent]
        if returned:
            self._settle(returned, ALMA_SCREEN)
        return "still_lent" if lent else "settled"

    def look_up(self) -> None:
        """Ask Alma whether it received a return that got no answer; nothing is sent again."""
        returned = self._opened()
        if not self.sending:
            self.send(self.progress.context.alma.settle_scan(returned.id))

    def _carts(self) -> Sequence[CartedItem]:
        newest = self.progress.ledger.current()
        return () if newest is None else newest.carts

    def _settle(self, backs: Sequence[Return], how: str) -> None:
        context = self.progress.context
        log, by = self.progress.ledger.reconciled, self.progress.require_name()
        at, new_id = context.clock.now(), context.clock.new_id
        entries = resolve_return(log, backs, how, new_id=new_id, at=at, operator=by)
        try:
            self.progress.record(*entries, unless_newer=(MOVING, log.position))
        except JournalMoved:
            raise TransactionRefused("row_moved", "Look again: something has changed.") from None
        self.param.update(item=None, confirming=False)
        self.finish("settled")

    def _opened(self) -> Return:
        self.require()
        if self.item is None:
            raise TransactionRefused("return_unknown", "No item is open.")
        return self.item.returned
