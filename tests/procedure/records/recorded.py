"""A recorded day with an outage, its announcement, declaration, loans and reconciliation."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.circulation.settlements import RequestOutcome
from procedure.circulation.transactions import Loan, Void
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.io.database.database import Database
from procedure.journal import Entry
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.outages.outage_entries import OutageReviewed
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    SignedOff,
    Verification,
)
from procedure.status_pages.reading_validity import PageStatusChanged
from procedure.status_pages.status import PageStatus
from tests.support import make

MINUTE = timedelta(minutes=1)
SINCE = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
TARGETS = ("alma-saml", "alma-secours", "switch")
PATRON, ITEM = "2060000017", "1060000042"
# Alma's two downtimes, in minutes from the start: planned work, then an outage.
WORK, OUTAGE = range(200, 230), range(600, 660)


def at(minute: float) -> datetime:
    return SINCE + minute * MINUTE


def outcomes() -> Iterator[Outcome]:
    for minute in range(24 * 60):
        for target in TARGETS:
            down = target.startswith("alma") and (minute in WORK or minute in OUTAGE)
            cause = FailureCause.TIMEOUT if down else None
            status = Status.DOWN if down else Status.UP
            latency = 10_000.0 if down else 100.0 + minute % 10
            yield Outcome(
                target,
                "https://x.example",
                "server",
                at(minute),
                status,
                cause,
                latency_ms=latency,
            )


def loan(number: int, minute: float, desk: str = "CMU", **more: object) -> Loan:
    made = {"workstation": f"{desk}-1", "operator": "mb", "sequence": number, **more}
    return make.loan(number, f"{ITEM[:-1]}{number}", PATRON, at=at(minute), desk=desk, **made)


DECLARED = UUID(int=100)
FILE = make.export(
    110,
    1,
    2,
    at=at(700),
    desk="CMU",
    name="CMU.dat",
    sha256="00",
    workstation="CMU-1",
    operator="mb",
)
ENTRIES: tuple[Entry, ...] = (
    make.planned(101, at(195), at(235), at=at(10)),
    make.page_read(102, PageStatus.OK, at=at(605), workstation="CMU-1"),
    StaffReport(UUID(int=103), at(606), "MAIL-1", works=False, site="MAIL", about=f"loan {PATRON}"),
    AnswerGiven(
        id=UUID(int=104),
        at=at(607),
        walk=UUID(int=105),
        step="A4",
        answer="no",
        workstation="CMU-1",
        initials="mb",
        readings=("alma down", "x up"),
    ),
    make.outage(
        DECLARED, "Alma is down", at=at(610), begun=at(600), suspected="alma", operator="cr"
    ),
    PageStatusChanged(
        id=UUID(int=106),
        at=at(620),
        target="exlibris-status",
        word=PageStatus.INCIDENT,
        source="feed:rss",
        summary="Outage",
        changed_at=at(615),
    ),
    loan(1, 620),
    loan(2, 621),
    loan(3, 622, "MAIL", warning="unknown_card"),
    loan(4, 623, "MAIL", late=True),
    Void(id=UUID(int=107), at=at(624), loan=UUID(int=4), reason="read twice"),
    make.news(108, DECLARED, "Alma is back", at=at(650), lending=False),
    make.ended(109, DECLARED, at=at(670), ended=at(660)),
    PageStatusChanged(UUID(int=111), at(671), "exlibris-status", PageStatus.OK, "feed:rss"),
    FILE,
    FileUploaded(id=UUID(int=112), at=at(710), export=FILE.id),
    make.report(113, FILE.id, (UUID(int=2), "blocked"), at=at(720), succeeded=1, failed=1),
    LoanVerified(
        id=UUID(int=114),
        at=at(730),
        loan=UUID(int=1),
        found=Verification.IN_ALMA,
        due=at(730) + 28 * 1440 * MINUTE,
    ),
    LoanRequested(id=UUID(int=115), at=at(731), loan=UUID(int=2)),
    LoanAnswered(
        id=UUID(int=116),
        at=at(732),
        intent=UUID(int=115),
        loan=UUID(int=2),
        fate=RequestOutcome.REFUSED,
        code="401153",
    ),
    SignedOff(
        id=UUID(int=117), at=at(740), operator="Claire Rey", states=(("confirmed", 1),), position=20
    ),
    OutageReviewed(id=UUID(int=119), at=at(742), outage=DECLARED, happened="Links", operator="cr"),
)


def fill(database: Database) -> None:
    database.history.set_intervals(dict.fromkeys(TARGETS, MINUTE))
    database.history.record(list(outcomes()))
    database.journal.append(*ENTRIES)
