"""What an outage needs to know of the reconciliation, which comes after it."""

from datetime import datetime


class LoansLeft:
    """What is left to do with the loans; here, as in a notebook, nothing is known to be.

    `ReconciliationLedger` knows it.
    """

    def to_bring(self) -> int | None:
        """Count the loans to be brought into Alma, None while that is not known."""
        return 0

    def still_open(self) -> str:
        """Return what is left once every loan is accounted for, empty for nothing.

        It is `pending` (loans on a forgotten card), `signature` or `carts`.
        """
        return ""

    def signed_at(self) -> datetime | None:
        """Return when somebody signed for all loans as they are now; None if nobody has."""
        return None
