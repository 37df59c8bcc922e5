from .announcements import Announcement as Announcement
from .declared_outage import OutageLog as OutageLog, OutageRecord as OutageRecord
from .dossier import Dossier as Dossier, read_dossier as read_dossier
from .outage_loans import outage_loans as outage_loans, outage_spans as outage_spans
