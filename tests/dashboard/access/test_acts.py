"""Each role can perform only its own actions on a page; the tests perform them as the views do."""

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import dashboard
from dashboard.core.context import AppContext
from dashboard.core.errors import NotAllowed
from dashboard.core.session import Session
from dashboard.core.visitor import Permission, SignedInBy, Visitor, visitor_of
from dashboard.loans.file_import import FileImport
from dashboard.monitoring.workstation_name import WorkstationName
from dashboard.outage.planned_work import PlannedWorkState
from dashboard.page import DashboardPage
from dashboard.readiness.drill_control import DrillControl
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.cart_returns import CartReturns
from dashboard.reconciliation.job_reports import JobReports
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.translations import language
from procedure.access.roles import PERMISSIONS_OF, Role
from procedure.status_pages.reading_validity import PageStatus
from tests.support.intake import Desk
from tests.support.memory import MemoryNotes

FOLDER = Path(dashboard.__path__[0])
NONE = UUID(int=9)
NO_ROW: Any = None
PAPER = b"patron,item,at\nU1,A1,2026-11-24 11:00\n"
Act = Callable[[DashboardPage], object]
# The permission that each action needs, and a call that performs it. A key begins with the module
# that records the action, or that only checks the permission (`BEFORE`).
ACTS: dict[str, tuple[Permission, Act]] = {
    "guide.guide: answer": (
        Permission.ANSWER,
        lambda page: page.guide.answer("A1", "yes"),
    ),
    "guide.guide: reached": (Permission.ANSWER, lambda page: page.guide.reached("di")),
    "monitoring.diagnosis: report": (
        Permission.REPORT,
        lambda page: page.diagnosis.report(works=False),
    ),
    "monitoring.diagnosis: read": (
        Permission.READ_STATUS,
        lambda page: page.diagnosis.read("alma", next(iter(PageStatus))),
    ),
    "monitoring.diagnosis: round": (
        Permission.REPORT,
        lambda page: page.diagnosis.record_round([], 0),
    ),
    "monitoring.workstation_name: call": (
        Permission.REPORT,
        lambda page: WorkstationName(diagnosis=page.diagnosis).call("pc-9", "", vdi=False),
    ),
    "outage.planned_work: plan": (
        Permission.READ_STATUS,
        lambda page: PlannedWorkState(diagnosis=page.diagnosis).plan("22:00", "23:00", "Alma"),
    ),
    "outage.planned_work: withdraw": (
        Permission.READ_STATUS,
        lambda page: PlannedWorkState(diagnosis=page.diagnosis).withdraw(str(NONE)),
    ),
    "outage.outage: declare": (Permission.COORDINATE, lambda page: page.outage.declare("Alma")),
    "outage.outage: say": (
        Permission.COORDINATE,
        lambda page: page.outage.send_message({"fr": "Alma"}),
    ),
    "outage.outage: withdraw": (
        Permission.COORDINATE,
        lambda page: page.outage.withdraw(str(NONE)),
    ),
    "outage.outage: review": (
        Permission.COORDINATE,
        lambda page: page.outage.review("Two links.", "", ""),
    ),
    "loans.loans: void": (Permission.VOID, lambda page: page.loans.void(NONE, "scan_error")),
    "loans.loans: restore": (Permission.LEND, lambda page: page.loans.restore(NO_ROW)),
    "readiness.drill_control: start": (
        Permission.COORDINATE,
        lambda page: DrillControl(context=page.loans.context, session=page.session).start(),
    ),
    "readiness.drill_control: end": (
        Permission.COORDINATE,
        lambda page: DrillControl(context=page.loans.context, session=page.session).end(),
    ),
    "loans.pending_loans: complete": (
        Permission.LEND,
        lambda page: page.loans.pending_loans.complete(NONE, "U1"),
    ),
    "loans.pending_loans: take back": (
        Permission.VOID,
        lambda page: page.loans.pending_loans.take_back(NONE, "scan_error"),
    ),
    "loans.file_import: look": (
        Permission.COORDINATE,
        lambda page: FileImport(context=page.loans.context, session=page.session).look(
            [("paper.csv", PAPER)]
        ),
    ),
    "loans.transactions.intake: take": (
        Permission.LEND,
        lambda page: _send(page.loans.context, page.session.person),
    ),
    "reconciliation.reconciliation: tick": (
        Permission.COORDINATE,
        lambda page: page.reconciliation.tick("block_off"),
    ),
    "reconciliation.reconciliation: sign": (
        Permission.COORDINATE,
        lambda page: page.reconciliation.sign(),
    ),
    "reconciliation.offline_files: write": (
        Permission.EXPORT,
        lambda page: OfflineFiles(progress=page.reconciliation).write(),
    ),
    "reconciliation.offline_files: uploaded": (
        Permission.COORDINATE,
        lambda page: OfflineFiles(progress=page.reconciliation).mark_uploaded(NONE),
    ),
    "reconciliation.alma_actions: preflight": (
        Permission.COORDINATE,
        lambda page: AlmaChecks(progress=page.reconciliation).preflight(),
    ),
    "reconciliation.alma_actions: stop": (
        Permission.COORDINATE,
        lambda page: AlmaChecks(progress=page.reconciliation).stop(),
    ),
    "reconciliation.alma_actions: verify": (
        Permission.COORDINATE,
        lambda page: AlmaChecks(progress=page.reconciliation).verify(),
    ),
    "reconciliation.alma_actions: by list": (
        Permission.COORDINATE,
        lambda page: AlmaChecks(progress=page.reconciliation).verify_by_list(b""),
    ),
    "reconciliation.job_reports: record": (
        Permission.COORDINATE,
        lambda page: JobReports(progress=page.reconciliation).record(),
    ),
    "reconciliation.job_reports: read": (
        Permission.COORDINATE,
        lambda page: JobReports(progress=page.reconciliation).read([]),
    ),
    "reconciliation.row_repair: confirm": (
        Permission.COORDINATE,
        lambda page: RowRepair(progress=page.reconciliation).confirm([NONE]),
    ),
    "reconciliation.row_settlement: settle all": (
        Permission.COORDINATE,
        lambda page: RowRepair(progress=page.reconciliation).settle_all([NONE], "lost"),
    ),
    "reconciliation.row_repair: undo": (
        Permission.COORDINATE,
        lambda page: RowRepair(progress=page.reconciliation).undo([NONE], "scan_error"),
    ),
    "reconciliation.row_repair: take all suggested": (
        Permission.COORDINATE,
        lambda page: RowRepair(progress=page.reconciliation).take_all_suggested([NONE]),
    ),
    "reconciliation.row_repair: void": (
        Permission.COORDINATE,
        lambda page: RowRepair(progress=page.reconciliation, row=NO_ROW).void("scan_error"),
    ),
    "reconciliation.cart_returns: open": (
        Permission.COORDINATE,
        lambda page: CartReturns(progress=page.reconciliation).open(NONE),
    ),
    "reconciliation.cart_returns: send return": (
        Permission.COORDINATE,
        lambda page: CartReturns(progress=page.reconciliation).send_return(),
    ),
    "reconciliation.cart_returns: settle": (
        Permission.COORDINATE,
        lambda page: CartReturns(progress=page.reconciliation).settle_desk("MAIL"),
    ),
}
# These modules record without any user's action: the server sends alerts, a browser reports its
# missing features, and a drill simulates users. Enrolment is a route; `test_route_permissions`
# checks its permission.
ALONE = {
    "outage.alert_sending",
    "readiness.reports",
    "drill.drill",
    "drill.drill_upload",
    "access.enrolment",
}


