"""`/board.json` responds correctly, and every route checks permissions first."""

import json
from datetime import timedelta
from importlib.metadata import version
from typing import Any
from uuid import UUID

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission
from dashboard.monitoring.board_json import BoardJson, board_json
from dashboard.monitoring.grid import ProbeGrid
from dashboard.routes import ROUTES
from procedure.access.roles import Role
from procedure.errors import JournalGone
from procedure.monitoring.model import FailureCause, Status
from procedure.outages.outage_entries import OutageDeclared, OutageEnded, OutageNews
from tests.support import http
from tests.support.http import Login


def ask(context: AppContext, *, login: Login | None = None, **settings: Any) -> HTTPResponse:
    routes = [(r"/board\.json", BoardJson, {"context": lambda: context})]
    return http.ask(routes, "/board.json", login=login, settings=settings)


def only(board: dict[str, Any], target: str) -> dict[str, Any]:
    (target_row,) = [row for row in board["targets"] if row["target"] == target]
    return target_row


def test_board_json_reports_that_nothing_is_recorded(context: AppContext) -> None:
    context.store.fault = JournalGone("moved")
    assert json.loads(ask(context).body)["recording"] is False


def test_board_json_has_the_grid(context: AppContext, watch, clock) -> None:
    watch.see("switch", Status.DOWN, cause=FailureCause.DNS, latency_ms=12.5)
    clock.pass_by(seconds=8)
    board = json.loads(ask(context).body)
    assert {key: value for key, value in board.items() if key != "targets"} == {
        "at": "2026-11-24T11:00:08.000+00:00",
        "diagnosis": None,
        "last_round": "2026-11-24T11:00:00.000+00:00",
        "message": None,
        "lend_in": "relais",
        "recording": True,
        "version": version("alma-relais"),
    }
    assert [target["target"] for target in board["targets"]] == [
        cell.target for cell in ProbeGrid(context=context).cells
    ]
    assert only(board, "switch") == {
        "target": "switch",
        "vantage": "server",
        "verdict": "down",
        "cause": "dns",
        "at": "2026-11-24T11:00:00.000+00:00",
        "age_s": 8.0,
        "latency_ms": 12.5,
        "since": "2026-11-24T11:00:00.000+00:00",
        "attempt": {"verdict": "down", "cause": "dns", "phase": None},
    }
    assert only(board, "tickets") == {
        "target": "tickets",
        "vantage": "server",
        "verdict": "unknown",
        "cause": None,
        "at": None,
        "age_s": None,
        "latency_ms": None,
        "since": None,
        "attempt": None,
    }


def test_board_json_has_the_diagnosis(context: AppContext, watch) -> None:
    watch.see_enough("switch", Status.UP)
    for key in ("alma-saml", "alma-secours"):
        watch.see_enough(key, Status.DOWN)
    assert json.loads(ask(context).body)["diagnosis"] == {
        "fault": "alma",
        "rule": "alma_silent",
        "others": ["login"],
    }


def test_board_json_has_the_coordinators_message_during_the_outage(
    context: AppContext, clock
) -> None:
    declared = OutageDeclared(id=UUID(int=1), at=clock.at, title="Alma", begun=clock.at)
    news = [
        OutageNews(id=UUID(int=2 + n), at=clock.at, outage=UUID(int=1), message=text)
        for n, text in enumerate(("Prêtez en secours.", "Encore une heure.", ""))
    ]
    context.store.journal.append(declared, *news)
    message = json.loads(ask(context).body)["message"]
    assert message == {"at": "2026-11-24T11:00:00.000+00:00", "text": "Encore une heure."}
    context.store.journal.append(
        OutageEnded(id=UUID(int=9), at=clock.at, outage=UUID(int=1), ended=clock.at)
    )
    assert json.loads(ask(context).body)["message"] is None


def test_board_json_old_reading_is_unknown(context: AppContext, watch, clock) -> None:
    watch.see("switch", Status.UP)
    grid = ProbeGrid(context=context)
    clock.pass_by(minutes=4)
    grid.updates.refresh()
    row = only(board_json(grid, clock.at), "switch")
    assert (row["verdict"], row["age_s"]) == ("unknown", 240.0)
    assert row["since"] == "2026-11-24T11:00:00.000+00:00"


def test_board_json_needs_a_sign_in(context: AppContext) -> None:
    nobody = ask(context, login=Login(None))
    assert (nobody.code, json.loads(nobody.body)) == (
        401,
        {"error": "sign in on the dashboard first"},
    )
    assert ask(context, login=Login("anne")).code == 200


def test_board_json_needs_a_role(context: AppContext) -> None:
    refused = ask(context, login=Login("anne"), roles=(("bea", Role.STAFF),))
    assert (refused.code, json.loads(refused.body)) == (
        403,
        {"error": "board: not allowed here; ask a coordinator"},
    )


def test_board_json_may_be_public(context: AppContext) -> None:
    public = frozenset({Permission.BOARD})
    assert ask(context, login=Login(None), public=public).code == 200


@pytest.mark.parametrize("handler", [handler for _, handler, _ in ROUTES])
def test_every_route_checks_rights_first(handler: type) -> None:
    assert issubclass(handler, AuthorisedHandler)
    assert handler.prepare is AuthorisedHandler.prepare


def test_board_json_has_nothing_personal(context: AppContext, clock) -> None:
    text = json.dumps(board_json(ProbeGrid(context=context), clock.at + timedelta(hours=1)))
    assert not {"workstation", "patron", "operator", "item"} & set(text.split('"'))
