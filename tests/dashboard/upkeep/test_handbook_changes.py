"""Open pages follow a changed handbook, and never show an old reading as new."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from panel.viewable import Viewer

from dashboard.core.context import AppContext
from dashboard.core.session import PLACES, Session
from dashboard.core.visitor import Visitor
from dashboard.desk.desk_route import desk_services
from dashboard.page import DashboardPage
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from dashboard.upkeep.handbook_changes import take_handbook
from dashboard.upkeep.repeated_tasks import update_ninety_days, update_recent_states
from procedure.access.roles import PERMISSIONS_OF, Role
from procedure.circulation.scan_rules import ScanRules
from procedure.errors import Fault
from procedure.handbook.model import Handbook, WordsByLanguage
from procedure.monitoring.model import Status
from tests.support.still_watch import StillWatch

FAULT = Fault("steps.toml", "line 3", "is not TOML: a key needs = and a value")


def page_of(context: AppContext, **session: object) -> DashboardPage:
    return DashboardPage(
        ReconciliationLedger(context), Session(**{"desk": "MAIL", **session}), language("fr")
    )


def shown(page: DashboardPage) -> str:
    views = (part.__panel__() if isinstance(part, Viewer) else part for part in page.parts.values())
    return "".join(pane.html for view in views for pane in view.select(LiveHTML))


def other(handbook: Handbook) -> Handbook:
    """Return a handbook with a changed question and URL, but without MAIL, slsp-psi or shapes."""
    french = handbook.words["fr"]
    steps = dict(french.steps) | {"A2": replace(french.steps["A2"], title="Et ailleurs ?")}
    words = WordsByLanguage(handbook.words) | {"fr": replace(french, steps=steps)}
    saml = replace(handbook.targets["alma-saml"], url="https://elsewhere.example.org/")
    targets = dict(handbook.targets) | {"alma-saml": saml}
    del targets["slsp-psi"]
    a1 = handbook.procedure.steps["A1"]
    a1 = replace(a1, targets=tuple(key for key in a1.targets if key != "slsp-psi"))
    tree = replace(handbook.procedure, steps=dict(handbook.procedure.steps) | {"A1": a1})
    desks = {key: desk for key, desk in handbook.desks.items() if key != "MAIL"}
    return replace(
        handbook,
        words=WordsByLanguage(words),
        targets=targets,
        procedure=tree,
        desks=desks,
        scans=ScanRules((), 7),
    )


def without(handbook: Handbook, step: str, answer: str) -> Handbook:
    """Remove an answer from a step, and return the new handbook."""
    known = handbook.procedure.steps[step]
    kept = replace(known, answers=tuple(choice for choice in known.answers if choice.key != answer))
    tree = replace(handbook.procedure, steps=dict(handbook.procedure.steps) | {step: kept})
    return replace(handbook, procedure=tree)


async def test_open_page_follows_in_every_place_and_keeps_its_answers(
    context: AppContext, handbook: Handbook, caplog: pytest.LogCaptureFixture
) -> None:
    await update_recent_states(context)
    await update_ninety_days(context)
    page = page_of(context, query="walk=A1.no&step=A2")
    for place in (*PLACES, "guide"):
        page.session.page = place
    assert "elsewhere.example.org" not in str(page.parts["probe"].targets)
    await take_handbook(context, other(handbook), ())
    caplog.clear()
    await update_recent_states(context)
    page.tick()
    seen = shown(page)
    assert (page.guide.step, dict(page.guide.walk.answers)) == ("A2", {"A1": "no"})
    assert "Et ailleurs ?" in seen
    assert "failure" not in seen
    assert [cell.target for cell in page.grid.cells] == list(other(handbook).targets)
    assert [row.target for row in page.history.rows] in ([], list(other(handbook).targets))
    assert "elsewhere.example.org" in str(page.parts["probe"].targets)
    assert page.loans.desk == ""  # the page's desk was removed, so the user must choose another
    assert caplog.records == []


async def test_removed_answer_leads_back_to_its_question(
    context: AppContext, handbook: Handbook
) -> None:
    page = page_of(context, query="walk=A1.no-A2.yes&step=B1")
    await take_handbook(context, without(handbook, "A2", "yes"), ())
    page.tick()
    assert (page.guide.step, dict(page.guide.walk.answers)) == ("A2", {"A1": "no"})


async def test_unopened_procedure_stays_closed(context: AppContext, handbook: Handbook) -> None:
    page = page_of(context)
    await take_handbook(context, other(handbook), ())
    page.tick()
    assert (page.guide.is_open, page.guide.address) == (False, "")


async def test_changed_address_shows_no_readings_of_the_old_one(
    context: AppContext, handbook: Handbook, watch: StillWatch
) -> None:
    for key in handbook.targets:
        watch.see_enough(key, Status.UP)
    page = page_of(context)
    before = page.grid.cell("switch")
    assert page.grid.cell("alma-saml").status is Status.UP
    await take_handbook(context, other(handbook), ())
    page.tick()
    changed = page.grid.cell("alma-saml")
    assert (changed.status, changed.newest, changed.hour) == (Status.UNKNOWN, None, ())
    assert page.grid.cell("switch") == before


async def test_desk_page_has_the_new_rules_and_a_new_version(
    context: AppContext, handbook: Handbook
) -> None:
    services = desk_services(context)
    before = services.bundle
    assert services.bundle is before
    await take_handbook(context, other(handbook), ())
    after = services.bundle
    assert after.version != before.version
    assert b'"days": 7' in after.files["papers.json"].plain
    assert after.version.encode() in after.files["sw.js"].plain


async def test_faults_are_shown_only_to_coordinators_until_fixed(
    context: AppContext, handbook: Handbook
) -> None:
    coordination = page_of(context)
    desk = page_of(context, visitor=Visitor(acts=PERMISSIONS_OF[Role.STAFF]))
    await take_handbook(context, None, (FAULT,))
    for page in (coordination, desk):
        page.tick()
    assert context.handbook.current is handbook
    assert "steps.toml, line 3" in shown(coordination)
    assert FAULT.message in shown(coordination)
    assert "steps.toml" not in shown(desk)
    await take_handbook(context, handbook, ())
    coordination.tick()
    assert "steps.toml" not in shown(coordination)


async def test_changes_that_need_a_restart_are_named_and_the_rest_applied(
    context: AppContext, handbook: Handbook
) -> None:
    page = page_of(context)
    elsewhere = replace(handbook.library, zone=ZoneInfo("Europe/London"), holidays="FR")
    await take_handbook(context, replace(handbook, library=elsewhere), ())
    page.tick()
    assert context.handbook.current.library == replace(handbook.library, holidays="FR")
    assert "Redémarrez Relais pour zone de library.toml." in shown(page)
    await take_handbook(context, handbook, ())
    page.tick()
    assert "Redémarrez Relais" not in shown(page)


async def test_intervals_of_the_new_handbook_are_recorded(
    context: AppContext, handbook: Handbook
) -> None:
    recorded: list[object] = []
    context.store.history.set_intervals = recorded.append  # type: ignore[method-assign]
    await take_handbook(context, other(handbook), ())
    assert recorded == [{key: target.interval for key, target in other(handbook).targets.items()}]
    assert all(
        isinstance(interval, timedelta)
        for interval in recorded[0].values()  # type: ignore[attr-defined]
    )
