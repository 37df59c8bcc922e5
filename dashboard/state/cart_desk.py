"""One book of the carts at a time, returned through the API; the usual way is Alma's own screen."""

from __future__ import annotations

from uuid import UUID

import param

from dashboard.state.alma_act import AlmaAct
from procedure.cart import CartRow
from procedure.errors import TransactionRefused


class CartDesk(AlmaAct):
    """The book that lies here: `asked` from when it is laid down until the person's second word."""

    book: CartRow | None = param.Parameter(default=None)

    def open(self, back: UUID) -> None:
        """Lay a book down, and ask whether it is to be returned now."""
        self.allowed()
        carts = self.way.house.way.standing().carts
        found = next((one for one in carts if one.back.id == back), None)
        self.param.update(book=found, asked=found is not None and found.safe, told="")

    def close(self) -> None:
        """Put the book aside."""
        self.param.update(book=None, asked=False, told="")

    @property
    def open_scan(self) -> bool:
        """Whether a return of this book was sent, and its fate is not known."""
        scan = self.book and self.way.house.way.found.log.lines.scans.get(self.book.back.id)
        return scan is not None and scan.open

    def give_back(self) -> None:
        """Return the book in Alma, now; it is sent once.

        Raises:
            TransactionRefused, NotAllowed: nothing was sent.
        """
        book = self._meant()
        if self.asked and not self.sending:
            library, visit = self.library(book.back.desk), self.way.visit
            by = {"workstation": visit.workstation, "operator": self.way.person or None}
            alma = self.way.house.alma
            self.send(self.tell(alma.scan_in(book.back.id, library=library, **by)))

    def find_out(self) -> None:
        """Look in Alma what became of a return that was sent and not answered; sends nothing."""
        book = self._meant()
        if not self.sending:
            self.send(self.tell(self.way.house.alma.settle_scan(book.back.id)))

    def _meant(self) -> CartRow:
        self.allowed()
        if self.book is None:
            raise TransactionRefused("return_unknown", "No book lies here.")
        return self.book
