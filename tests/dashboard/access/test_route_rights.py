"""Which role gets past which route, asked by a client that is no browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.server.auth_provider import AuthProvider
from bokeh.server.tornado import BokehTornado
from panel.io.liveness import LivenessHandler
from panel.io.server import INDEX_HTML
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.routing import Rule
from tornado.web import RequestHandler
from tornado.websocket import websocket_connect

from dashboard.access.provider import NO_ROLE
from dashboard.core.context import AppContext
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.routes import routes
from dashboard.server.route_rights import RouteRights
from tests.support.access import serving

STAFF, COORDINATOR, ANALYST = "staff", "coordinator", "analyst"
EVERYBODY = f"nobody stranger {STAFF} {COORDINATOR} {ANALYST}"
PEOPLE = f"{STAFF} {COORDINATOR} {ANALYST}"
SOMEBODY = UUID(int=7)
# What is asked, and who is answered: nobody is not signed in, a stranger is, and has no role.
WHO: dict[tuple[str, str], str] = {
    ("GET", "/"): PEOPLE,
    ("GET", "/dashboard"): PEOPLE,
    ("GET", "/dashboard/autoload.js?bokeh-autoload-element=x"): PEOPLE,
    ("GET", "/dashboard/metadata"): PEOPLE,
    ("WS", "/dashboard/ws"): PEOPLE,
    ("GET", "/other"): COORDINATOR,
    ("GET", "/other/autoload.js?bokeh-autoload-element=x"): PEOPLE,
    ("GET", "/other/metadata"): PEOPLE,
    ("WS", "/other/ws"): COORDINATOR,
    ("GET", "/plain"): "",
    ("GET", "/board.json"): PEOPLE,
    ("GET", "/metrics"): COORDINATOR,
    ("GET", f"/dossier/{SOMEBODY}"): f"{COORDINATOR} {ANALYST}",
    ("GET", f"/way-back/file/{SOMEBODY}"): COORDINATOR,
    ("GET", "/way-back/files.zip"): COORDINATOR,
    ("GET", "/way-back/summary.csv"): COORDINATOR,
    ("GET", "/way-back/extensions.xlsx"): COORDINATOR,
    ("POST", "/desk/transactions"): f"{STAFF} {COORDINATOR}",
    ("POST", "/desk/waiting"): f"{STAFF} {COORDINATOR}",
    ("GET", "/status"): EVERYBODY,
    ("GET", "/sign-in"): EVERYBODY,
    ("GET", "/enrol"): EVERYBODY,
    ("GET", "/drill"): PEOPLE,
    ("GET", "/drill/state"): PEOPLE,
    ("POST", "/drill/act"): COORDINATOR,
    ("GET", "/workstations"): COORDINATOR,
    ("POST", "/workstations"): COORDINATOR,
    ("POST", "/sign-out"): EVERYBODY,
    ("GET", "/desk/time"): EVERYBODY,
    ("GET", "/desk/"): EVERYBODY,
    ("GET", "/liveness"): EVERYBODY,
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/favicon.ico"): EVERYBODY,
    ("GET", "/static/js/bokeh.min.js"): EVERYBODY,
    ("GET", "/static/extensions/panel/panel.min.js"): EVERYBODY,
    ("GET", "/dashboard/static/none.js"): EVERYBODY,
    ("GET", "/other/static/none.js"): EVERYBODY,
    ("GET", "/dashboard/assets/page.js"): EVERYBODY,
    ("GET", "/dashboard/assets/relais.css"): EVERYBODY,
    ("GET", "/dashboard/assets/%00"): EVERYBODY,
    ("GET", "/nowhere"): EVERYBODY,
}
ROLES = "staff=staff, coordinator=coordinator, analyst=analyst"


class ByHeader(AuthProvider):
    """A login that believes a header."""

    get_user_async = get_login_url = login_handler = logout_url = logout_handler = None
    login_url = "/login"

    @property
    def get_user(self) -> Any:
        return lambda handler: handler.request.headers.get("X-Name")


class Plain(RequestHandler):
    """A route that asks nobody who is there, as a plug-in of Panel's may add one."""

    def get(self) -> None:
        self.finish("plain")


@pytest.fixture
def made(context: AppContext, monkeypatch: pytest.MonkeyPatch) -> BokehTornado:
    monkeypatch.setenv("RELAIS_ROLES", ROLES)
    ledger = ReconciliationLedger(context)
    own = [("/plain", Plain), ("/liveness", LivenessHandler, {"applications": {}})]
    page = Application(FunctionHandler(lambda _: None))
    return BokehTornado(
        {"/dashboard": page, "/other": page},
        extra_patterns=[*own, *routes(lambda: context, lambda: ledger)],
        extra_websocket_origins=["localhost"],
        auth_provider=ByHeader(),
        index=INDEX_HTML,
    )


async def status(address: str, kind: str, path: str, name: str) -> int:
    headers = {"X-Relais": "desk", "Origin": address}
    if name != "nobody":
        headers["X-Name"] = name
    if kind == "WS":
        line = HTTPRequest(address.replace("http", "ws", 1) + path, headers=headers)
        try:
            (await websocket_connect(line, subprotocols=["bokeh", "token"])).close()
        except HTTPClientError as refusal:
            return refusal.code
        return 101
    body = '{"transactions": [], "waiting": []}' if kind == "POST" else None
    asked = HTTPRequest(address + path, kind, headers, body, follow_redirects=False)
    return (await AsyncHTTPClient(force_instance=True).fetch(asked, raise_error=False)).code


def is_answered(code: int) -> bool:
    """Whether somebody got past: neither refused nor sent to sign in."""
    return code not in {302, 401, 403}


async def test_routes_answer_the_roles_they_are_for(made: BokehTornado) -> None:
    async with serving(made) as address:
        found: dict[tuple[str, str], str] = {}
        for kind, path in WHO:
            answered = [
                name
                for name in EVERYBODY.split()
                if is_answered(await status(address, kind, path, name))
            ]
            found[kind, path] = " ".join(answered)
    assert found == WHO


async def test_routes_without_a_role_name_whom_to_ask(made: BokehTornado) -> None:
    async with serving(made) as address:
        asked = HTTPRequest(f"{address}/dashboard", headers={"X-Name": "stranger"})
        answer = await AsyncHTTPClient(force_instance=True).fetch(asked, raise_error=False)
    assert (answer.code, answer.reason) == (403, NO_ROLE)
    assert NO_ROLE in answer.body.decode()


def rules(router: Any) -> Iterator[Rule]:
    for rule in router.rules:
        if hasattr(rule.target, "rules"):
            yield from rules(rule.target)
        else:
            yield rule


async def test_table_has_every_route_of_the_server(made: BokehTornado) -> None:
    async with serving(made):
        missing = []
        for rule in rules(made.default_router):
            paths = [path.partition("?")[0] for _, path in WHO]
            if not any(rule.matcher.regex.fullmatch(path) for path in paths):
                missing.append(rule.matcher.regex.pattern)
    assert missing == []


def test_routes_missing_in_the_table_are_for_coordinators() -> None:
    assert RouteRights().needed(Plain) == "coordinate"
    assert RouteRights([Plain]).needed(Plain) is None
