"""The class of each kind of journal entry, by the stored name of the kind."""

from collections.abc import Mapping

import msgspec

from procedure.access.access_changes import AccessChanged
from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    ReturnAnswered,
    ReturnRequested,
    ReturnSettledByHand,
    SettledByHand,
)
from procedure.circulation.transactions import Export, Loan, PendingLoan, Return, Void
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.journal import Entry
from procedure.offline_lists.list_entries import ListForgotten, ListTaken
from procedure.outages.due_alerts import AlertSent
from procedure.outages.follow_up import OutageLed, TaskAdded, TaskDone
from procedure.outages.outage_entries import (
    OutageDeclared,
    OutageEnded,
    OutageNews,
    OutageNote,
    OutageReviewed,
    OutageWithdrawn,
)
from procedure.outages.public_entries import PublicServiceSet, PublicStatement, PublicWithdrawn
from procedure.personal_data.access_entries import (
    FileDownloaded,
    IdentifiersPurged,
    IdentifiersSeen,
)
from procedure.readiness.workstation_check import WorkstationCheck
from procedure.reconciliation.alma_records import ItemSeen, PatronSeen
from procedure.reconciliation.journal_entries import (
    ChecklistTicked,
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    SignedOff,
)
from procedure.status_pages.maintenance import MaintenancePlanned, MaintenanceWithdrawn
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff

ENTRY_KINDS: Mapping[str, type[Entry]] = {
    kind.KIND: kind
    for kind in (
        Loan,
        Void,
        Return,
        PendingLoan,
        Export,
        AnswerGiven,
        PageStatusReadByStaff,
        PageStatusChanged,
        StaffReport,
        MaintenancePlanned,
        MaintenanceWithdrawn,
        OutageDeclared,
        OutageNews,
        OutageNote,
        OutageEnded,
        PublicStatement,
        PublicWithdrawn,
        PublicServiceSet,
        OutageReviewed,
        OutageWithdrawn,
        OutageLed,
        TaskAdded,
        TaskDone,
        AlertSent,
        WorkstationCheck,
        ItemSeen,
        PatronSeen,
        FileUploaded,
        JobReportRecorded,
        LoanVerified,
        Corrected,
        ManualHandling,
        SettledByHand,
        LoanRequested,
        LoanAnswered,
        ReturnRequested,
        ReturnAnswered,
        ReturnSettledByHand,
        SignedOff,
        ChecklistTicked,
        AccessChanged,
        IdentifiersPurged,
        IdentifiersSeen,
        FileDownloaded,
        ListTaken,
        ListForgotten,
    )
}

DECODERS: Mapping[str, msgspec.json.Decoder[Entry]] = {
    name: msgspec.json.Decoder(kind) for name, kind in ENTRY_KINDS.items()
}

# The kinds of entries that every desk shows. Other processes read such entries at once, and all
# other entries within a second.
ANNOUNCED = frozenset(
    kind.KIND
    for kind in (
        OutageDeclared,
        OutageNews,
        OutageNote,
        OutageEnded,
        OutageReviewed,
        OutageWithdrawn,
        MaintenancePlanned,
        MaintenanceWithdrawn,
        StaffReport,
    )
)
