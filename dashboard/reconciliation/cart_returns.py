"""The books of the carts: returned at Alma's own screen, settled by hand, or through the API."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import param

from dashboard.reconciliation.alma_action import AlmaAction
from procedure.circulation.transactions import Return
from procedure.errors import JournalMoved, TransactionRefused
from procedure.reconciliation.carts import CartedItem
from procedure.reconciliation.corrections import ALMA_SCREEN, MOVING, resolve_return


class CartReturns(AlmaAction):
    """The book that lies here: `asked` from when it is laid down until the person's second word."""

    book: CartedItem | None = param.Parameter(default=None)

    def open(self, back: UUID) -> None:
        """Lay a book down, and ask whether it is to be returned now."""
        self.allowed()
        found = next((one for one in self._carts() if one.back.id == back), None)
        sends = self.way.context.alma.writes and found is not None and found.safe
        self.param.update(book=found, asked=sends, told="")

    def close(self) -> None:
        """Put the book aside."""
        self.param.update(book=None, asked=False, told="")

    @property
    def open_scan(self) -> bool:
        """Whether a return of this book was sent, and its fate is not known."""
        attempts = self.way.context.way.found.log.settlements.attempts
        scan = self.book and attempts.get(self.book.back.id)
        return scan is not None and scan.open

    def give_back(self) -> None:
        """Return the book in Alma, now; it is sent once.

        Raises:
            TransactionRefused, NotAllowed: nothing was sent.
        """
        book = self._meant()
        if self.asked and not self.sending:
            library, session = self.library(book.back.desk), self.way.session
            by = {"workstation": session.workstation, "operator": self.way.person or None}
            alma = self.way.context.alma
            self.send(self.tell(alma.scan_in(book.back.id, library=library, **by)))

    def settle(self, how: str, name: str) -> None:
        """Settle the book by hand: it leaves the list with these words and this name.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        self._settle([self._meant().back], how, name)

    def settle_desk(self, desk: str, name: str) -> None:
        """Say that all that may be returned of a desk's carts was returned at Alma's own screen.

        Raises:
            TransactionRefused, JournalUnwritable, NotAllowed: nothing was changed.
        """
        self.allowed()
        backs = [one.back for one in self._carts() if one.safe and one.back.desk == desk]
        self._settle(backs, ALMA_SCREEN, name)

    def _carts(self) -> Sequence[CartedItem]:
        newest = self.way.context.way.current()
        return () if newest is None else newest.carts

    def _settle(self, backs: Sequence[Return], how: str, name: str) -> None:
        context = self.way.context
        found, by = context.way.found, self.way.sign_as(name)
        at, new_id = context.now(), context.new_id
        entries = resolve_return(found, backs, how, new_id=new_id, at=at, operator=by)
        try:
            context.journal.append(*entries, unless_newer=(MOVING, found.position))
        except JournalMoved:
            raise TransactionRefused("row_moved", "Look again: something was recorded.") from None
        self.param.update(book=None, asked=False)
        self.done("settled")

    def find_out(self) -> None:
        """Look in Alma what became of a return that was sent and not answered; sends nothing."""
        book = self._meant()
        if not self.sending:
            self.send(self.tell(self.way.context.alma.settle_scan(book.back.id)))

    def _meant(self) -> CartedItem:
        self.allowed()
        if self.book is None:
            raise TransactionRefused("return_unknown", "No book lies here.")
        return self.book
