"""What the outage pages need from the reconciliation."""

from datetime import datetime


class LoansLeft:
    """What is left to do with the loans; this base class, used in notebooks, reports nothing.

    `ReconciliationLedger` implements it.
    """

    def to_bring(self) -> int | None:
        """Count the loans to transfer to Alma; return None while the number is unknown."""
        return 0

    def still_open(self) -> str:
        """Return what is left to do once every loan is accounted for, or an empty string.

        The text is one of the keys `pending` (pending loans), `signature` and `carts`.
        """
        return ""

    def signed_at(self) -> datetime | None:
        """Return the time at which the current loans were signed off, or None."""
        return None
