"""A page records nothing that its role forbids, even if it replays a coordinator's actions.

A browser can send anything through its page's websocket. The tests therefore collect every action
and form of a coordinator's page during an outage, and send each to every part of every role's page.
The journal must then contain no entry that is forbidden to the role.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import panel as pn
import pytest

from dashboard.core.context import AppContext
from dashboard.core.errors import DashboardError
from dashboard.core.session import PLACES, Session
from dashboard.core.visitor import NOBODY, SignedInBy, Visitor, visitor_of
from dashboard.page import DashboardPage
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.access.roles import PERMISSIONS_OF, Role
from procedure.errors import ProcedureError
from procedure.io.database.entry_kinds import ENTRY_KINDS
from procedure.monitoring.model import Status
from tests.support import make
from tests.support.clock import Clock
from tests.support.memory import MemoryNotes
from tests.support.still_watch import StillWatch

ACT = re.compile(r'data-act="([^"]+)"(?:\s+data-value="([^"]*)")?')
FIELD = re.compile(r'<(?:input|textarea|select)[^>]*\sname="([^"]+)"')
TYPED = {"begun": "2026-11-24T11:30", "ended": "2026-11-24T11:50"}
WORKSTATION = replace(
    visitor_of(Role.STAFF, "", SignedInBy.WORKSTATION), name=None, workstation="CMU-3"
)
PEOPLE = {
    "coordinator": visitor_of(Role.COORDINATOR, "anne", SignedInBy.LOGIN),
    "staff": visitor_of(Role.STAFF, "bea", SignedInBy.LOGIN),
    "analyst": visitor_of(Role.ANALYST, "carl", SignedInBy.LOGIN),
    "workstation": WORKSTATION,
    "nobody": NOBODY,
}
# The kinds of entries that staff actions record (`outage_noted` if a contact was reached). Analysts
# and visitors who are not signed in record none.
OF_STAFF = {
    "answer",
    "report",
    "reading",
    "void",
    "window",
    "window_withdrawn",
    "identifiers_seen",
    "outage_noted",
}


@pytest.fixture
def in_outage(context: AppContext, watch: StillWatch, clock: Clock) -> AppContext:
    """A context with a declared outage, a loan and a message."""
    context.store.notes = MemoryNotes()
    for target in context.handbook.current.targets:
        watch.see_enough(target, Status.DOWN)
    context.store.journal.append(
        make.outage(1, "Alma", at=clock(), begun=clock() - timedelta(minutes=30)),
        make.loan(2, "A1", "SLSP204518377", at=clock(), desk="MAIL"),
        make.news(3, 1, "Alma ne répond pas", at=clock()),
    )
    context.folds.update()
    return context


def parts(context: AppContext, visitor: Visitor) -> Iterator[LiveHTML]:
    """Yield the parts of each place on the visitor's page."""
    for place in PLACES:
        session = Session(visitor=visitor, workstation=visitor.workstation or "pc-1", desk="MAIL")
        page = DashboardPage(ReconciliationLedger(context), session, language("fr"))
        if session.may_open(place):
            session.page = place
        page.tick()
        for root in page.parts.values():
            yield from pn.panel(root).select(LiveHTML)


def offered(context: AppContext) -> list[dict[str, object]]:
    """Return a click and a form for each action of a coordinator's page, and for forged actions."""
    shown = "".join(part.html for part in parts(context, PEOPLE["coordinator"]))
    fields = {name: TYPED.get(name, "text") for name in FIELD.findall(shown)}
    acts = sorted(set(ACT.findall(shown)))
    forged = [("no-such-act", ""), *((act, "no-such-value") for act, _ in acts)]
    return [
        {"act": act, "value": value, **more}
        for act, value in (*acts, *forged)
        for more in ({}, {"fields": fields})
    ]


@pytest.mark.parametrize("name", PEOPLE)
def test_replayed_acts_record_only_what_the_role_allows(in_outage: AppContext, name: str) -> None:
    context, visitor = in_outage, PEOPLE[name]
    messages = offered(context)
    before = context.store.journal.position()
    for part in list(parts(context, visitor)):
        for message in messages:
            with suppress(DashboardError, ProcedureError):  # a refusal
                part.receive(message)
    made = {recorded.entry.KIND for recorded in context.store.journal.since(before)}
    allowed = {
        "coordinator": set(ENTRY_KINDS),
        "staff": OF_STAFF,
        "workstation": OF_STAFF,
    }.get(name, set())
    assert made <= allowed
    if name == "coordinator":
        assert made >= {"answer", "report", "reading", "export", "ticked", "outage_withdrawn"}
    else:
        assert PERMISSIONS_OF[Role.COORDINATOR] > visitor.acts
