"""A note with an outage, or a contact made: the same entry from the guide and the coordination."""

from __future__ import annotations

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from procedure.circulation.redaction import redact_identifiers
from procedure.outages.declared_outage import OutageNote, OutageRecord


def outage_note(
    record: OutageRecord,
    context: AppContext,
    session: Session,
    text: str,
    contact: str | None = None,
) -> OutageNote:
    """Return the entry of this instant; what looks like a user's number in the text is removed."""
    return OutageNote(
        id=context.new_id(),
        at=context.now(),
        outage=record.declared.id,
        text=redact_identifiers(text, context.handbook.scans),
        contact=contact,
        workstation=session.workstation,
        operator=session.person.name,
    )
