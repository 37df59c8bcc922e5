"""`relais doctor` checks the certificate at RELAIS_URL."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import trustme

from dashboard.cli.doctor.certificate import check_certificate
from dashboard.cli.doctor.check_result import Level
from procedure.io.clock import utc_now
from tests.ui.conftest import free_port


@contextmanager
def serving(authority: trustme.CA, name: str, days: float) -> Iterator[str]:
    """Run a server whose certificate has this name and expires in `days` days; yield its URL."""
    shown = authority.issue_cert(name, not_after=utc_now() + timedelta(days=days))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.configure_cert(context)
    with HTTPServer(("localhost", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize(
    ("name", "days", "level", "text"),
    [
        ("localhost", 90.5, Level.OK, "the certificate of localhost is valid until "),
        ("localhost", 5.5, Level.WARNING, "the certificate of localhost expires in 5 days, on "),
        ("localhost", -0.5, Level.FAULT, "browsers refuse the certificate of localhost: cert"),
        (
            "other.example",
            90.5,
            Level.FAULT,
            "browsers refuse the certificate of localhost: Hostname mismatch",
        ),
    ],
)
def test_certificate_is_judged_as_in_a_browser(
    authority: trustme.CA,
    trusted: ssl.SSLContext,
    name: str,
    days: float,
    level: Level,
    text: str,
) -> None:
    with serving(authority, name, days) as url:
        found = check_certificate(url, trusted)
    assert (found.level, found.message[: len(text)]) == (level, text)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", "RELAIS_URL is not set: the address that browsers open is unknown"),
        (
            "http://relais.example.ch",
            "http://relais.example.ch does not use HTTPS, which desks need to lend without the "
            "server",
        ),
    ],
)
def test_address_without_a_certificate_is_named(url: str, text: str) -> None:
    assert check_certificate(url).message == text


def test_server_that_does_not_answer_is_a_warning() -> None:
    port = free_port()
    found = check_certificate(f"https://localhost:{port}")
    assert found.level is Level.WARNING
    assert found.message.startswith(f"localhost:{port} could not be reached (")
