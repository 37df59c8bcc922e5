"""Withdraws a declaration made by mistake."""

from procedure.errors import OutageRefused
from procedure.outages.outage_acts import Occasion
from procedure.outages.outage_entries import OutageRecord, OutageWithdrawn


def withdraw(record: OutageRecord, occasion: Occasion, reason: str) -> OutageWithdrawn:
    """Return the withdrawal of a declaration made by mistake.

    Raises:
        OutageRefused: the reason is missing or too long.
    """
    why = occasion.text(reason)
    if not why:
        raise OutageRefused("reason_missing", "Say why you are withdrawing the declaration.")
    return OutageWithdrawn(**occasion.entry(), outage=record.declared.id, reason=why)
