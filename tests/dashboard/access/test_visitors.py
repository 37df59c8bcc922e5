"""Identifying the visitor behind a request, with and without a sign-in."""

from typing import Any

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from dashboard.access.visitors import NO_SIGN_IN, ONE_FOR_ALL, Visitors, role_of
from dashboard.core.allowed_clients import Audience
from dashboard.core.visitor import UNRESTRICTED, SignedInBy, Visitor
from dashboard.settings import Settings
from procedure.access.roles import Role
from tests.support.http import Login
from tests.support.stores import empty_accounts

OPEN = Visitor(by=SignedInBy.OPEN)


def visitors(*, opened: bool = False, elsewhere: bool = False, **audience: Any) -> Visitors:
    known = Audience(**{"everyone": True} | audience)
    return Visitors(
        Settings("sqlite://", open=opened), known, empty_accounts(), listens_elsewhere=elsewhere
    )


def asked(version: str = "HTTP/1.1", **headers: str) -> HTTPServerRequest:
    return HTTPServerRequest(
        start_line=RequestStartLine("GET", "/", version),
        headers=HTTPHeaders({"Host": "a"} | headers),
    )


@pytest.mark.parametrize(
    ("served", "peer", "headers", "who"),
    [
        ({}, "127.0.0.1", {}, UNRESTRICTED),
        ({}, "::1", {}, UNRESTRICTED),
        ({"everyone": False, "elsewhere": True}, "127.0.0.1", {}, UNRESTRICTED),
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, None),
        ({}, "127.0.0.1", {"Via": "1.1 proxy"}, None),
        ({}, "127.0.0.1", {"version": "HTTP/1.0"}, None),
        ({}, "192.0.2.7", {}, None),
        ({"elsewhere": True}, "127.0.0.1", {}, None),
        ({"behind_proxy": True}, "127.0.0.1", {}, None),
        ({"named_elsewhere": True}, "127.0.0.1", {}, None),
        ({"elsewhere": True, "opened": True}, "127.0.0.1", {}, OPEN),
        ({"elsewhere": True, "opened": True}, "192.0.2.7", {}, OPEN),
        ({"opened": True}, "127.0.0.1", {}, UNRESTRICTED),
    ],
)
def test_only_a_local_server_needs_no_sign_in(
    served: dict[str, Any], peer: str, headers: dict[str, str], who: Visitor | None
) -> None:
    assert visitors(**served).known(asked(**headers), peer) == who


@pytest.mark.parametrize(
    ("served", "refusal"),
    [
        ({}, ""),
        ({"everyone": False, "elsewhere": True}, ""),
        ({"elsewhere": True}, NO_SIGN_IN),
        ({"behind_proxy": True}, NO_SIGN_IN),
        ({"named_elsewhere": True}, NO_SIGN_IN),
        ({"elsewhere": True, "opened": True}, ""),
    ],
)
def test_remote_visitors_have_to_sign_in(served: dict[str, Any], refusal: str) -> None:
    assert visitors(**served).refusal == refusal


def test_login_is_required_on_this_machine_too() -> None:
    made = Visitors(Settings("sqlite://"), Audience(everyone=True), empty_accounts(), Login("anne"))  # type: ignore[arg-type]
    assert made.known(asked(), "127.0.0.1") is None
    assert made.refusal == ""


@pytest.mark.parametrize(
    ("roles", "refusal"),
    [
        ((("anne", Role.COORDINATOR), ("*", Role.STAFF)), ONE_FOR_ALL),
        ((("*", Role.STAFF),), ""),
        ((), ""),
    ],
)
def test_shared_password_gives_no_name_and_no_role(
    roles: tuple[tuple[str, Role], ...], refusal: str
) -> None:
    settings, login = Settings("sqlite://", roles=roles), Login("anne")
    served: Any = (settings, Audience(everyone=True), empty_accounts(), login)
    assert Visitors(*served, shares_password=True).refusal == refusal
    assert Visitors(*served).refusal == ""


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("anne@example.org", Role.COORDINATOR),
        ("Anne@Example.org", Role.COORDINATOR),
        ("bea@example.org", Role.STAFF),
        ("bea@example.com", None),
        ("", None),
    ],
)
def test_role_comes_from_the_first_matching_pattern(name: str, role: Role | None) -> None:
    roles = (("anne@example.org", Role.COORDINATOR), ("*@example.org", Role.STAFF))
    assert role_of([name], roles) == role


@pytest.mark.parametrize(
    ("login", "visitor"),
    [
        (None, None),
        ("guest", None),
        ("a\nb", None),
        ("zoe", Visitor(name="zoe", acts=frozenset(), by=SignedInBy.LOGIN)),
    ],
)
async def test_visitor_without_a_role_has_no_rights(
    login: str | None, visitor: Visitor | None
) -> None:
    made = Visitors(Settings("sqlite://"), Audience(everyone=True), empty_accounts(), Login(login))  # type: ignore[arg-type]
    assert await made.by_login(None) == visitor  # type: ignore[arg-type]
