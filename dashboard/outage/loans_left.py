"""What the outage pages need to know about the reconciliation that follows an outage."""

from datetime import datetime


class LoansLeft:
    """What is left to do with the loans; in this base class, as in a notebook, nothing is known.

    `ReconciliationLedger` implements it.
    """

    def to_bring(self) -> int | None:
        """Count the loans to be brought into Alma; return None while the number is not known."""
        return 0

    def still_open(self) -> str:
        """Return what is left once every loan is accounted for, or an empty text if nothing is.

        It is `pending` (loans on a forgotten card), `signature` or `carts`.
        """
        return ""

    def signed_at(self) -> datetime | None:
        """Return when somebody signed for all loans as they are now, or None if nobody has."""
        return None
