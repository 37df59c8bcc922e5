"""The audit trail lists every kind of entry with a person's name, and nothing about patrons."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.access.access_changes import AccessChange, AccessChanged
from procedure.guide.walk import AnswerGiven
from procedure.io.database.entry_kinds import ENTRY_KINDS
from procedure.journal import Entry, Recorded
from procedure.reconciliation.journal_entries import LoanVerified, Verification
from procedure.records.acts import AuditRow, acts
from tests.support import make

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
IDS = [UUID(int=number) for number in range(9)]
ADDED = AccessChange.ACCOUNT_ADDED
ENTRIES: list[Entry] = [
    make.ended(
        IDS[3],
        IDS[0],
        at=NOW + timedelta(hours=2),
        ended=NOW,
        workstation="Poste 3",
        operator="Anne",
    ),
    make.outage(IDS[0], at=NOW, workstation="Poste 1", operator="anne"),
    make.loan(IDS[1], "ITEM-SECRET", "SLSP-SECRET", at=NOW, workstation="Poste 1", operator="bea"),
    make.void(
        IDS[2], IDS[1], "SECRET", at=NOW + timedelta(hours=1), workstation="Poste 1", operator="bea"
    ),
    AnswerGiven(IDS[4], NOW, IDS[5], "A1", "yes", initials="cd", workstation="Poste 2"),
    LoanVerified(IDS[6], NOW, IDS[1], Verification.IN_ALMA),
    AccessChanged(
        id=IDS[7], at=NOW, change=ADDED, name="anne", detail="staff", operator="root (shell)"
    ),
]
RECORDED = [Recorded(place, NOW, entry) for place, entry in enumerate(ENTRIES, 1)]
DECLARED = AuditRow(NOW, "anne", "Poste 1", "outage_declared", str(IDS[0]))
ENDED = AuditRow(NOW + timedelta(hours=2), "Anne", "Poste 3", "outage_ended", str(IDS[0]))
VOIDED = AuditRow(NOW + timedelta(hours=1), "bea", "Poste 1", "void", str(IDS[1]))
ANSWERED = AuditRow(NOW, "cd", "Poste 2", "answer", "A1")
CHANGED = AuditRow(NOW, "root (shell)", "", "account_added", "anne")


def test_acts_are_in_order_of_time() -> None:
    found = acts(RECORDED)
    assert found == [DECLARED, ANSWERED, CHANGED, VOIDED, ENDED]
    assert "SECRET" not in str(found)


def test_acts_of_one_person() -> None:
    assert acts(RECORDED, person="ANNE") == [DECLARED, ENDED]
    assert acts(RECORDED, person="nobody") == []


def test_acts_list_scans_on_request() -> None:
    lent = AuditRow(NOW, "bea", "Poste 1", "loan", str(IDS[1]))
    found = acts(RECORDED, person="bea", scans=True)
    assert found == [lent, VOIDED]
    assert "SECRET" not in str(found)


def test_entry_kinds_without_a_person_are_known() -> None:
    nameless = {
        kind
        for kind, stored in ENTRY_KINDS.items()
        if not {"operator", "initials"} & set(stored.__dataclass_fields__)  # type: ignore[attr-defined]
    }
    # These entries are made by programs, status pages and workstations, not by a person.
    assert nameless == {
        "alert_sent",
        "item_seen",
        "loan_answered",
        "official",
        "proved",
        "scan_answered",
        "user_seen",
        "workstation_check",
    }
