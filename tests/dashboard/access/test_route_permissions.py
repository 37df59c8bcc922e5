"""Each route serves only the roles that may use it, even if the client is not a browser."""

import json
from collections.abc import Callable
from pathlib import Path
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
from tornado.web import RequestHandler
from tornado.websocket import websocket_connect

from dashboard.core.context import AppContext
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.routes import routes
from dashboard.server.access_provider import NO_ROLE
from dashboard.server.asset_files import ASSET_ROUTES, NO_SUCH_PATH
from dashboard.server.removed_routes import REMOVED
from dashboard.server.route_permissions import PANEL_ROUTES, RoutePermissions
from tests.dashboard.cli.test_serve import FOLDER, answer, serving as serving_process
from tests.support.access import serving
from tests.support.route_list import panel_with_routes, relais_with_routes, rules
from tests.ui.conftest import free_port

STAFF, COORDINATOR, ANALYST = "staff", "coordinator", "analyst"
EVERYBODY = f"nobody stranger {STAFF} {COORDINATOR} {ANALYST}"
PEOPLE = f"{STAFF} {COORDINATOR} {ANALYST}"
SOMEBODY = UUID(int=7)
# Who may make each request: "nobody" is not signed in, and a "stranger" has no role.
WHO: dict[tuple[str, str], str] = {
    ("GET", "/"): PEOPLE,
    ("GET", "/dashboard"): PEOPLE,
    ("GET", "/dashboard/autoload.js?bokeh-autoload-element=x"): PEOPLE,
    ("GET", "/dashboard/metadata"): PEOPLE,
    ("WS", "/dashboard/ws"): PEOPLE,
    ("GET", "/other"): "",
    ("GET", "/other/autoload.js?bokeh-autoload-element=x"): "",
    ("GET", "/other/metadata"): "",
    ("WS", "/other/ws"): "",
    ("GET", "/plain"): "",
    ("GET", "/board.json"): PEOPLE,
    ("GET", "/metrics"): COORDINATOR,
    ("GET", "/api/outage"): "",
    ("POST", "/api/outage/declare"): "",
    ("GET", f"/dossier/{SOMEBODY}"): f"{COORDINATOR} {ANALYST}",
    ("GET", f"/dossier/{SOMEBODY}.zip"): f"{COORDINATOR} {ANALYST}",
    ("GET", "/service-level"): f"{COORDINATOR} {ANALYST}",
    ("GET", "/service-level.csv"): f"{COORDINATOR} {ANALYST}",
    ("GET", f"/reconciliation/file/{SOMEBODY}"): COORDINATOR,
    ("GET", f"/way-back/file/{SOMEBODY}"): COORDINATOR,
    ("GET", "/reconciliation/files.zip"): COORDINATOR,
    ("GET", "/reconciliation/summary.csv"): COORDINATOR,
    ("GET", "/reconciliation/extensions.xlsx"): COORDINATOR,
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
    ("GET", "/desk-file"): COORDINATOR,
    ("GET", "/desk/lists/accounts"): f"{STAFF} {COORDINATOR}",
    ("GET", "/desk/time"): EVERYBODY,
    ("GET", "/desk/"): EVERYBODY,
    ("GET", "/liveness"): EVERYBODY,
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/favicon.ico"): EVERYBODY,
    ("GET", "/static/js/bokeh.min.js"): EVERYBODY,
    ("GET", "/static/extensions/panel/panel.min.js"): EVERYBODY,
    ("GET", "/dashboard/static/none.js"): EVERYBODY,
    ("GET", "/other/static/none.js"): "",
    ("GET", "/dashboard/assets/page.js"): EVERYBODY,
    ("GET", "/dashboard/assets/relais.css"): EVERYBODY,
    ("GET", "/dashboard/assets/%00"): EVERYBODY,
    ("GET", "/nowhere"): EVERYBODY,
} | {("GET", path): EVERYBODY for path in REMOVED}
ROLES = "staff=staff, coordinator=coordinator, analyst=analyst"


class ByHeader(AuthProvider):
    """A login that takes the visitor's name from a header."""

    get_user_async = get_login_url = login_handler = logout_url = logout_handler = None
    login_url = "/login"

    @property
    def get_user(self) -> Any:
        return lambda handler: handler.request.headers.get("X-Name")


class Plain(RequestHandler):
    """A route that does not identify its visitors, such as one that a Panel plug-in might add."""

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
    """Return whether the request was neither refused nor redirected to the sign-in page."""
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


async def test_routes_tell_visitors_without_a_role_whom_to_ask(made: BokehTornado) -> None:
    async with serving(made) as address:
        asked = HTTPRequest(f"{address}/dashboard", headers={"X-Name": "stranger"})
        answer = await AsyncHTTPClient(force_instance=True).fetch(asked, raise_error=False)
    assert (answer.code, answer.reason) == (403, NO_ROLE)
    assert NO_ROLE in answer.body.decode()


async def test_who_lists_every_route_of_the_server(made: BokehTornado) -> None:
    async with serving(made):
        missing = []
        for rule in rules(made.default_router):
            paths = [path.partition("?")[0] for _, path in WHO]
            if not any(rule.matcher.regex.fullmatch(path) for path in paths):
                missing.append(rule.matcher.regex.pattern)
    assert missing == []


# Panel and Bokeh routes that Relais closes to everybody.
REFUSED = {"/components/(.*)"}  # imports any installed module


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (relais_with_routes, ["serve"]),
        (
            panel_with_routes,
            ["serve", FOLDER, "--index", "dashboard", "--liveness", "--prefix", "relais"],
        ),
    ],
    ids=["relais", "panel"],
)
def test_table_has_every_pattern_of_the_running_server(
    program: Callable[[], None], words: list[str], tmp_path: Path
) -> None:
    prefix, port = "/relais" if "--prefix" in words else "", free_port()
    with serving_process(words, tmp_path, port, program=program) as process:
        status, listed = answer(port, f"{prefix}/routes")
        address = f"{prefix}/components/unittest.__main__/x/y/z"
        assert (status, answer(port, address)[0], process.poll()) == (200, 403, None)
    files = {NO_SUCH_PATH, *(pattern for pattern, *_ in ASSET_ROUTES)}
    assert set(json.loads(listed)["routes"]) - set(PANEL_ROUTES) - files == REFUSED


def test_permission_comes_from_the_table_or_the_handler() -> None:
    rights = RoutePermissions("/relais", ["/login"])
    asked = {path: rights.is_known(Plain, path) for path in KNOWN}
    assert asked == KNOWN
    assert rights.permission_for(Plain, "/relais/dashboard/ws") == "read"
    assert rights.permission_for(Plain, "/relais/login") is None


KNOWN = {
    "/relais/dashboard/ws": True,
    "/relais/login": True,
    "/favicon.ico": True,
    "/relais/plain": False,
    "/relais/admin": False,
    "/relais/dashboard/wsx": False,
    "/relais/%63omponents/x": False,
}
