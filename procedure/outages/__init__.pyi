from .announcements import Announcement as Announcement
from .dossier import Dossier as Dossier, read_dossier as read_dossier
from .outage_entries import OutageLog as OutageLog, OutageRecord as OutageRecord
from .outage_loans import outage_loans as outage_loans, outage_spans as outage_spans
