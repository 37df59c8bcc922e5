"""The server serves its own machine, and others only if a flag or a setting says so."""

from pathlib import Path

import pytest

from dashboard.core.allowed_clients import (
    Audience,
    audience,
    is_forwarded,
    local,
    names_an_audience,
)
from dashboard.settings import Settings

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("remote", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.7", False),
        ("::ffff:192.0.2.7", False),
        ("fd00::2", False),
        ("0.0.0.0", False),
        ("", False),
        ("localhost.example", False),
    ],
)
def test_only_loopback_addresses_are_local(remote: str, own: bool) -> None:
    assert local(remote) is own


@pytest.mark.parametrize(
    ("arguments", "address", "warned"),
    [
        (["panel", "serve", "dashboard"], "localhost", False),
        (["panel", "serve", "dashboard"], "127.0.0.1", False),
        (["panel", "serve", "dashboard", "--address", "0.0.0.0"], "localhost", True),
        (["relais", "serve", "--address=desk.example"], "localhost", True),
        (["relais", "serve"], "desk.example", True),
        (["relais", "serve", "--port", "5006"], "localhost", False),
        (["panel", "serve", "dashboard", "--unix-socket", "/run/relais"], "localhost", True),
    ],
)
def test_audience_is_named_by_a_flag_or_setting(
    arguments: list[str], address: str, warned: bool
) -> None:
    assert names_an_audience(arguments, address) is warned


@pytest.mark.parametrize(
    ("headers", "forwarded"),
    [
        (["Host", "User-Agent", "X-Relais"], False),
        (["Forwarded"], True),
        (["via"], True),
        (["X-Real-Ip"], True),
        (["X-Forwarded-For"], True),
        (["x-forwarded-proto"], True),
        (["X-Client-IP"], True),
    ],
)
def test_is_forwarded_by_headers(headers: list[str], forwarded: bool) -> None:
    assert is_forwarded(headers) is forwarded


def test_is_forwarded_by_the_http_version() -> None:
    assert is_forwarded(["Host"], "HTTP/1.0") is True


DIRECT, FORWARDED = ["Host"], ["Host", "X-Forwarded-For"]
ALONE = Audience(everyone=False)
PROXIED = Audience(everyone=False, proxies=frozenset({"192.0.2.2"}), behind_proxy=True)
NAMED = Audience(everyone=False, named_elsewhere=True)
EVERYONE = Audience(everyone=True)


@pytest.mark.parametrize(
    ("whom", "peer", "headers", "here", "answered"),
    [
        (ALONE, "127.0.0.1", DIRECT, True, True),
        (ALONE, "127.0.0.1", FORWARDED, False, False),
        (ALONE, "192.0.2.7", DIRECT, False, False),
        (PROXIED, "127.0.0.1", DIRECT, False, True),
        (PROXIED, "192.0.2.2", FORWARDED, False, True),
        (PROXIED, "192.0.2.7", FORWARDED, False, False),
        (NAMED, "127.0.0.1", DIRECT, True, True),
        (NAMED, "127.0.0.1", FORWARDED, False, True),
        (NAMED, "192.0.2.7", DIRECT, False, False),
        (EVERYONE, "192.0.2.7", DIRECT, False, True),
        (EVERYONE, "127.0.0.1", DIRECT, True, True),
    ],
)
def test_audience_behind_a_proxy_has_no_local_visitor(
    whom: Audience, peer: str, headers: list[str], here: bool, answered: bool
) -> None:
    assert whom.is_this_machine(peer, headers, "HTTP/1.1") is here
    assert whom.is_answered(peer, headers, "HTTP/1.1") is answered


@pytest.mark.parametrize(
    ("origins", "elsewhere"),
    [
        (["localhost:5006", "127.0.0.1:5006", "[::1]:5006"], False),
        (["localhost"], False),
        (["relais.example"], True),
        (["localhost:5006", "relais.example:80"], True),
        (["*"], True),
    ],
)
def test_audience_notices_an_origin_on_another_host(origins: list[str], elsewhere: bool) -> None:
    allowed = audience(Settings(database_url="sqlite://"), xheaders=False, origins=origins)
    assert allowed == Audience(everyone=False, named_elsewhere=elsewhere)


def test_audience_includes_a_configured_proxy() -> None:
    proxies = frozenset({"192.0.2.2"})
    settings = Settings(database_url="sqlite://", trusted_proxies=proxies)
    allowed = audience(settings, xheaders=False, origins=["localhost:5006"])
    assert allowed == Audience(everyone=False, proxies=proxies, behind_proxy=True)
    alone = audience(Settings(database_url="sqlite://"), xheaders=True, origins=["localhost:5006"])
    assert alone == Audience(everyone=False, behind_proxy=True)
