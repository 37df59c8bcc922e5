"""Every place shows keys that are in old entries but not in the current handbook."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from panel.viewable import Viewer

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.dossier.html import as_html
from dashboard.page import DashboardPage
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from dashboard.upkeep.repeated_tasks import update_ninety_days, update_recent_states
from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    RequestOutcome,
    ReturnAnswered,
    ReturnRequested,
    ReturnSettledByHand,
    SettledByHand,
)
from procedure.circulation.transactions import Export, Loan, PendingLoan, Return, Void
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.handbook.model import Handbook, services
from procedure.journal import Entry
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.outages.dossier import read_dossier
from procedure.outages.outage_entries import OutageDeclared, OutageNews, OutageNote
from procedure.reconciliation.journal_entries import (
    ChecklistTicked,
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    SignedOff,
    Verification,
)
from procedure.reconciliation.steps import STEPS
from procedure.status_pages.maintenance import MaintenancePlanned, MaintenanceWithdrawn
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus
from tests.support.clock import NOON
from tests.support.still_watch import StillWatch

EARLIER = NOON - timedelta(hours=2)
OUTAGE, PLANNED = uuid4(), uuid4()
LOAN, OTHER, BACK, EXPORT, INTENT, SCAN = (uuid4() for _ in range(6))
SHA = "0" * 64


def old_entries() -> Iterator[Entry]:
    """Yield entries of every kind that contains a key, each with a key that no handbook has."""
    for minute, (kind, values) in enumerate([*_spoken(), *_lent()]):
        yield kind(**({"id": uuid4(), "at": EARLIER + timedelta(minutes=minute)} | values))


def _spoken() -> list[tuple[type[Entry], dict[str, Any]]]:
    begun = {"begun": EARLIER, "suspected": "old_fault"}
    span = {"start": EARLIER, "end": NOON + timedelta(hours=1)}
    return [
        (OutageDeclared, {"id": OUTAGE, "title": "Alma", **begun}),
        (OutageNews, {"outage": OUTAGE, "message": "Patience."}),
        (OutageNote, {"outage": OUTAGE, "text": "", "contact": "old-contact"}),
        (AnswerGiven, {"walk": uuid4(), "step": "Z9", "answer": "old_answer"}),
        (AnswerGiven, {"walk": uuid4(), "step": "A2", "answer": "old_answer_known_step"}),
        (PageStatusReadByStaff, {"target": "old-page", "word": PageStatus.INCIDENT}),
        (PageStatusChanged, {"target": "old-page", "word": PageStatus.INCIDENT, "summary": "Old."}),
        (PageStatusChanged, {"target": "old-page", "word": PageStatus.OK, "summary": "Old."}),
        (StaffReport, {"workstation": "MAIL-1", "works": False, "about": "old-about"}),
        (MaintenancePlanned, {"id": PLANNED, "target": "old-planned", **span}),
        (MaintenanceWithdrawn, {"window": uuid4()}),
    ]


def _lent() -> list[tuple[type[Entry], dict[str, Any]]]:
    desk = {"desk": "OLDDESK"}
    return [
        (Loan, {"id": LOAN, "patron": "p1", "item": "i1", "warning": "old_warning", **desk}),
        (Loan, {"id": OTHER, "patron": "p2", "item": "i2", "warning": "old_doubt", **desk}),
        (Loan, {"id": uuid4(), "patron": "p3", "item": "i3", **desk}),
        (Void, {"loan": OTHER, "reason": "x"}),
        (Return, {"id": BACK, "item": "i4", **desk}),
        (Return, {"id": uuid4(), "item": "i1", **desk}),
        (PendingLoan, {"item": "i5", "warning": "old_waiting", **desk}),
        (Export, {"id": EXPORT, "loans": (LOAN, OTHER), "name": "o.dat", "sha256": SHA, **desk}),
        (FileUploaded, {"export": EXPORT}),
        (JobReportRecorded, {"export": EXPORT, "refused": ((LOAN, "old_refusal"),)}),
        (LoanVerified, {"loan": LOAN, "found": Verification.MISSING, "reason": "old_reason"}),
        (Corrected, {"loan": LOAN, "item": "i9"}),
        (ManualHandling, {"loan": LOAN, "note": "n"}),
        (LoanRequested, {"id": INTENT, "loan": LOAN}),
        (
            LoanAnswered,
            {"intent": INTENT, "loan": LOAN, "fate": RequestOutcome.REFUSED, "code": "999999"},
        ),
        (ReturnRequested, {"id": SCAN, "back": BACK}),
        (
            ReturnAnswered,
            {"intent": SCAN, "back": BACK, "fate": RequestOutcome.REFUSED, "code": "999998"},
        ),
        (ReturnSettledByHand, {"back": uuid4(), "how": "old_how_back"}),
        (SettledByHand, {"loan": OTHER, "how": "old_how"}),
        (SignedOff, {"operator": "X", "states": (("old_state", 2),), "position": 1}),
        (ChecklistTicked, {"point": "old_point"}),
    ]


def old_outcomes() -> list[Outcome]:
    """Return outcomes of a target that no handbook has any more; those in the middle are down."""
    statuses = [Status.UP] * 5 + [Status.DOWN] * 20 + [Status.UP] * 5
    return [
        Outcome(
            target="old-target",
            url="https://old.example.org/",
            vantage="server",
            at=EARLIER + timedelta(minutes=minute),
            status=status,
            cause=FailureCause.TIMEOUT if status is Status.DOWN else None,
            http_status=None if status is Status.DOWN else 200,
        )
        for minute, status in enumerate(statuses)
    ]


@pytest.fixture
def old_context(context: AppContext, watch: StillWatch) -> AppContext:
    context.store.journal.append(*old_entries())
    context.store.history.record(old_outcomes())
    for key in context.handbook.current.targets:
        watch.see_enough(key, Status.DOWN, cause=FailureCause.TIMEOUT)
    asyncio.run(update_recent_states(context))
    asyncio.run(update_ninety_days(context))
    return context


def panes(page: DashboardPage) -> list[LiveHTML]:
    parts = [part.__panel__() for part in page.parts.values() if isinstance(part, Viewer)]
    return [pane for part in parts for pane in part.select(LiveHTML)]


def shown(page: DashboardPage) -> str:
    """Return all the HTML of a page."""
    return "\n".join(pane.html for pane in panes(page))


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("coordination", {"old-contact"}),
        ("guide", set[str]()),
        ("loans", {"OLDDESK", "old_warning", "old_waiting"}),
        ("reconciliation", {"OLDDESK", "old_refusal"}),
        ("history", set[str]()),
    ],
)
def test_places_show_unknown_keys_as_text(
    old_context: AppContext, caplog: pytest.LogCaptureFixture, code: str, place: str, keys: set[str]
) -> None:
    page = DashboardPage(
        ReconciliationLedger(old_context), Session(page=place, language=code), language(code)
    )
    page.reconciliation.update()
    for pane in panes(page):
        if 'data-act="elsewhere"' in pane.html:
            pane.receive({"act": "elsewhere", "value": ""})
    seen = ""
    for step in (*STEPS, "rows"):
        page.reconciliation.go(step)
        page.tick()
        seen += shown(page)
    assert {key for key in keys if key not in seen} == set()
    assert "failure" not in seen
    assert caplog.records == []


@pytest.mark.parametrize("code", ["fr", "en"])
def test_dossier_shows_unknown_keys_as_text(old_context: AppContext, code: str) -> None:
    book = old_context.handbook.current
    dossier = read_dossier(
        OUTAGE,
        old_context.store.journal,
        old_context.store.history,
        book.scans,
        now=NOON,
        services=services(book),
    )
    assert dossier is not None
    html = as_html(dossier, book, language(code))
    keys = ("old-contact", "old-page", "old-planned", "old-target", "old-about", "OLDDESK")
    assert [key for key in (*keys, "Z9", "old_answer") if key not in html] == []


def test_text_of_an_unknown_key_is_the_key(handbook: Handbook) -> None:
    words = handbook.words["fr"]
    assert words.contacts["old"].short == "old"
    assert words.targets["old"].name == "old"
    assert words.steps["Z9"].title == "Z9"
    assert words.steps["A2"].answers["old"].label == "old"
    assert ("old" in words.targets, words.steps.get("Z9")) == (False, None)
