"""Checks the certificate that browsers see."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from dashboard.cli.doctor.check_result import CheckResult, fault, ok, warning
from procedure.io.clock import utc_now

EXPIRES_SOON = timedelta(days=21)
PATIENCE = 10.0  # seconds


def check_certificate(url: str, trusted: ssl.SSLContext | None = None) -> CheckResult:
    """Check that browsers accept the certificate at `RELAIS_URL`, and warn before it expires."""
    if not url:
        return warning(
            "certificate", "RELAIS_URL is not set: the address that browsers open is unknown"
        )
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        return warning(
            "certificate", f"{url} does not use HTTPS, which desks need to lend without the server"
        )
    host, port = parts.hostname, parts.port or 443
    try:
        ends = _end_of_certificate(host, port, trusted or ssl.create_default_context())
    except ssl.SSLCertVerificationError as refusal:
        text = f"browsers refuse the certificate of {host}: {refusal.verify_message}"
        return fault("certificate", text)
    except OSError as refusal:
        return warning("certificate", f"{host}:{port} could not be reached ({refusal})")
    left, day = ends - utc_now(), f"{ends:%Y-%m-%d}"
    if left < EXPIRES_SOON:
        text = f"the certificate of {host} expires in {left.days} days, on {day}: renew it"
        return warning("certificate", text)
    return ok("certificate", f"the certificate of {host} is valid until {day}")


def _end_of_certificate(host: str, port: int, context: ssl.SSLContext) -> datetime:
    with (
        socket.create_connection((host, port), timeout=PATIENCE) as connection,
        context.wrap_socket(connection, server_hostname=host) as secured,
    ):
        certificate = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
