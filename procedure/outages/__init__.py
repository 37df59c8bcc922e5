"""The declared outage, announcements, the text for a call, and the outage report.

Downtime of single targets is in `procedure.monitoring.downtime`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.outages.announcements import Announcement as Announcement
    from procedure.outages.call_text import call_facts as call_facts
    from procedure.outages.dossier import Dossier as Dossier
    from procedure.outages.dossier import read_dossier as read_dossier
    from procedure.outages.record import OutageLog as OutageLog
    from procedure.outages.record import OutageRecord as OutageRecord
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        announcements="Announcement",
        call_text="call_facts",
        dossier="Dossier read_dossier",
        record="OutageLog OutageRecord",
    )
