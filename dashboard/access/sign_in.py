"""`/sign-in` and `/sign-out` for local accounts, which work even if all other services are down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from tornado.web import RequestHandler

from dashboard.access.passwords import is_password
from dashboard.access.session_cookie import (
    clear_token,
    digest_of,
    is_encrypted,
    new_token,
    set_token,
)
from dashboard.access.sign_in_rate import SignInRate
from dashboard.core.allowed_clients import local, origin_host
from dashboard.core.authorised_handler import AuthorisedHandler, asked_language
from dashboard.core.context import AppContext
from dashboard.ui.templating import asset_url, render
from procedure.access.accounts import Account

if TYPE_CHECKING:
    from procedure.io.sql_accounts import SqlAccounts

LASTS = timedelta(hours=12)  # a working day
PAGE = "dashboard"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
WITH_SCRIPT = f"{POLICY}; script-src 'self'"
ENDED = "sign-in?ended=1"  # opened after signing out; on that page, the browser deletes its data

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # log sign-ins whatever the server's log level


class SignInRoute(AuthorisedHandler):
    """A route that is available before signing in."""

    permission = None
    policy = POLICY

    def initialize(self, context: Callable[[], AppContext], rate: Callable[[], SignInRate]) -> None:
        self._context, self._rate = context, rate

    @property
    def context(self) -> AppContext:
        return self._context()

    def is_ours(self) -> bool:
        """Return whether a form on this server sent the request, judging by its headers."""
        site = self.request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site == "same-origin"
        return origin_host(self.request.headers.get("Origin", "")) == self.request.host

    def refuse_unavailable(self) -> None:
        """Send a page saying that the database is not responding and where lending can continue."""
        self.send_page("access/unavailable", 503)

    def send_page(self, template: str, status: int = 200, **values: object) -> None:
        """Send a page in the requested language."""
        language = asked_language(self, self.context)
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", self.policy)
        self.finish(render(template, language, asset=asset_url, **values))


class SignInPage(SignInRoute):
    """The sign-in form."""

    def get(self) -> None:
        """Show the form; `?next=` is the page to open afterwards."""
        failed = self.get_query_argument("refused", "") == "login"
        self._show(self.get_query_argument("next", ""), refusal="login" if failed else "")

    async def post(self) -> None:
        """Sign in, or show the form again and say why the attempt was refused."""
        target = self.get_body_argument("next", "")
        name = self.get_body_argument("name", "").strip()
        address, now = self.request.remote_ip or "", self.context.clock.now()
        if not self.is_ours():
            self._show(target, name, "foreign", status=403)
        elif refusal := self._rate().attempt(address, name, now):
            _log.warning("Too many sign-in attempts from %s", address)
            self._show(target, name, refusal, status=429)
        elif account := await self._account(name, address):
            self._rate().forget(address, name, now)
            self._begin(account, address)
            self.redirect(own_address(target), status=303)
        else:
            # Do not log the name: people sometimes type their password there by mistake.
            _log.warning("Failed sign-in from %s", address)
            self._show(target, name, "wrong", status=401)

    async def _account(self, name: str, address: str) -> Account | None:
        account = self.context.store.accounts.find(name)
        password = self.get_body_argument("password", "", strip=False)
        async with self._rate().one_check_at_a_time(address):
            stored = account.password_hash if account else ""
            right = await asyncio.to_thread(is_password, password, stored)
        return account if right else None

    def _begin(self, account: Account, address: str) -> None:
        now = self.context.clock.now()
        token, until = new_token(), now + LASTS
        self.context.store.accounts.begin(digest_of(token), account.name, until, now=now)
        end_earlier(self, self.context.store.accounts)
        set_token(self, token, until)
        _log.info(
            "%s signed in as %s with a local account, from %s", account.name, account.role, address
        )

    def _show(self, target: str, name: str = "", refusal: str = "", status: int = 200) -> None:
        ended = self._has_ended()
        self.policy = WITH_SCRIPT if ended else POLICY
        self.send_page(
            "access/sign_in",
            status,
            target=target,
            given=name,
            refusal=refusal,
            encrypted=is_encrypted(self.request) or local(self.request.remote_ip or ""),
            any_account=bool(self.context.store.accounts.all()),
            other=self._other(),
            ended=ended,
        )

    def _has_ended(self) -> bool:
        """Return whether the person has just signed out.

        The page then deletes data in the browser, so links from other sites are ignored.
        """
        asked = self.get_query_argument("ended", "") == "1"
        foreign = self.request.headers.get("Sec-Fetch-Site") == "cross-site"
        return asked and not foreign and not getattr(self.request, "sign_in", "")

    def _other(self) -> str:
        """Return the URL of Panel's login, relative to the form, or ""."""
        provider = self.application.auth_provider  # type: ignore[attr-defined]
        return (getattr(provider, "other_login", None) or "").lstrip("/")


class SignOut(SignInRoute):
    """Ends the browser's sign-in."""

    def post(self) -> None:
        if not self.is_ours():
            self._refuse(403, "only a page on this server may request a sign-out")
            return
        digest = getattr(self.request, "sign_in", "")
        if digest:
            self.context.store.accounts.end(digest)
            _log.info("Sign-out from %s", self.request.remote_ip)
        clear_token(self)
        self.redirect(ENDED, status=303)


def end_earlier(handler: RequestHandler, accounts: SqlAccounts) -> None:
    """End the browser's previous sign-in. Call this once the new sign-in is stored."""
    if earlier := getattr(handler.request, "sign_in", ""):
        accounts.end(earlier)


def own_address(target: str) -> str:
    """Return the URL to open after signing in: `target` if it is on this server, else `PAGE`."""
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if own else PAGE


def sign_in_routes(opened: Callable[[], AppContext]) -> list[tuple[str, type, dict[str, object]]]:
    shared = {"context": opened, "rate": cache(SignInRate)}
    return [(r"/sign-in", SignInPage, shared), (r"/sign-out", SignOut, shared)]
