"""Signing in with a local account, from a browser and from clients that misbehave."""

import asyncio
import json
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.server.tornado import BokehTornado
from bokeh.util.token import get_token_payload
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

from dashboard.access.passwords import hash_password, is_password
from dashboard.access.session_cookie import digest_of
from dashboard.access.sign_in import ENDED, LASTS, WITH_SCRIPT
from dashboard.access.sign_in_rate import OF_ADDRESS, OF_NAME
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import SignedInBy, visitor_of
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.routes import routes
from dashboard.server.page_handler import SIGN_IN_OVER
from procedure.access.accounts import Account
from procedure.access.roles import Role
from procedure.errors import AccountRefused
from tests.support.access import serving

PASSWORD = "quatre mots faciles à retenir"
STORED = hash_password(PASSWORD)


class Browser:
    """A browser that keeps a cookie and follows no redirects."""

    def __init__(self, address: str) -> None:
        self.address, self.cookie = address, ""

    async def ask(
        self, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> HTTPResponse:
        sent = {"Origin": self.address, "Cookie": f"relais_desk=MAIL{self.cookie}"} | headers
        body = None if form is None else urlencode(form)
        kind = "GET" if form is None else "POST"
        request = HTTPRequest(self.address + path, kind, sent, body, follow_redirects=False)
        answer = await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)
        for cookie in answer.headers.get_list("Set-Cookie"):
            self.cookie = f"; {cookie.partition(';')[0]}"
        return answer

    async def post_json(self, path: str, message: object) -> HTTPResponse:
        sent = {"Origin": self.address, "Cookie": self.cookie[2:], "X-Relais": "desk"}
        request = HTTPRequest(self.address + path, "POST", sent, json.dumps(message))
        return await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)

    async def sign_in(self, name: str = "anne", password: str = PASSWORD, **more: str) -> int:
        form = {"name": name, "password": password, "next": "/dashboard?page=loans"}
        return (await self.ask("/sign-in", form, **more)).code


