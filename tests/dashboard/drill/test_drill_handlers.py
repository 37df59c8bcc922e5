"""`/drill` has the page and steps of a drill, and exists only in a drill."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.core.context import AppContext
from dashboard.drill.drill import Drill
from dashboard.drill.drill_handlers import drill_routes
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations.languages import LENDING_STEP, use_lending_step
from procedure.circulation.scan_rules import ScanRules
from procedure.diagnosis.scenario import Scenario
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.drill_queue import drill_queue
from procedure.simulation.scenario_present import ScenarioPresent
from tests.support import http
from tests.support.clock import NOON, Clock


def ask(context: AppContext, path: str, **more: Any) -> HTTPResponse:
    return http.ask(drill_routes(lambda: context), path, **more)


@pytest.fixture
def drill(context: AppContext, clock: Clock) -> Drill:
    scenario = Scenario("A trial", NOON, (), (), (), (), ())
    present = ScenarioPresent(
        context.handbook.current, scenario, NOON + timedelta(minutes=1), clock
    )
    ledger = ReconciliationLedger(context)
    made = Drill(
        context, ledger, present, FakeAlma(), drill_queue(2, ScanRules()), "MAIL", lambda _: None
    )
    context.shared["drill"] = made
    return made


def test_routes_exist_only_in_a_drill(context: AppContext) -> None:
    paths = ("/drill", "/drill/state")
    assert [ask(context, path).code for path in paths] == [404, 404]
    assert ask(context, "/drill/act?step=lend", method="POST", body="").code == 404


@pytest.mark.parametrize(("code", "heading"), [("fr", "Exercice"), ("en", "Drill")])
def test_queue_page_has_barcodes(
    context: AppContext, drill: Drill, code: str, heading: str
) -> None:
    page = ask(context, f"/drill?lang={code}").body.decode()
    assert f"<b>{heading}</b>" in page
    for user in drill.queue:
        for barcode in (user.patron, *user.items):
            assert f'data-barcode="{barcode}"' in page


def test_state_has_the_step_and_the_loans(context: AppContext, drill: Drill) -> None:
    state = json.loads(ask(context, "/drill/state").body)
    assert (state["step"], state["lent"]) == ("trouble", [])
    assert "data-step" not in state["html"]


@pytest.mark.usefixtures("drill")
def test_report_names_the_lending_step_as_the_handbook_does(context: AppContext) -> None:
    use_lending_step("AUSLEIHE")
    try:
        html = json.loads(ask(context, "/drill/state?lang=en").body)["html"]
    finally:
        use_lending_step(LENDING_STEP)
    assert "Outage declared, AUSLEIHE, after" in html


@pytest.mark.parametrize(
    ("step", "header", "code"),
    [("declare", "", 403), ("declare", "drill", 200), ("nothing", "drill", 400)],
)
def test_step_from_another_site_is_refused(
    context: AppContext, drill: Drill, step: str, header: str, code: int
) -> None:
    path, headers = f"/drill/act?step={step}", {"X-Relais": header} if header else {}
    response = ask(context, path, method="POST", body="", headers=headers)
    assert response.code == code
    context.folds.update()
    assert (context.folds.outages.current() is not None) is (code == 200)
