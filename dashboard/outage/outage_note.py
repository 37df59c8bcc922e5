"""A note with an outage, or a contact made: the same entry from the guide and the coordination."""

from __future__ import annotations

from dashboard.core.context import House
from dashboard.core.session import Visit
from procedure.circulation.redaction import discreet
from procedure.outages.record import OutageNoted, OutageRecord


def noted(
    record: OutageRecord, house: House, visit: Visit, text: str, contact: str | None = None
) -> OutageNoted:
    """Make the entry of this instant; what looks like a user's number in the text is hidden."""
    return OutageNoted(
        id=house.new_id(),
        at=house.now(),
        outage=record.declared.id,
        text=discreet(text, house.handbook.scans),
        contact=contact,
        workstation=visit.workstation,
        operator=visit.person.name,
    )