@pytest.fixture(autouse=True)
def _behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure a proxy, so that no client counts as local."""
    monkeypatch.setenv("RELAIS_TRUSTED_PROXIES", "192.0.2.1")


@asynccontextmanager
async def browser(context: AppContext) -> AsyncIterator[Browser]:
    context.store.accounts.add(Account("anne", Role.STAFF, STORED, context.clock.now()))
    ledger = ReconciliationLedger(context)
    application = BokehTornado(
        {"/dashboard": Application(FunctionHandler(lambda _: None))},
        extra_patterns=routes(lambda: context, lambda: ledger),
    )
    async with serving(application, context.store.accounts) as address:
        application.auth_provider._visitors.now = context.clock.now  # type: ignore[attr-defined]
        yield Browser(address)


async def test_sign_in_with_name_and_password(context: AppContext) -> None:
    async with browser(context) as anne:
        asked = await anne.ask("/dashboard?page=loans")
        assert asked.headers["Location"] == "./sign-in?next=%2Fdashboard%3Fpage%3Dloans"
        form = await anne.ask("/sign-in?next=%2Fdashboard%3Fpage%3Dloans")
        assert 'name="next" value="/dashboard?page=loans"' in form.body.decode()
        given = {"name": "anne", "password": PASSWORD, "next": "/dashboard?page=loans"}
        entered = await anne.ask("/sign-in", given)
        assert (entered.code, entered.headers["Location"]) == (303, "/dashboard?page=loans")
        assert (await anne.ask("/dashboard")).body.startswith(b"anne ")
        assert (await anne.ask("/board.json")).code == 200
        assert (await anne.ask("/metrics")).code == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_sign_in_cookie_is_hidden_from_scripts_and_other_sites(
    context: AppContext, scheme: str
) -> None:
    async with browser(context) as anne:
        origin = anne.address.replace("http", scheme, 1)
        form = {"name": "anne", "password": PASSWORD}
        answer = await anne.ask("/sign-in", form, Origin=origin)
        (cookie,) = answer.headers.get_list("Set-Cookie")
        words = {part.strip().partition("=")[0] for part in cookie.split(";")}
        wanted = {"relais_sign_in", "expires", "HttpOnly", "Path", "SameSite"}
        assert words == wanted | ({"Secure"} if scheme == "https" else set())
        assert "SameSite=Lax" in cookie
        token = anne.cookie.rpartition("=")[2]
        assert context.store.accounts.signed_in(digest_of(token), context.clock.now()) is not None
        assert context.store.accounts.signed_in(token, context.clock.now()) is None


async def test_sign_in_refuses_wrong_names_and_passwords_without_logging_them(
    context: AppContext, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with browser(context) as anne:
        for name, password in (("anne", "wrong words"), ("zoe", PASSWORD), ("anne", ""), ("", "")):
            assert await anne.sign_in(name, password) == 401
        assert (await anne.ask("/board.json")).code == 401
        assert await anne.sign_in() == 303
    text = caplog.text
    assert "anne signed in as staff with a local account, from 127.0.0.1" in text
    assert not re.search("wrong words|zoe|quatre mots", text)


async def test_sign_in_is_delayed_after_failures_even_with_the_right_password(
    context: AppContext, clock: Any
) -> None:
    async with browser(context) as anne:
        assert [await anne.sign_in(password="no") for _ in range(OF_NAME)] == [401] * OF_NAME
        assert await anne.sign_in() == 429
        clock.pass_by(minutes=16)
        assert await anne.sign_in() == 303


async def test_sign_in_from_another_address_is_answered_during_a_burst(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAIS_TRUSTED_PROXIES", "127.0.0.1")
    async with browser(context) as anne:
        for names in (["anne"] * 200, [f"name-{number}" for number in range(200)]):
            # Each attempt has its own client, because a client opens only ten connections.
            burst = [
                asyncio.ensure_future(
                    Browser(anne.address).sign_in(name, "no", **{"X-Real-IP": "198.51.100.7"})
                )
                for name in names
            ]
            async with asyncio.TaskGroup() as group:
                honest = group.create_task(anne.sign_in(**{"X-Real-IP": "203.0.113.9"}))
            assert honest.result() == 303
            refused = Counter(await asyncio.gather(*burst))[429]
            assert refused >= 200 - OF_ADDRESS


async def test_sign_in_refuses_forms_from_another_site(context: AppContext) -> None:
    async with browser(context) as anne:
        foreign = {"Origin": "https://evil.example"}
        assert await anne.sign_in(**foreign) == 403
        assert await anne.sign_in(**{"Sec-Fetch-Site": "cross-site"}) == 403
        assert await anne.sign_in() == 303
        assert (await anne.ask("/sign-out", {}, **foreign)).code == 403
        assert (await anne.ask("/board.json")).code == 200


async def test_sign_out_invalidates_the_token(context: AppContext) -> None:
    async with browser(context) as anne:
        await anne.sign_in()
        token = anne.cookie
        assert (await anne.ask("/sign-out", {})).headers["Location"] == ENDED
        anne.cookie = token
        assert (await anne.ask("/board.json")).code == 401


async def test_form_has_a_script_only_after_a_sign_out(context: AppContext) -> None:
    async with browser(context) as anne:
        await anne.sign_in()
        signed_in = await anne.ask(f"/{ENDED}")
        await anne.ask("/sign-out", {})
        anne.cookie = ""
        answers = [
            signed_in,
            await anne.ask("/sign-in"),
            await anne.ask(f"/{ENDED}", **{"Sec-Fetch-Site": "cross-site"}),
            await anne.ask(f"/{ENDED}"),
        ]
    assert [b"after_sign_out.js" in answer.body for answer in answers] == [False] * 3 + [True]
    policies = [answer.headers["Content-Security-Policy"] for answer in answers]
    assert [WITH_SCRIPT in policy for policy in policies] == [False] * 3 + [True]


async def test_open_page_closes_when_its_sign_in_ends(context: AppContext) -> None:
    async with browser(context) as anne:
        await anne.sign_in()
        token = (await anne.ask("/dashboard")).body.decode().partition(" ")[2]
        headers = {"Origin": anne.address, "Cookie": anne.cookie[2:]}
        asked = HTTPRequest(f"ws{anne.address[4:]}/dashboard/ws", headers=headers)
        page = await websocket_connect(asked, subprotocols=["bokeh", token])
        assert '"ACK"' in str(await page.read_message())
        context.store.accounts.remove("anne")
        await page.write_message("{}")
        while await page.read_message() is not None:
            pass
        assert page.close_code == SIGN_IN_OVER
        page.close()


async def test_page_never_contains_the_sign_in_token(context: AppContext) -> None:
    async with browser(context) as anne:
        await anne.sign_in()
        secret = anne.cookie.rpartition("=")[2]
        token = (await anne.ask("/dashboard")).body.decode().partition(" ")[2]
        assert "relais_desk" in str(get_token_payload(token))
        assert secret not in str(get_token_payload(token))


async def test_sign_in_ends_at_the_end_of_the_day(context: AppContext, clock: Any) -> None:
    async with browser(context) as anne:
        await anne.sign_in()
        clock.pass_by(seconds=LASTS.total_seconds() - 1)
        assert (await anne.ask("/board.json")).code == 200
        clock.pass_by(seconds=1)
        assert (await anne.ask("/board.json")).code == 401


async def test_sign_in_ends_the_browsers_earlier_sign_in(context: AppContext) -> None:
    context.store.accounts.add(Account("bea", Role.COORDINATOR, STORED, context.clock.now()))
    async with browser(context) as one:
        await one.sign_in("bea")
        earlier = one.cookie
        assert await one.sign_in("anne", password="wrong words") == 401
        assert (await one.ask("/metrics")).code == 200
        await one.sign_in("anne")
        assert (await one.ask("/dashboard")).body.startswith(b"anne ")
        one.cookie = earlier
        assert (await one.ask("/board.json")).code == 401


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "",
        "/\r\nX: 1",
        "javascript:1",
    ],
)
async def test_sign_in_never_redirects_to_another_site(context: AppContext, target: str) -> None:
    async with browser(context) as anne:
        form = {"name": "anne", "password": PASSWORD, "next": target}
        assert (await anne.ask("/sign-in", form)).headers["Location"] == "dashboard"


async def test_form_escapes_what_it_shows(context: AppContext) -> None:
    async with browser(context) as anne:
        form = {"name": '"><script>', "password": "no", "next": '/"><script>'}
        assert b"<script" not in (await anne.ask("/sign-in", form)).body


def test_page_has_no_rights_after_its_sign_in_ends(context: AppContext, clock: Any) -> None:
    context.store.accounts.add(Account("anne", Role.STAFF, STORED, context.clock.now()))
    until = clock.at + timedelta(hours=1)
    context.store.accounts.begin("digest", "anne", until, now=clock.at)
    visitor = visitor_of(Role.STAFF, "anne", SignedInBy.ACCOUNT, until=until, sign_in="digest")
    session = Session(visitor=visitor, workstation="pc-1", is_signed_in=context.is_signed_in)
    assert session.person.acts == visitor.acts
    context.store.accounts.change("anne", role=Role.COORDINATOR)
    assert session.person.acts == frozenset()
    context.store.accounts.change("anne", role=Role.STAFF)
    assert session.person.acts == visitor.acts
    clock.pass_by(hours=1)
    assert (session.person.acts, session.person.name) == (frozenset(), None)


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_hash_password_bounds_the_length(password: str) -> None:
    with pytest.raises(AccountRefused, match="12 to 200 characters"):
        hash_password(password)


def test_is_password_accepts_only_the_hashed_password() -> None:
    assert STORED.startswith("$argon2id$")
    given = [(PASSWORD, STORED), ("other words here", STORED), (PASSWORD, ""), (PASSWORD, "broken")]
    assert [is_password(*pair) for pair in given] == [True, False, False, False]
