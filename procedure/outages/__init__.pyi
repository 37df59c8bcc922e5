from .announcements import Announcement as Announcement
from .call_text import call_facts as call_facts
from .declared_outage import OutageLog as OutageLog, OutageRecord as OutageRecord
from .dossier import Dossier as Dossier, read_dossier as read_dossier
from .outage_loans import outage_loans as outage_loans, outage_spans as outage_spans
