"""Signing in through OpenID Connect, following all redirects, with a provider on this machine."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.server.tornado import BokehTornado
from bokeh.util.token import get_token_payload
from panel.auth import OAuthProvider
from panel.config import config
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

from dashboard.access.sign_in import ENDED, LASTS
from dashboard.access.visitors import NO_ISSUER, Visitors
from dashboard.core.allowed_clients import Audience
from dashboard.core.context import AppContext
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.routes import routes
from dashboard.server.page_handler import SIGN_IN_OVER
from dashboard.settings import Settings
from tests.dashboard.cli.test_serve import COMMANDS, answer, serving as serving_process
from tests.support.access import serving
from tests.support.http import Login
from tests.support.openid import SECRET, Provider, openid_provider
from tests.support.stores import empty_accounts
from tests.ui.conftest import free_port

ROLES = "anne@example.org=staff, urn:example:coordination=coordinator"
FAILED = "sign-in?refused=login"
ANNE = {"email": "anne@example.org"}


class Browser:
    """A browser that keeps Relais's cookies and follows redirects one by one."""

    def __init__(self, address: str, provider: Provider) -> None:
        self.address, self.provider = address, provider
        self.cookies: SimpleCookie = SimpleCookie()

    async def ask(self, path: str, form: str | None = None, **headers: str) -> HTTPResponse:
        url = path if path.startswith("http") else f"{self.address}/{path.lstrip('./')}"
        sent = {"Origin": self.address} | headers
        if url.startswith(self.address):
            sent["Cookie"] = self.sent
        kind = "GET" if form is None else "POST"
        request = HTTPRequest(url, kind, sent, form, follow_redirects=False)
        answer = await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)
        for cookie in answer.headers.get_list("Set-Cookie"):
            self.cookies.load(cookie)
        return answer

    @property
    def sent(self) -> str:
        return "; ".join(
            f"{name}={morsel.value}" for name, morsel in self.cookies.items() if morsel.value
        )

    async def begin(self, path: str = "login") -> str:
        """Go to the provider; return the URL of its redirect back to Relais."""
        leads = (await self.ask(path)).headers["Location"]
        assert leads.startswith(self.provider.address)
        return (await self.ask(leads)).headers["Location"]

    async def sign_in(self) -> HTTPResponse:
        return await self.ask(await self.begin())


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure a proxy, so that no client counts as local, and take the roles from a claim."""
    monkeypatch.setenv("RELAIS_TRUSTED_PROXIES", "192.0.2.1")
    monkeypatch.setenv("RELAIS_ROLES", ROLES)
    monkeypatch.setenv("RELAIS_ROLE_CLAIM", "eduPersonEntitlement")


Opening = Callable[..., AbstractAsyncContextManager[Browser]]


@pytest.fixture
def browser(context: AppContext, monkeypatch: pytest.MonkeyPatch) -> Opening:
    """Return a function that starts a server with a provider and settings, and opens a browser."""
    return partial(opened, context, monkeypatch)


@asynccontextmanager
async def opened(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, **settings: str
) -> AsyncIterator[Browser]:
    async with openid_provider() as provider:
        for name, value in (provider.settings | settings).items():
            monkeypatch.setenv(name, value.replace("{provider}", provider.address))
        # `panel serve --oauth-provider` sets this too.
        monkeypatch.setattr(config, "_oauth_provider", "generic")
        ledger = ReconciliationLedger(context)
        application = BokehTornado(
            {"/dashboard": Application(FunctionHandler(lambda _: None))},
            extra_patterns=routes(lambda: context, lambda: ledger),
            auth_provider=OAuthProvider(),
            cookie_secret=provider.settings["PANEL_COOKIE_SECRET"],
        )
        provider.now = context.clock.now().timestamp()
        async with serving(application, context.store.accounts) as address:
            application.auth_provider._visitors.now = context.clock.now  # type: ignore[attr-defined]
            yield Browser(address, provider)


async def allowed(one: Browser) -> list[int]:
    return [(await one.ask(path)).code for path in ("/board.json", "/metrics")]


async def test_sign_in_returns_to_the_page(browser: Opening) -> None:
    async with browser() as anne:
        anne.provider.userinfo = {"email": "anne@example.org"}
        asked = await anne.ask("/dashboard?page=loans")
        assert asked.headers["Location"] == "./login?next=%2Fdashboard%3Fpage%3Dloans"
        back = await anne.begin(asked.headers["Location"])
        assert back.startswith(f"{anne.address}/login?code=")
        entered = await anne.ask(back)
        assert (entered.code, entered.headers["Location"]) == (302, "/dashboard?page=loans")
        assert (await anne.ask("/dashboard")).body.startswith(b"anne@example.org ")
        assert await allowed(anne) == [200, 403]
        asked = anne.provider.asked
        assert asked["scope"] == "openid email"
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


@pytest.mark.parametrize(
    ("id_token", "userinfo", "codes"),
    [
        ({"email": "anne@example.org"}, {}, [200, 403]),
        ({}, {"email": "anne@example.org"}, [200, 403]),
        (
            {"email": "bea@example.org"},
            {"eduPersonEntitlement": ["a", "urn:example:coordination"]},
            0,
        ),
        ({}, {"email": "bea@example.org", "eduPersonEntitlement": "urn:example:coordination"}, 0),
        ({"email": "b@a", "eduPersonEntitlement": ["urn:example:coordination"]}, {}, 0),
        ({"email": "bea@example.org"}, {"other": ["urn:example:coordination"]}, [403, 403]),
        ({"email": "bea@example.org"}, {"eduPersonEntitlement": [7, None]}, [403, 403]),
    ],
)
async def test_sign_in_role_comes_from_the_name_or_a_claim(
    browser: Opening, id_token: dict[str, Any], userinfo: dict[str, Any], codes: Any
) -> None:
    async with browser() as one:
        one.provider.id_token, one.provider.userinfo = id_token, userinfo
        await one.sign_in()
        assert await allowed(one) == (codes or [200, 200])


async def test_sign_in_without_a_role_names_whom_to_ask(browser: Opening) -> None:
    async with browser() as zoe:
        zoe.provider.id_token = {"email": "zoe@example.org"}
        await zoe.sign_in()
        answer = await zoe.ask("/dashboard")
        assert (answer.code, b"ask a coordinator" in answer.body) == (403, True)


# Wrong claims, and why each is refused. Each claim is tested in the ID token, and the claims about
# the email are also tested in the userinfo.
WRONG = {
    "iss": ("https://evil.example", "because of its iss"),
    "no iss": (None, "because of its iss"),
    "aud": ("another client", "because of its aud"),
    "no aud": (None, "because of its aud"),
    "azp": ("another client", "because of its azp"),
    "exp": (1_000_000_000, "because of its exp"),
    "no exp": (None, "because of its exp"),
    "iat": (4_000_000_000, "because of its iat"),
    "nbf": (4_000_000_000, "because of its nbf"),
    "nonce": ("of another attempt", "because of its nonce"),
    "no nonce": (None, "because of its nonce"),
    "no sub": (None, "because of its sub"),
    "sub": ("another", "about different people"),
    "email_verified": (False, "has not verified this email address"),
    "email_verified as a text": ("true", "has not verified this email address"),
    "email": ("guest", "the name cannot be recorded"),
    "email in two lines": ("anne\n", "the name cannot be recorded"),
    "email as a list": (["anne@example.org"], "the name cannot be recorded"),
}


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
@pytest.mark.parametrize("wrong", WRONG)
async def test_sign_in_refuses_every_wrong_claim(
    browser: Opening, caplog: pytest.LogCaptureFixture, place: str, wrong: str
) -> None:
    value, reason = WRONG[wrong]
    name = wrong.removeprefix("no ").partition(" ")[0]
    async with browser() as one:
        if name.startswith("email"):
            setattr(one.provider, place, ANNE | {name: value})
        else:
            setattr(one.provider, place, ANNE)
            one.provider.id_token = one.provider.id_token | {name: value}
        # The ID token never contains the claim for roles, so Relais always requests the userinfo.
        assert (await one.sign_in()).headers["Location"] == FAILED
        assert await allowed(one) == [401, 401]
        assert "compte de l’organisation a échoué" in (await one.ask(FAILED)).body.decode()
    assert reason in caplog.text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"algorithm": "none"}, "cannot be read (UnsupportedAlgorithmError)"),
        ({"algorithm": "HS256"}, "cannot be read (UnsupportedAlgorithmError)"),
        ({"signs": "second"}, "cannot be read (InvalidKeyIdError)"),
        ({"signs": "second", "names": "first"}, "cannot be read (BadSignatureError)"),
        ({"about": {"issuer": "https://evil.example"}}, "issuer differs from RELAIS_ISSUER"),
        ({"about": {"jwks_uri": "http://192.0.2.1/keys"}}, "http://192.0.2.1/keys must use https"),
        ({"about": {"jwks_uri": None}}, "None must use https"),
        ({"answer": {"iss": "https://evil.example"}}, "from an issuer other than RELAIS_ISSUER"),
        ({"answer": {"code": "another"}}, "the request to the provider's /token failed: 400"),
        ({"answer": {"error": "access_denied"}}, "refused the sign-in ('access_denied')"),
        (
            {"id_token": {"aud": ["relais", "another"]} | ANNE},
            "the ID token was refused because of its azp",
        ),
        ({"id_token": {}}, "the name cannot be recorded"),
    ],
)
async def test_sign_in_refuses_answers_not_from_the_provider(
    browser: Opening, caplog: pytest.LogCaptureFixture, change: dict[str, Any], reason: str
) -> None:
    async with browser() as one:
        one.provider.id_token = ANNE
        for name, value in change.items():
            setattr(one.provider, name, value)
        location = (await one.ask("/login")).headers["Location"]
        if location != FAILED:
            back = (await one.ask(location)).headers["Location"]
            assert (await one.ask(back)).headers["Location"] == FAILED
        assert await allowed(one) == [401, 401]
    assert reason in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"id_token": ANNE | {"email_verified": True}},
        {"id_token": ANNE | {"aud": ["relais", "another"], "azp": "relais"}},
        {"answer": {"iss": "{provider}"}},
        {"about": {"userinfo_endpoint": None}},
        {"about": {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}},
    ],
)
async def test_sign_in_accepts_permitted_provider_variants(
    browser: Opening, change: dict[str, Any]
) -> None:
    async with browser() as one:
        one.provider.id_token = ANNE
        for name, value in change.items():
            setattr(one.provider, name, value)
        if one.provider.answer:
            one.provider.answer = {"iss": one.provider.address}
        await one.sign_in()
        assert await allowed(one) == [200, 403]


async def test_sign_in_follows_the_providers_new_keys(browser: Opening) -> None:
    async with browser() as one:
        one.provider.id_token = ANNE
        await one.sign_in()
        one.provider.signs, one.provider.published = "second", ["first", "second"]
        for _ in range(2):
            await one.ask("/logout")
            await one.sign_in()
            assert await allowed(one) == [200, 403]
        assert one.provider.answered.count("/keys") == 2
        assert one.provider.answered.count("/.well-known/openid-configuration") == 1


async def test_sign_in_ends_the_browsers_earlier_sign_in(browser: Opening) -> None:
    async with browser() as one:
        one.provider.id_token = ANNE
        await one.sign_in()
        earlier = one.sent
        await one.sign_in()
        assert await allowed(one) == [200, 403]
        one.cookies.load(earlier)
        assert await allowed(one) == [401, 401]


def test_server_without_an_issuer_does_not_start() -> None:
    given = Audience(everyone=True), empty_accounts(), Login(None)
    for settings, refusal in (
        (Settings("sqlite://"), NO_ISSUER),
        (Settings("sqlite://", issuer="x"), ""),
    ):
        assert Visitors(settings, *given, begins_sign_ins=True).refusal == refusal


async def test_sign_in_refuses_answers_for_another_browser_or_attempt(browser: Opening) -> None:
    async with browser() as anne:
        anne.provider.id_token = {"email": "anne@example.org"}
        back = await anne.begin()
        victim = Browser(anne.address, anne.provider)
        tampered = back.replace("state=", "state=x")
        for visitor, address in ((victim, back), (anne, tampered)):
            assert (await visitor.ask(address)).headers["Location"] == FAILED
        assert "/token" not in anne.provider.answered
        again = await anne.begin()
        assert (await anne.ask(again)).headers["Location"] == "dashboard"
        assert (await anne.ask(again)).headers["Location"] == FAILED  # the same attempt, repeated
        used = Browser(anne.address, anne.provider)
        assert (await used.ask(again)).headers["Location"] == FAILED
        assert [await allowed(victim), await allowed(used)] == [[401, 401]] * 2


@pytest.mark.parametrize(
    "query", ["error=a%0AFORGED", "code=a&state=a%0AFORGED", "state=%C3%BC&error=a%0AFORGED"]
)
async def test_sign_in_query_from_a_stranger_forges_no_log_line(
    browser: Opening, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    async with browser() as one:
        assert (await one.ask(f"/login?{query}")).headers["Location"] == FAILED
    assert "FORGED" not in caplog.text


async def test_sign_in_asks_no_remote_provider_without_encryption(
    browser: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    plain = {"PANEL_OAUTH_AUTHORIZE_URL": "http://provider.example/token"}
    async with browser(**plain) as anne:
        assert (await anne.ask("/login")).headers["Location"] == FAILED
    assert "http://provider.example/token must use https" in caplog.text


async def test_sign_out_ends_the_sign_in_and_closes_its_pages(browser: Opening) -> None:
    async with browser() as anne:
        anne.provider.id_token = {"email": "anne@example.org"}
        await anne.sign_in()
        token = (await anne.ask("/dashboard")).body.decode().partition(" ")[2]
        cookies = anne.sent
        asked = HTTPRequest(
            f"ws{anne.address[4:]}/dashboard/ws",
            headers={"Origin": anne.address, "Cookie": cookies},
        )
        page = await websocket_connect(asked, subprotocols=["bokeh", token])
        assert '"ACK"' in str(await page.read_message())
        assert (await anne.ask("/sign-out", "")).headers["Location"] == ENDED
        anne.cookies.load(cookies)
        assert await allowed(anne) == [401, 401]
        await page.write_message("{}")
        while await page.read_message() is not None:
            pass
        assert page.close_code == SIGN_IN_OVER
        page.close()


async def test_sign_out_at_panels_address_ends_the_sign_in(browser: Opening) -> None:
    async with browser() as anne:
        anne.provider.id_token = {"email": "anne@example.org"}
        await anne.sign_in()
        cookies = anne.sent
        await anne.ask("/logout", **{"Sec-Fetch-Site": "cross-site"})
        assert await allowed(anne) == [200, 403]
        assert (await anne.ask("/logout")).headers["Location"] == ENDED
        anne.cookies.load(cookies)
        assert await allowed(anne) == [401, 401]


@pytest.mark.parametrize(("days", "lasts"), [("1", LASTS), ("0.25", timedelta(hours=6))])
async def test_sign_in_ends_by_the_end_of_the_day(
    browser: Opening, clock: Any, days: str, lasts: timedelta
) -> None:
    async with browser(PANEL_OAUTH_EXPIRY=days) as anne:
        anne.provider.id_token = {"email": "anne@example.org"}
        await anne.sign_in()
        clock.pass_by(seconds=lasts.total_seconds() - 1)
        assert await allowed(anne) == [200, 403]
        clock.pass_by(seconds=1)
        assert await allowed(anne) == [401, 401]


async def test_sign_in_gives_the_browser_one_token_and_the_page_none(browser: Opening) -> None:
    back = {"PANEL_OAUTH_REDIRECT_URI": "https://relais.example.org/login"}
    async with browser(**back) as anne:
        anne.provider.id_token = {"email": "anne@example.org"}
        leads = await anne.begin()
        assert leads.startswith("https://relais.example.org/login?")
        entered = await anne.ask(leads.replace("https://relais.example.org", anne.address))
        given = {name for name, morsel in anne.cookies.items() if morsel.value}
        assert given == {"relais_sign_in"}
        (cookie,) = [c for c in entered.headers.get_list("Set-Cookie") if "relais_sign_in" in c]
        assert {"HttpOnly", "SameSite=Lax", "Secure"} <= {
            part.strip() for part in cookie.split(";")
        }
        token = (await anne.ask("/dashboard")).body.decode().partition(" ")[2]
        assert anne.cookies["relais_sign_in"].value not in str(get_token_payload(token))


async def test_sign_in_keeps_secret_and_code_out_of_log_and_addresses(
    browser: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with browser() as anne:
        anne.provider.id_token = {"email": "anne@example.org"}
        begun = (await anne.ask("/login")).headers["Location"]
        back = (await anne.ask(begun)).headers["Location"]
        await anne.ask(back)
        code = back.partition("code=")[2].partition("&")[0]
        (access,) = anne.provider.tokens
        ours = "\n".join(
            record.getMessage()
            for record in caplog.records
            if anne.provider.address not in record.getMessage()
        )
    assert "anne@example.org signed in through OpenID Connect as staff, from 127.0.0.1" in ours
    assert SECRET not in begun + back
    assert not [secret for secret in (SECRET, code, access) if secret in ours]


@pytest.mark.parametrize(
    ("command", "provider_in"), [("relais", "environment"), ("panel", "arguments")]
)
async def test_sign_in_works_under_both_commands(
    tmp_path: Path, command: str, provider_in: str
) -> None:
    async with openid_provider() as provider:
        provider.userinfo = {"email": "b@a", "eduPersonEntitlement": "urn:example:coordination"}
        given, words, port = provider.settings, COMMANDS[command], free_port()
        given |= {"RELAIS_ROLES": ROLES, "RELAIS_ROLE_CLAIM": "eduPersonEntitlement"}
        if provider_in == "arguments":
            words = [*words, f"--oauth-provider={given.pop('PANEL_OAUTH_PROVIDER')}"]
        with serving_process(words, tmp_path, port, **given):
            await asyncio.to_thread(answer, port, "/liveness")
            bea = Browser(f"http://localhost:{port}", provider)
            assert (await bea.sign_in()).headers["Location"] == "dashboard"
            assert await allowed(bea) == [200, 200]
