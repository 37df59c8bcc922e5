"""The work left to do in the reconciliation, for the outage pages."""

from datetime import datetime


class LoansLeft:
    """The work left to do on the loans.

    This base class, used in notebooks, reports that nothing is left to do; `ReconciliationLedger`
    overrides it.
    """

    def to_bring(self) -> int | None:
        """Count the loans to transfer to Alma; return None while the number is unknown."""
        return 0

    def still_open(self) -> str:
        """Return the key of the work left once all loans are accounted for, or an empty string.

        The key is the first of these that applies: `pending` (loans without a card), `signature`
        (the sign-off is missing) or `carts` (items are to be returned in Alma).
        """
        return ""

    def signed_at(self) -> datetime | None:
        """Return the time at which the current loans were signed off, or None."""
        return None