def _send(context: AppContext, person: Visitor) -> None:
    message = {
        "kind": "loan",
        "id": str(UUID(int=1)),
        "at": context.clock.now().isoformat(),
        "desk": "MAIL",
        "sequence": 1,
        "patron": "U1",
        "item": "A1",
        "workstation": "pc-1",
    }
    if Desk(context, person).take_one(message)["reason"] == "not_allowed":
        raise NotAllowed("lend")


def is_refused(context: AppContext, visitor: Visitor, act: Act) -> bool:
    """Return whether a visitor's page refuses an action; other errors mean that it is allowed."""
    context.store.notes = MemoryNotes()
    session = Session(visitor=visitor, workstation="pc-1", desk="MAIL")
    page = DashboardPage(ReconciliationLedger(context), session, language("fr"))
    before = context.store.journal.position()
    try:
        act(page)
    except NotAllowed:
        assert context.store.journal.position() == before
        return True
    except Exception:
        return False
    return False


@pytest.mark.parametrize("name", ACTS)
def test_only_roles_with_the_permission_may_act(context: AppContext, name: str) -> None:
    right, act = ACTS[name]
    refused = {
        role: is_refused(context, visitor_of(role, "anne", SignedInBy.LOGIN), act) for role in Role
    }
    assert refused == {role: right not in PERMISSIONS_OF[role] for role in Role}


def test_table_has_every_module_that_records() -> None:
    folder = Path(dashboard.__path__[0])
    recording = set()
    for path in folder.rglob("*.py"):
        calls = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
        ]
        names = [ast.unparse(call.func) for call in calls]
        if any(
            name.endswith(("journal.append", "journal.submit", "record_act", "progress.record"))
            for name in names
        ):
            recording.add(".".join(path.relative_to(folder).with_suffix("").parts))
    recording = {
        module for module in recording if not module.startswith(("cli.", "core.", "upkeep."))
    }
    assert recording == {name.partition(":")[0] for name in ACTS} - BEFORE | ALONE


# These modules check the permission; then another module records, or a separate server starts.
BEFORE = {"monitoring.workstation_name", "loans.file_import", "readiness.drill_control"}


def test_every_permission_check_is_in_the_table(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    require = Visitor.require

    def watched(visitor: Visitor, act: Permission) -> None:
        frame = sys._getframe(1)
        while (path := Path(frame.f_code.co_filename)).is_relative_to(FOLDER):
            asked.add(f"{_module(path)}: {frame.f_code.co_name}")
            frame = frame.f_back  # type: ignore[assignment] # the loop ends at this file's frame
        require(visitor, act)

    monkeypatch.setattr(Visitor, "require", watched)
    for role in (Role.COORDINATOR, Role.ANALYST):  # only the first may perform the actions
        for _, act in ACTS.values():
            is_refused(context, visitor_of(role, "anne", SignedInBy.LOGIN), act)
    assert _functions_that_ask() - asked == {
        "core.authorised_handler: prepare",  # called for each route: see test_route_permissions
        "guide.guide_view: _act",  # opens the loans page, and changes nothing
        # Called when Alma answers; here, Alma does not answer.
        "reconciliation.cart_returns: _settle_returned",
    }


def _functions_that_ask() -> set[str]:
    return {
        f"{_module(path)}: {node.name}"
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _asks(node)
    }


def _asks(function: ast.AST) -> bool:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr == "require" for call in calls)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(FOLDER).with_suffix("").parts)
