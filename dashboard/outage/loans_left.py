"""What the outage pages need from the reconciliation."""

from datetime import datetime


class LoansLeft:
    """What is left to do with the loans.

    This base class, used in notebooks, reports that nothing is left; `ReconciliationLedger`
    overrides it.
    """

    def to_bring(self) -> int | None:
        """Count the loans to transfer to Alma; return None while the number is unknown."""
        return 0

    def still_open(self) -> str:
        """Return what is left to do once every loan is accounted for, or an empty string.

        It is the first of these keys that applies: `pending` (loans without a card), `signature`
        (the sign-off is missing) or `carts` (items are to be returned in Alma).
        """
        return ""

    def signed_at(self) -> datetime | None:
        """Return the time at which the current loans were signed off, or None."""
        return None
